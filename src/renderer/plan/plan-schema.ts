import { z } from 'zod';

/** As much of the published JSON Schema as completion reads. */
export interface PlanSchema {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, PlanSchema>> | undefined;
  readonly additionalProperties?: PlanSchema | boolean | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: PlanSchema | undefined;
  readonly enum?: readonly (string | number)[] | undefined;
  /** What each of `enum` means, in its order. */
  readonly enumDescriptions?: readonly string[] | undefined;
  readonly const?: string | number | undefined;
  readonly default?: unknown;
  /** A value here is a key of that mapping of the same file. */
  readonly 'x-labwright-names'?: string | undefined;
}

const scalar = z.union([z.string(), z.number()]);

export const PlanSchema: z.ZodType<PlanSchema> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    description: z.string().optional(),
    properties: z.record(z.string(), PlanSchema).optional(),
    additionalProperties: z.union([z.boolean(), PlanSchema]).optional(),
    required: z.array(z.string()).optional(),
    items: PlanSchema.optional(),
    enum: z.array(scalar).optional(),
    enumDescriptions: z.array(z.string()).optional(),
    const: scalar.optional(),
    default: z.unknown().optional(),
    'x-labwright-names': z.string().optional(),
  }),
);
