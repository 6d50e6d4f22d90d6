export interface Draft {
  readonly text: string;
  readonly base: string;
}

/** Unsaved texts by lab. A plan holds no secrets, but it is kept in memory only all the same. */
const drafts = new Map<string, Draft>();

export function readDraft(lab: string): Draft | undefined {
  return drafts.get(lab);
}

export function keepDraft(lab: string, draft: Draft): void {
  drafts.set(lab, draft);
}

export function forgetDraft(lab: string): void {
  drafts.delete(lab);
}

window.addEventListener('beforeunload', (event) => {
  if (drafts.size > 0) event.preventDefault();
});
