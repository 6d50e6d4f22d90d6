import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planJsonSchema } from '../src/main/plan/plan-schema.ts';

/** Writes the published JSON Schema of lab.yaml; a unit test fails when it is out of date. */
const path = join(import.meta.dirname, '../docs/lab.schema.json');
writeFileSync(path, `${JSON.stringify(planJsonSchema(), null, 2)}\n`);
