import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where this computer has a program, if it does. */
export function pathOf(name: string): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Every shell that a host may call `sh`, as far as this computer has it. Bash is told not to read
 * ~/.bashrc: under its own name and with a socket for stdin it takes us for rshd (bash(1)).
 */
export const SHELLS = [['dash'], ['bash', '--norc', '--posix'], ['busybox', 'sh']].filter(
  ([name = '']) => pathOf(name) !== undefined,
);
