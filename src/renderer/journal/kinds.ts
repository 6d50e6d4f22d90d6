import type { JournalEntry } from '../../contract/journal.ts';

type Kind = JournalEntry['kind'];

export const GROUPS = [
  'all',
  'runs',
  'actions',
  'findings',
  'trust',
  'claims',
  'plan',
  'notes',
] as const;
export type Group = (typeof GROUPS)[number];

/** What a person filters by, in the kinds that the journal knows. */
export const KINDS_OF: Record<Exclude<Group, 'all'>, readonly Kind[]> = {
  runs: ['run-started', 'run-ended', 'run-interrupted', 'run-resumed'],
  actions: ['step-started', 'step-ended', 'action-started', 'action-ended'],
  findings: ['finding'],
  trust: ['trust'],
  claims: ['claim'],
  plan: ['plan-changed'],
  notes: ['note'],
};

export function isGroup(value: string): value is Group {
  return GROUPS.some((group) => group === value);
}
