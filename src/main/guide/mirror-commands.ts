import type { Host, Mirror, Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { filterWord, type ItemFilter } from '../drivers/simplestreams/filters.ts';
import { mirrorPasses, sourceUrl } from '../engine/probes/mirror.ts';
import { proxyExports, proxyOf } from '../engine/probes/proxy.ts';

/** Exit codes of our own checks around sstream-mirror, so that a failure names its cause. */
export const MIRROR_EXIT = { keyringAbsent: 81, keyringArmored: 82 } as const;

/** One pass of sstream-mirror as a person would type it (simplestreams bin/sstream-mirror). */
export function mirrorCommand(mirror: Mirror, filters: readonly ItemFilter[]): string {
  return [
    'sstream-mirror',
    `--keyring=${mirror.keyring}`,
    // The trailing slash keeps the tool from taking the last part for a file name.
    `${sourceUrl(mirror)}/`,
    mirror.directory,
    ...filters.map((filter) => quote(filterWord(filter))),
    `--max=${mirror.max}`,
  ].join(' ');
}

/** Tests the keyring first: gpgv's own exit status does not tell a missing one from a wrong one. */
function keyringGuard(mirror: Mirror): string {
  const keyring = quote(mirror.keyring);
  return `[ -r ${keyring} ] || { echo "keyring ${mirror.keyring} is not there"; exit ${MIRROR_EXIT.keyringAbsent}; }
if head -c 10 ${keyring} | grep -q -e '-----BEGIN'; then echo "keyring ${mirror.keyring} is armored text; gpgv needs the binary form"; exit ${MIRROR_EXIT.keyringArmored}; fi
`;
}

/**
 * The script of one pass. A file that was cut off is resumed by the tool; a source without Range
 * support spoils that once, after which the tool has discarded it: then one more try is right.
 */
export function mirrorScript(
  plan: Plan,
  host: Host,
  mirror: Mirror,
  filters: readonly ItemFilter[],
): string {
  const command = mirrorCommand(mirror, filters);
  return `${proxyExports(proxyOf(plan, host))}${keyringGuard(mirror)}p=$(find ${quote(mirror.directory)} -name '*.part' 2>/dev/null)
${command} --progress && exit 0
r=$?
[ -n "$p" ] && [ -z "$(find ${quote(mirror.directory)} -name '*.part' 2>/dev/null)" ] || exit $r
echo "the cut-off download could not be resumed and was discarded; trying once more"
${command} --progress
`;
}

/** The nightly refresh: the same passes, without progress dots for the log. */
export function refreshScript(plan: Plan, host: Host, mirror: Mirror): string {
  const commands = mirrorPasses(mirror).map((filters) => mirrorCommand(mirror, filters));
  return `#!/bin/sh
# Made by Labwright: renews the image mirror. Changes here are noticed and shown as drift.
set -e
${proxyExports(proxyOf(plan, host))}${commands.join('\n')}
`;
}

/** Path below the web root, as the URL has it. */
export function mirrorUrl(host: Host, mirror: Mirror): string {
  const root = mirror.web_root.replace(/\/$/, '');
  const path = mirror.directory.slice(root.length).replace(/\/+$/, '');
  const address = host.address.includes(':') ? `[${host.address}]` : host.address;
  return `http://${address}${path}`;
}
