import { useState } from 'react';
import { CommandBlock } from '../components/command-block.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';

interface OutputButtonProps {
  readonly run: string;
  readonly action: string;
}

/** The whole output of an action, beside the screen. */
export function OutputButton({ run, action }: OutputButtonProps) {
  const { t } = useText();
  const [shown, setShown] = useState(false);
  return (
    <>
      <button type="button" className="lw-link" onClick={() => setShown(true)}>
        {t('run.wholeOutput')}
      </button>
      {shown ? <OutputPanel run={run} action={action} onClose={() => setShown(false)} /> : null}
    </>
  );
}

function OutputPanel({ run, action, onClose }: OutputButtonProps & { onClose: () => void }) {
  const { t } = useText();
  const { path } = useLab();
  const output = useAnswer(`${run} ${action}`, '', (signal) =>
    calls.runs.output({ lab: path, run, action }, { signal }),
  );
  return (
    <SidePanel title={t('guide.output')} onClose={onClose}>
      <p className="lw-help">
        <code>{action}</code>
      </p>
      {output.value === undefined ? (
        output.loading ? (
          <p className="lw-muted">{t('common.loading')}</p>
        ) : null
      ) : (
        <>
          {output.value.truncated ? <p className="lw-help">{t('run.truncated')}</p> : null}
          <CommandBlock
            tone="output"
            text={output.value.text === '' ? t('guide.noOutput') : output.value.text}
            what={t('guide.output')}
          />
        </>
      )}
      <ErrorNote error={output.error} />
    </SidePanel>
  );
}
