import type { z } from 'zod';
import type { HostState } from '../../contract/lab-state.ts';
import type { Host, Site } from '../../contract/plan.ts';
import { ErrorNote } from '../components/error-note.tsx';
import type { IconName } from '../components/icon.tsx';
import { Icon } from '../components/icon.tsx';
import { Button } from '../components/kit.ts';
import { Moment } from '../components/when.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { openTerminal } from '../terminal/dock-state.ts';
import { useText } from '../text/use-text.ts';
import { ChangedKey } from './changed-key.tsx';
import { HostFacts } from './host-facts.tsx';
import { MissingSecret } from './missing-secret.tsx';
import { SiteFacts } from './site-facts.tsx';
import { UnknownKey } from './unknown-key.tsx';

const ICONS: Record<HostState['connection'], IconName> = {
  idle: 'todo',
  connecting: 'running',
  connected: 'done',
  untrusted: 'unknown',
  changed: 'failed',
  'needs-secret': 'key',
  failed: 'failed',
};

interface HostCardProps {
  readonly name: string;
  readonly planned: z.output<typeof Host> | undefined;
  /** What it is instead, when it is reached by its API. */
  readonly site: Site | undefined;
  readonly host: HostState | undefined;
}

export function HostCard({ name, planned, site, host }: HostCardProps) {
  const { t } = useText();
  const { path, writable, state } = useLab();
  const call = useCall();
  const connection = host?.connection ?? 'idle';
  const shellOf = Object.entries(state.plan.plan?.sites ?? {}).find(
    ([, { shell }]) => shell === name,
  )?.[0];
  const decides = connection === 'untrusted' || connection === 'changed';
  return (
    <article className="lw-card lw-host" aria-labelledby={`host-${name}`} data-state={connection}>
      <header>
        <h2 id={`host-${name}`} translate="no">
          {name}
        </h2>
        {planned === undefined ? null : (
          <span className="lw-tag">{t(`hosts.role.${planned.role}`)}</span>
        )}
        {shellOf === undefined ? null : (
          <span className="lw-tag">{t('hosts.shellOf', { site: shellOf })}</span>
        )}
        {site === undefined ? null : <span className="lw-tag">{t('hosts.role.site')}</span>}
        {site?.legacy_tls ? (
          <span className="lw-tag is-caution">{t('hosts.legacyTls')}</span>
        ) : null}
        {planned?.old_algorithms ? (
          <span className="lw-tag">{t('hosts.old-algorithms')}</span>
        ) : null}
        <span className={`lw-state is-host-${connection}`}>
          <Icon name={ICONS[connection]} />
          <span>{t(wordFor(connection, site !== undefined))}</span>
        </span>
        <span className="lw-top__space" />
        <Button
          small
          disabled={call.busy || !writable || connection === 'connecting'}
          onClick={() => call.run(() => calls.hosts.reconnect({ lab: path, host: name }))}
        >
          {connection === 'connected' ? t('hosts.reconnect') : t('hosts.connect')}
        </Button>
        {site === undefined ? (
          <Button
            small
            disabled={call.busy || !writable || decides}
            onClick={() => call.run(() => openTerminal(path, name))}
          >
            {t('hosts.terminal')}
          </Button>
        ) : null}
      </header>
      {planned === undefined ? null : (
        <p className="lw-host__way">
          <code>
            {planned.user}@{planned.address}
            {planned.port === 22 ? '' : `:${planned.port}`}
          </code>
          <span className="lw-muted">
            {t('hosts.by', {
              way: waysOf(planned.auth, t('hosts.agent')).join(t('common.listComma')),
            })}
          </span>
        </p>
      )}
      {site === undefined ? null : <SiteFacts name={name} site={site} />}
      <ErrorNote error={call.error} />
      {host === undefined ? null : <Trouble host={host} />}
      {host === undefined ? null : <HostFacts host={host} />}
      {host?.lastSeen === undefined ? null : (
        <p className="lw-help">
          {t('hosts.lastSeen')} <Moment at={host.lastSeen} />
        </p>
      )}
    </article>
  );
}

/** A site proves itself by a certificate where a host has a key. */
function wordFor(connection: HostState['connection'], site: boolean) {
  if (site && connection === 'untrusted') return 'hosts.certificateUntrusted';
  if (site && connection === 'changed') return 'hosts.certificateChanged';
  return `hosts.state.${connection}` as const;
}

/** The error with its way out: the decision or the value that is missing, right there. */
function Trouble({ host }: { host: HostState }) {
  if (host.connection === 'changed') return <ChangedKey host={host} />;
  if (host.connection === 'untrusted') return <UnknownKey host={host} />;
  if (host.connection === 'needs-secret') return <MissingSecret host={host} />;
  return <ErrorNote error={host.error} />;
}

/** How we log in, by names: what is behind a name is never shown. */
function waysOf(auth: z.output<typeof Host>['auth'], agent: string): string[] {
  const ways = [auth.key_file, auth.key, auth.password].filter((way) => way !== undefined);
  return auth.agent === true ? [...ways, agent] : ways;
}
