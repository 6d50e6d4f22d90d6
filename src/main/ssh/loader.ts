/**
 * The one constant program by which every script reaches a host.
 *
 * A script on stdin alone would be unsafe under `sudo -S`: a sudo that needs no password leaves the
 * password line unread, and the shell would run it. So the loader first prints a nonce that the
 * caller chose, discards every line up to the frame header (an unread password among them), and only
 * then reads the script and the secret values, each by exact length. Nothing secret is in argv or in
 * an exported variable.
 *
 * It is a single line without `'` or `!`, so that it survives csh and fish as login shells, and uses
 * only what dash, bash, busybox ash and the practice lab's shell share (POSIX.1-2017 XCU 2.14, dd).
 */
export const LOADER =
  'printf "%s\\n" "$1"; ' +
  'while IFS= read -r l; do case $l in "labwright $1 "*) break;; esac; done; ' +
  'case $l in "labwright $1 "*) ;; *) exit 96;; esac; ' +
  'set -- $l; shift 2; n=$1; shift; ' +
  's=$(dd bs=1 count=$n 2>/dev/null; printf x); ' +
  '[ $(printf %s "${s%x}" | wc -c) -eq $n ] || exit 96; ' +
  'for v in "$@"; do IFS= read -r n || exit 96; eval "$v=\\$(dd bs=1 count=$n 2>/dev/null; printf x); $v=\\${$v%x}; ' +
  '[ \\$(printf %s \\"\\$$v\\" | wc -c) -eq $n ]" || exit 96; done; ' +
  'eval "${s%x}"';

/** Exit status of the loader when its stdin ended before the whole frame had arrived. */
export const LOADER_NO_FRAME = 96;

/** A secret as a script sees it: the name of an unexported shell variable and its value. */
export interface ScriptSecret {
  readonly variable: string;
  readonly value: string;
}

/** Not one of the loader's own: a secret called `s` would be run in place of the script. */
const VARIABLE = /^(?![lnsv]$)[A-Za-z_][A-Za-z0-9_]*$/;

/** The command line for an unprivileged run. The nonce is not a secret: it only marks the start. */
export function loaderCommand(nonce: string): string {
  return `sh -c '${LOADER}' labwright ${nonce}`;
}

/**
 * The command line for a run as root. `prompt` is what sudo prints to stderr when, and only when, it
 * wants a password (sudo(8) -S, -p), so the password is never sent to anything else. `env` pins the
 * language, because sshd and PAM may have set another and we read sudo's refusals.
 */
export function sudoLoaderCommand(nonce: string, prompt: string): string {
  return `env LC_ALL=C sudo -S -p '${prompt}' sh -c '${LOADER}' labwright ${nonce}`;
}

/**
 * What goes to the loader's stdin once it has printed its nonce: a header line
 * `labwright NONCE BYTES NAME…`, the script of exactly BYTES bytes, then for every NAME a line with
 * the value's length and the value. Bytes after the frame are the script's own stdin.
 */
export function loaderFrame(
  nonce: string,
  script: string,
  secrets: readonly ScriptSecret[] = [],
): Buffer {
  for (const { variable } of secrets) {
    if (!VARIABLE.test(variable)) throw new RangeError(`not a shell variable name: ${variable}`);
  }
  const body = Buffer.from(script, 'utf8');
  const names = secrets.map(({ variable }) => ` ${variable}`).join('');
  const parts = [Buffer.from(`labwright ${nonce} ${body.length}${names}\n`), body];
  for (const { value } of secrets) {
    const bytes = Buffer.from(value, 'utf8');
    parts.push(Buffer.from(`${bytes.length}\n`), bytes);
  }
  return Buffer.concat(parts);
}
