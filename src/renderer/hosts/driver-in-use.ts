import type { Finding } from '../../contract/finding.ts';
import type { Inventory } from '../../contract/inventory.ts';
import { type Message, message } from '../../contract/message.ts';

/** By what a site is changed, and why, as the last check found it. */
export interface DriverInUse {
  readonly driver: Message;
  readonly why?: Message;
}

const BY_SHELL: ReadonlySet<string> = new Set(['site.shell.licence', 'site.shell.refused']);
const READS_ONLY: ReadonlySet<string> = new Set(['site.licence.read-only', 'site.licence.refused']);

/** The core decides; this only finds where it said so. */
export function driverInUse(
  site: string,
  findings: Readonly<Record<string, Finding>>,
  licence: Inventory['licence'],
): DriverInUse {
  const shell = findings[`site.shell@${site}`]?.reason;
  if (shell !== undefined && BY_SHELL.has(shell.key)) {
    const host = String(shell.params?.host ?? '');
    return { driver: message('hosts.driverShell', { host }), why: shell };
  }
  const why = shell?.key.startsWith('site.shell.') ? shell : undefined;
  const found = findings[`site.licence@${site}`]?.reason;
  if (found !== undefined && READS_ONLY.has(found.key)) {
    return { driver: message('hosts.driverReads'), why: found };
  }
  if (licence?.writes === false) {
    return { driver: message('hosts.driverReads'), ...(why === undefined ? {} : { why }) };
  }
  const allowed = licence === undefined ? undefined : message('hosts.driverAllowed');
  const reason = why ?? allowed;
  return { driver: message('hosts.driverApi'), ...(reason === undefined ? {} : { why: reason }) };
}
