import type { Io } from '../program.ts';
import type { Inode } from '../vfs.ts';
import { reason } from '../words.ts';

export const pathOf = (io: Io, name: string) => io.machine.fs.resolvePath(io.cwd, name);

/** Runs `use` on each operand; complaints are worded as coreutils words them. */
export function each(
  io: Io,
  operands: readonly string[],
  complain: (name: string, why: string) => string,
  use: (path: string, name: string) => void,
): number {
  let status = 0;
  for (const name of operands) {
    try {
      use(pathOf(io, name), name);
    } catch (error) {
      io.err(complain(name, reason(error)));
      status = 1;
    }
  }
  return status;
}

export const TYPES = { file: '-', directory: 'd', link: 'l' } as const;

export function modeText(node: Inode): string {
  const bits = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) =>
    (node.mode >> bit) & 1 ? 'rwxrwxrwx'[8 - bit] : '-',
  );
  if (node.mode & 0o4000) bits[2] = bits[2] === 'x' ? 's' : 'S';
  if (node.mode & 0o2000) bits[5] = bits[5] === 'x' ? 's' : 'S';
  if (node.mode & 0o1000) bits[8] = bits[8] === 'x' ? 't' : 'T';
  return TYPES[node.kind] + bits.join('');
}

export const sizeOf = (node: Inode) =>
  node.kind === 'directory' ? 4096 : node.read ? Buffer.byteLength(node.read()) : node.size;
export const blocksOf = (node: Inode) => Math.ceil(sizeOf(node) / 4096) * 8;
