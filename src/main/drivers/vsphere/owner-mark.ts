import type { OwnerMark } from '../../../contract/inventory.ts';

/** Our mark as a line of an annotation; ids and names hold no blanks. */
export function markLine({ lab, machine }: OwnerMark): string {
  return `labwright lab=${lab} machine=${machine}`;
}

/** Whose machine an annotation says it is. */
export function ownerOf(annotation: string): OwnerMark | undefined {
  const found = /^labwright lab=(\S+) machine=(\S+)$/m.exec(annotation);
  return found?.[1] && found[2] ? { lab: found[1], machine: found[2] } : undefined;
}
