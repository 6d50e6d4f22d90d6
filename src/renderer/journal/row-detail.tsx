import type { ReactNode } from 'react';
import type { JournalEntry } from '../../contract/journal.ts';
import { Found } from '../guide/found.tsx';
import { PlannedActions } from '../guide/planned-actions.tsx';
import { PreviewSteps } from '../guide/preview-steps.tsx';
import { ActionEnded, FailureOnly } from './ended-detail.tsx';

/** What is behind a row when it is opened; undefined when the sentence says it all. */
export function detailOf(entry: JournalEntry): ReactNode | undefined {
  switch (entry.kind) {
    case 'run-started':
      return <PreviewSteps preview={{ steps: entry.steps, left: [], digest: entry.digest }} />;
    case 'step-started':
      return <PlannedActions actions={entry.planned.actions} />;
    case 'action-ended':
      return entry.output === '' &&
        entry.failure === undefined &&
        entry.exitCode === undefined ? undefined : (
        <ActionEnded entry={entry} />
      );
    case 'step-ended':
      return entry.failure === undefined ? undefined : <FailureOnly failure={entry.failure} />;
    case 'finding':
      return <Found finding={entry.finding} />;
    case 'trust':
      return entry.old === undefined ? undefined : (
        <p>
          <code>{entry.old}</code> → <code>{entry.value}</code>
        </p>
      );
    case 'plan-changed':
      return (
        <p>
          sha256 <code>{entry.sha256}</code>
        </p>
      );
    default:
      return undefined;
  }
}
