import type { ActionRun } from '../../contract/run.ts';
import type { IconName } from '../components/icon.tsx';
import { Icon } from '../components/icon.tsx';
import { Notice } from '../components/notice.tsx';
import { useNow } from '../core/ticking.ts';
import { span } from '../text/quantities.ts';
import { useText } from '../text/use-text.ts';
import { OutputButton } from './output-button.tsx';
import { ProgressBar } from './progress-bar.tsx';

const ICONS: Record<ActionRun['state'], IconName> = {
  waiting: 'waiting',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'blocked',
  lost: 'unknown',
  'not-run': 'skipped',
};

interface ActionRunViewProps {
  readonly run: string;
  readonly action: ActionRun;
  /** Nobody follows it: whether it goes on is found out when the run is resumed. */
  readonly interrupted: boolean;
}

export function ActionRunView({ run, action, interrupted }: ActionRunViewProps) {
  const text = useText();
  const { t, say } = text;
  const now = useNow();
  const cut = interrupted && action.state === 'running';
  const running = action.state === 'running' && !cut;
  const end = action.endedAt ?? (running ? Math.max(now, action.startedAt ?? now) : undefined);
  const took =
    action.startedAt === undefined || end === undefined ? undefined : end - action.startedAt;
  return (
    <li className={`is-${cut ? 'waiting' : action.state}`}>
      <p>
        <Icon name={cut ? 'paused' : ICONS[action.state]} />
        <span>{say(action.action.title)}</span>
        <span className="lw-muted">
          {cut ? t('run.state.interrupted') : t(`run.action.${action.state}`)}
        </span>
        {took === undefined ? null : <span className="lw-muted">{span(text, took / 1000)}</span>}
        {action.startedAt === undefined || running || cut ? null : (
          <OutputButton run={run} action={action.id} />
        )}
      </p>
      {running && action.progress !== undefined ? (
        <ProgressBar progress={action.progress} label={say(action.action.title)} />
      ) : null}
      {running && action.action.kind === 'manual' ? (
        <p className="lw-prose">{say(action.action.instructions)}</p>
      ) : null}
      {running && action.silentSince !== undefined ? (
        <Notice tone="caution">
          <p>{t('run.silent', { span: span(text, (now - action.silentSince) / 1000) })}</p>
        </Notice>
      ) : null}
      {running && action.tail !== '' ? (
        <pre className="lw-tail" role="log" aria-label={t('guide.output')} translate="no">
          {action.tail}
        </pre>
      ) : null}
    </li>
  );
}
