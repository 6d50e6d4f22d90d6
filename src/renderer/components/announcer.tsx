import { Store, useStore } from '../core/store.ts';

const said = new Store<{ readonly text: string; readonly count: number }>({ text: '', count: 0 });

/** Tells a screen reader; politely, and again even when the words are the same. */
export function announce(text: string): void {
  said.set({ text, count: said.get().count + 1 });
}

export function Announcer() {
  const { text, count } = useStore(said);
  return (
    <div className="u-off-screen" role="status" aria-live="polite" data-testid="announcer">
      {text}
      {count % 2 === 0 ? '' : '\u00a0'}
    </div>
  );
}
