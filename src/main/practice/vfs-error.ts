const PHRASES = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  EEXIST: 'file already exists',
  ENOTEMPTY: 'directory not empty',
  ENOSPC: 'no space left on device',
  EINVAL: 'invalid argument',
  ELOOP: 'too many symbolic links encountered',
} as const;

export type Errno = keyof typeof PHRASES;

/** Worded like Node's own errors: that is what just-bash's commands look for. */
export class VfsError extends Error {
  readonly code: Errno;
  constructor(code: Errno, call: string, path: string) {
    super(`${code}: ${PHRASES[code]}, ${call} '${path}'`);
    this.code = code;
  }
}
