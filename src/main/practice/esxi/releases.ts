import type { ApiVersion } from '../../drivers/vsphere/api-version.ts';
import { ESXI_RELEASES } from '../../guide/esxi-releases.ts';

export interface Release {
  readonly version: string;
  readonly build: string;
  /** Newest hardware version of its machines (vsphere.md, "Versions"; beyond 5.5 [K]). */
  readonly hardware: number;
}

/** The newest build known of a line, so that nothing is left to do about it. */
function release(line: string, hardware: number): Release {
  const known = ESXI_RELEASES.find((each) => each.line === line);
  if (known === undefined) throw new RangeError(`no release of ${line}`);
  return { version: known.version, build: String(known.build), hardware };
}

export const RELEASES: Readonly<Record<ApiVersion, Release>> = {
  '5.5': release('5.5', 10),
  '6.0': release('6.0', 11),
  '6.5': release('6.5', 13),
  '6.7': release('6.7', 14),
  '7.0': release('7.0', 17),
};
