import { useState } from 'react';
import { Icon } from '../components/icon.tsx';
import { Button } from '../components/kit.ts';
import { useLab } from '../core/lab-context.ts';
import { isOpenRun } from '../guide/run-states.ts';
import { RunSummary } from '../guide/run-summary.tsx';
import { useText } from '../text/use-text.ts';
import { SidePanel } from './side-panel.tsx';

/** Runs that are under way or want a decision, and the last ones that ended. */
export function Jobs() {
  const { t } = useText();
  const { state } = useLab();
  const [shown, setShown] = useState(false);
  const open = state.runs.filter(isOpenRun).length;
  return (
    <>
      <Button small hasIcon aria-expanded={shown} onClick={() => setShown(!shown)}>
        <Icon name={state.runs.some((run) => run.state === 'running') ? 'running' : 'jobs'} />
        <span>{t('top.jobs', { n: open })}</span>
      </Button>
      {shown ? (
        <SidePanel title={t('jobs.title')} onClose={() => setShown(false)}>
          {state.runs.length === 0 ? (
            <p className="lw-muted">{t('jobs.none')}</p>
          ) : (
            [...state.runs].reverse().map((run) => <RunSummary key={run.id} run={run} />)
          )}
        </SidePanel>
      ) : null}
    </>
  );
}
