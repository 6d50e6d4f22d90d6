import { z } from 'zod';

// Zod tries `new Function` to see whether it may compile schemas; our Content-Security-Policy forbids
// it and would report every try. Must be imported before any schema is used.
z.config({ jitless: true });
