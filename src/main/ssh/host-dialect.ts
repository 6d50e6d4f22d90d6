/**
 * Where hosts differ, as shell text that each of them answers for itself: the same script runs
 * everywhere, and nothing has to know beforehand what it will meet.
 */

/** Whether this is an ESXi host (uname(1) there: VMkernel; unverified, no ESXi was at hand). */
export const IS_ESXI = '[ "$(uname -s)" = VMkernel ]';

/** Prints who the host is: machine-id(5); ESXi, which has none, tells the UUID of its system. */
export const HOST_IDENTITY =
  '{ cat /etc/machine-id 2>/dev/null || esxcli system uuid get 2>/dev/null; }';

/** Prints which start of the host this is; nothing on ESXi, whose jobs do not outlast a start. */
export const BOOT_ID = 'cat /proc/sys/kernel/random/boot_id 2>/dev/null';

/**
 * Folder of the jobs of an account. ESXi's root has `/` for a home, a RAM disk that must not fill
 * up; `/tmp` is another one. Both are empty after a restart, so a job is then *absent*, not lost.
 */
export const OWN_JOBS = `"$(${IS_ESXI} && echo /tmp || echo "$HOME/.local/state")"/labwright/jobs`;

/**
 * Sets `h` to the best digest that the host has a program for: `sha256`, `sha1`, `md5`, else `no`. Which
 * of them an ESXi has depends on its busybox (unverified).
 */
export const BEST_DIGEST =
  'for h in sha256 sha1 md5 no; do ! command -v "${h}sum" >/dev/null 2>&1 || break; done';

/**
 * Defines `timeout` where it is missing or is busybox's from before 1.30, which takes the seconds
 * after -t, means 10 s otherwise, and ends with the signal’s status instead of 124 (busybox, timeout.c).
 * It is tried with a long limit: a host that is busy must not be taken for one that has none.
 */
export const TIMEOUT = `if ! timeout 20 true 2>/dev/null; then
  if timeout -t 20 true 2>/dev/null; then
    timeout() { t=$1; shift; command timeout -t "$t" "$@"; t=$?; [ $t -ne 143 ] || t=124; return $t; }
  else timeout() { shift; command "$@"; }; fi
fi`;
