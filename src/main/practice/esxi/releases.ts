import type { ApiVersion } from '../../drivers/vsphere/api-version.ts';

export interface Release {
  readonly version: string;
  readonly build: string;
  /** Newest hardware version of its machines (vsphere.md, "Versions"; beyond 5.5 [K]). */
  readonly hardware: number;
}

/** First builds of each release [K]. */
export const RELEASES: Readonly<Record<ApiVersion, Release>> = {
  '5.5': { version: '5.5.0', build: '1331820', hardware: 10 },
  '6.0': { version: '6.0.0', build: '2494585', hardware: 11 },
  '6.5': { version: '6.5.0', build: '4564106', hardware: 13 },
  '6.7': { version: '6.7.0', build: '8169922', hardware: 14 },
  '7.0': { version: '7.0.0', build: '15843807', hardware: 17 },
};
