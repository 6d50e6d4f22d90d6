// Where the bed keeps things on the machine it runs on. All of it lies outside the repository.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** Kept between runs: the base image and downloaded packages. */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache');
  return join(base, 'labwright-bed');
}

/** Gone after each run: one folder per living bed. On disk, since an overlay needs real xattrs. */
export const bedsFolder = '/var/tmp/labwright-bed';

export const bedAddress = '10.77.0.1';
export const proxyPort = 3142;
export const proxyUrl = `http://${bedAddress}:${proxyPort}`;
