import type { VimObject } from '../../drivers/vsphere/vim-value.ts';

/** A fault of the API; thrown by a method, or the end of a task. */
export class VimFault extends Error {
  override readonly name = 'VimFault';
  /** `DuplicateName`, … */
  readonly type: string;
  /** In the order of the wire: faults are not in the schema table. */
  readonly fields: VimObject;

  constructor(type: string, said: string, fields: VimObject = {}) {
    super(said);
    this.type = type;
    this.fields = fields;
  }
}

/** What a request that does not fit the schema is answered with (wording: rbvmomi#132). */
export function invalidRequest(said: string): VimFault {
  return new VimFault('InvalidRequest', said);
}

export function invalidArgument(property: string): VimFault {
  const said = `A specified parameter was not correct: ${property}`;
  return new VimFault('InvalidArgument', said, { invalidProperty: property });
}
