import type { JournalEntry } from '../../contract/journal.ts';
import { splitInstance, stepTitle } from '../guide/step-name.ts';
import type { Text } from '../text/use-text.ts';

/** One line of the journal as a sentence. */
export function rowText(text: Text, entry: JournalEntry): string {
  const { t, say } = text;
  switch (entry.kind) {
    case 'run-started':
      return t(`journal.runStarted.${entry.what}`, { n: entry.steps.length });
    case 'run-ended':
      return t('journal.run', { state: t(`run.state.${entry.state}`) });
    case 'run-interrupted':
      return t('journal.run', { state: t('run.state.interrupted') });
    case 'run-resumed':
      return t('journal.run', { state: t('journal.resumed') });
    case 'step-started':
      return named(text, entry.id);
    case 'step-ended':
      return `${named(text, entry.id)}: ${t(`run.step.${entry.state}`)}`;
    case 'action-started':
      return `${named(text, entry.id)} › ${actionName(entry.action)}`;
    case 'action-ended':
      return `${named(text, entry.id)} › ${actionName(entry.action)}: ${t(`run.action.${entry.state}`)}`;
    case 'finding':
      return `${named(text, entry.finding.id)}: ${t(`state.${entry.finding.state}`)} — ${say(entry.finding.reason)}`;
    case 'trust':
      return `${entry.target}: ${t(`journal.trust.${entry.what}`)} ${entry.value}`;
    case 'claim': {
      const why = entry.why === '' ? '' : ` — ${entry.why}`;
      return `${named(text, entry.id)}: ${t(`journal.claim.${entry.what}`)}${why}`;
    }
    case 'plan-changed':
      return t(`journal.plan.${entry.how}`);
    case 'note':
      return say(entry.text);
  }
}

export function rowTone(entry: JournalEntry): 'plain' | 'good' | 'bad' {
  const state =
    entry.kind === 'finding' ? entry.finding.state : 'state' in entry ? entry.state : undefined;
  if (state === 'done' || state === 'succeeded') return 'good';
  if (state === 'failed' || state === 'drifted' || state === 'lost') return 'bad';
  if (entry.kind === 'run-interrupted') return 'bad';
  return 'plain';
}

function named(text: Text, id: string): string {
  const { step, target } = splitInstance(id);
  return `${stepTitle(text, step)} (${target})`;
}

/** `step@target/action` is known to the person by its last part. */
function actionName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
