import type { HostState } from '../../contract/lab-state.ts';
import { useLab } from '../core/lab-context.ts';
import { routeHash } from '../core/route.ts';
import { useText } from '../text/use-text.ts';

const TROUBLE: ReadonlySet<HostState['connection']> = new Set([
  'untrusted',
  'changed',
  'needs-secret',
  'failed',
]);

/** Whether a host needs a person. */
export function isInTrouble(host: HostState): boolean {
  return TROUBLE.has(host.connection);
}

/** `2 hosts connected · 1 needs you`, leading to the hosts. */
export function HostSummary() {
  const { t } = useText();
  const { path, state } = useLab();
  const hosts = Object.values(state.hosts);
  if (hosts.length === 0) return null;
  const count = (wanted: (host: HostState) => boolean) => hosts.filter(wanted).length;
  const connected = count((host) => host.connection === 'connected');
  const waiting = count((host) => host.connection === 'connecting');
  const trouble = count(isInTrouble);
  const idle = hosts.length - connected - waiting - trouble;
  return (
    <a className="lw-top__hosts" href={routeHash({ lab: path, screen: 'hosts', item: undefined })}>
      <span className="u-off-screen">{t('top.hosts')}</span>
      {connected > 0 ? <span>{t('top.hostsOk', { n: connected })}</span> : null}
      {waiting > 0 ? <span>{t('top.hostsConnecting', { n: waiting })}</span> : null}
      {idle > 0 ? <span>{t('top.hostsIdle', { n: idle })}</span> : null}
      {trouble > 0 ? (
        <span className="lw-negative">{t('top.hostsTrouble', { n: trouble })}</span>
      ) : null}
    </a>
  );
}
