import { z } from 'zod';
import { Plan } from '../../contract/plan.ts';

type JsonSchema = {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  [key: string]: unknown;
};

/** The published JSON Schema of lab.yaml, as editors take it (2020-12). */
export function planJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(Plan, { io: 'input', target: 'draft-2020-12' }) as JsonSchema;
  return { title: 'Labwright lab.yaml', ...schema };
}

/** The keys that a mapping at `path` may have; for the hint beside an unknown one. */
export function knownKeysAt(path: readonly (string | number)[]): string[] {
  let schema: JsonSchema | undefined = planJsonSchema();
  for (const part of path) {
    const named: JsonSchema | undefined = schema?.properties?.[String(part)];
    const other: JsonSchema | boolean | undefined = schema?.additionalProperties;
    schema = named ?? (typeof other === 'object' ? other : schema?.items);
  }
  return Object.keys(schema?.properties ?? {});
}
