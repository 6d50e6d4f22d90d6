import { useState } from 'react';
import { ChoiceField } from '../components/field.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';
import { AskPanel } from './ask-panel.tsx';
import { ChangePanel } from './change-panel.tsx';
import { keepsSnapshot } from './run-states.ts';

type Way = 'steps' | 'snapshot';

/** What taking a run back would do: step by step, or by the snapshots that it took first. */
export function UndoPanel({ run, onClose }: { run: string; onClose: () => void }) {
  const { t } = useText();
  const { path: lab, state } = useLab();
  const [way, setWay] = useState<Way>('steps');
  const choice = keepsSnapshot(state, run) ? (
    <ChoiceField
      label={t('undo.way')}
      value={way}
      choices={[
        { value: 'steps', label: t('undo.bySteps') },
        { value: 'snapshot', label: t('undo.bySnapshot') },
      ]}
      onChange={(event) => setWay(event.target.value === 'snapshot' ? 'snapshot' : 'steps')}
    />
  ) : null;
  if (way === 'snapshot') {
    return (
      <ChangePanel
        change={{ what: 'revert', run }}
        title={t('undo.title')}
        button={t('undo.revertButton')}
        onClose={onClose}
      >
        {() => (
          <>
            {choice}
            <p className="lw-help">{t('undo.bySnapshotHelp')}</p>
          </>
        )}
      </ChangePanel>
    );
  }
  return (
    <AskPanel
      title={t('undo.title')}
      subject={run}
      button={t('undo.button')}
      tone="negative"
      ask={(signal) => calls.runs.previewUndo({ lab, run }, { signal })}
      start={(digest) => calls.runs.undo({ lab, run, digest })}
      onClose={onClose}
      opensOnce
    >
      {() => (
        <>
          {choice}
          <p className="lw-help">{t('undo.help')}</p>
        </>
      )}
    </AskPanel>
  );
}
