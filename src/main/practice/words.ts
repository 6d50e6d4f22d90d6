import { VfsError } from './vfs-error.ts';

/** A word as a shell would have it typed. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_\-./:=,@+]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The phrase strerror(3) has for an error of ours. */
export function reason(error: unknown): string {
  const phrases: Record<string, string> = {
    ENOENT: 'No such file or directory',
    EACCES: 'Permission denied',
    EPERM: 'Operation not permitted',
    ENOTDIR: 'Not a directory',
    EISDIR: 'Is a directory',
    EEXIST: 'File exists',
    ENOTEMPTY: 'Directory not empty',
    ENOSPC: 'No space left on device',
    ELOOP: 'Too many levels of symbolic links',
  };
  return error instanceof VfsError ? (phrases[error.code] ?? error.code) : String(error);
}
