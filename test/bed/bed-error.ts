// One error type for the whole bed, so that a caller can tell "this machine cannot host a bed"
// from "a step of the bed failed" by a stable code instead of by matching prose.

export type BedErrorCode =
  | 'not-root'
  | 'no-overlay'
  | 'no-netns'
  | 'no-cgroup'
  | 'missing-package'
  | 'no-apt-source'
  | 'base-image'
  | 'outside-bed'
  | 'command-failed'
  | 'deadline'
  | 'host-died';

export class BedError extends Error {
  readonly code: BedErrorCode;

  constructor(code: BedErrorCode, reason: string) {
    super(reason);
    this.name = 'BedError';
    this.code = code;
  }
}
