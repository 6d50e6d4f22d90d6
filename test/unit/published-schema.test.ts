import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planJsonSchema } from '../../src/main/plan/plan-schema.ts';

test('the published schema of lab.yaml is the one that the parser uses (node scripts/schema.ts)', () => {
  const published = readFileSync(join(import.meta.dirname, '../../docs/lab.schema.json'), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(planJsonSchema())));
});
