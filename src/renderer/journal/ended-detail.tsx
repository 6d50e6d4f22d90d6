import type { JournalEntry } from '../../contract/journal.ts';
import type { Failure } from '../../contract/run.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { FailureBlock } from '../guide/failure-block.tsx';
import { OutputButton } from '../guide/output-button.tsx';
import { useText } from '../text/use-text.ts';

type Ended = Extract<JournalEntry, { kind: 'action-ended' }>;

export function ActionEnded({ entry }: { entry: Ended }) {
  const { t } = useText();
  return (
    <>
      {entry.exitCode === undefined ? null : (
        <p className="lw-help">{t('dock.exit', { code: entry.exitCode })}</p>
      )}
      {entry.output === '' ? null : (
        <>
          <CommandBlock tone="output" text={entry.output} what={t('guide.output')} />
          <OutputButton run={entry.run} action={`${entry.id}/${entry.action}`} />
        </>
      )}
      {entry.failure === undefined ? null : <FailureOnly failure={entry.failure} />}
    </>
  );
}

export function FailureOnly({ failure }: { failure: Failure }) {
  return <FailureBlock failure={failure} actions={[]} />;
}
