import { registerHooks } from 'node:module';

// Given to Node with --import: whatever asks for 'electron' gets the stand-in.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context);
    return { url: new URL('electron/index.ts', import.meta.url).href, shortCircuit: true };
  },
});
