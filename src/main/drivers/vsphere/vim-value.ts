/** A managed object: something on the site that has an identity, like a machine or a task. */
export interface MoRef {
  /** `VirtualMachine`, `HostSystem`, … */
  readonly type: string;
  /** Opaque, and unique only within one site: `vm-42`, `ha-folder-vm`. */
  readonly value: string;
}

/**
 * A data object. `_type` names its vim25 type where that is not the declared one.
 */
export interface VimObject {
  readonly _type?: string;
  readonly [field: string]: VimValue | undefined;
}

/**
 * What goes over the wire. 64-bit integers are `bigint` only where a number could not hold them;
 * times are ISO 8601 text, binary is base64 text.
 */
export type VimValue = string | number | bigint | boolean | MoRef | VimObject | readonly VimValue[];

export function isMoRef(value: unknown): value is MoRef {
  if (typeof value !== 'object' || value === null || '_type' in value) return false;
  const { type, value: id, ...rest } = value as Record<string, unknown>;
  return typeof type === 'string' && typeof id === 'string' && Object.keys(rest).length === 0;
}
