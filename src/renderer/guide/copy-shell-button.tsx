import { useState } from 'react';
import { CommandBlock } from '../components/command-block.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';

interface CopyShellButtonProps {
  readonly steps: readonly string[];
  readonly snapshot: boolean;
}

/** The same actions as a script for someone who would rather run them by hand. */
export function CopyShellButton({ steps, snapshot }: CopyShellButtonProps) {
  const { t } = useText();
  const { path } = useLab();
  const [text, setText] = useState<string | undefined>(undefined);
  const call = useCall();
  return (
    <>
      <Button
        disabled={call.busy}
        onClick={() =>
          call.run(async () =>
            setText((await calls.guide.shell({ lab: path, steps: [...steps], snapshot })).text),
          )
        }
      >
        {t('guide.asShell')}
      </Button>
      <ErrorNote error={call.error} />
      {text === undefined ? null : (
        <SidePanel title={t('guide.asShell')} onClose={() => setText(undefined)}>
          <p className="lw-help">{t('guide.asShellHelp')}</p>
          <CommandBlock text={text} what={t('guide.script')} />
        </SidePanel>
      )}
    </>
  );
}
