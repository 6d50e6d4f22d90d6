import type { Action } from '../../contract/action.ts';
import type { JournalEntry, JournalRow } from '../../contract/journal.ts';
import type { Message } from '../../contract/message.ts';
import type { Run } from '../../contract/run.ts';
import { splitInstance, stepTitle } from '../guide/step-name.ts';
import type { Text } from '../text/use-text.ts';

/** Titles of actions by run, step and action: a row about an action has only its id. */
export type ActionTitles = ReadonlyMap<string, Message>;

export function actionTitles(rows: readonly JournalRow[], runs: readonly Run[]): ActionTitles {
  const titles = new Map<string, Message>();
  const add = (run: string, step: string, actions: readonly Action[]) => {
    for (const { id, title } of actions) titles.set(`${run} ${step}/${id}`, title);
  };
  for (const run of runs) {
    for (const step of run.steps) {
      add(
        run.id,
        step.id,
        step.actions.map(({ action }) => action),
      );
    }
  }
  for (const { entry } of rows) {
    if (entry.kind === 'step-started') add(entry.run, entry.id, entry.planned.actions);
  }
  return titles;
}

/** One line of the journal as a sentence. */
export function rowText(text: Text, entry: JournalEntry, titles: ActionTitles): string {
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
      return `${named(text, entry.id)} › ${actionName(text, entry, titles)}`;
    case 'action-ended':
      return `${named(text, entry.id)} › ${actionName(text, entry, titles)}: ${t(`run.action.${entry.state}`)}`;
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

function actionName(
  { say }: Text,
  entry: { readonly run: string; readonly id: string; readonly action: string },
  titles: ActionTitles,
): string {
  const title = titles.get(`${entry.run} ${entry.id}/${entry.action}`);
  return title === undefined ? entry.action : say(title);
}
