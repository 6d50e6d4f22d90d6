import { useCallback, useEffect, useState } from 'react';
import { core } from './core-connection.ts';
import type { ShownError } from './shown-error.ts';
import { shownError } from './shown-error.ts';
import { useStore } from './store.ts';

export interface Answer<T> {
  /** The last answer; kept while a newer one is on its way so that nothing jumps. */
  readonly value: T | undefined;
  readonly loading: boolean;
  readonly error: ShownError | undefined;
  readonly again: () => void;
}

interface Held<T> {
  readonly subject: string;
  readonly value: T | undefined;
  readonly loading: boolean;
  readonly error: ShownError | undefined;
}

/**
 * Asks the core and asks again when `version` changes or the connection comes back. An answer that
 * is about another `subject` is never shown.
 */
export function useAnswer<T>(
  subject: string,
  version: string,
  ask: (signal: AbortSignal) => Promise<T>,
): Answer<T> {
  const { generation } = useStore(core.state);
  const [round, setRound] = useState(0);
  const [held, setHeld] = useState<Held<T>>({
    subject,
    value: undefined,
    loading: true,
    error: undefined,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ask` is a new closure at every render; subject and version say when it means something else.
  useEffect(() => {
    if (generation === 0) return;
    const stop = new AbortController();
    setHeld((last) => ({
      subject,
      value: last.subject === subject ? last.value : undefined,
      loading: true,
      error: undefined,
    }));
    ask(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setHeld({ subject, value, loading: false, error: undefined });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setHeld((last) => ({ ...last, loading: false, error: shownError(error) }));
      },
    );
    return () => stop.abort();
  }, [subject, version, generation, round]);
  const again = useCallback(() => setRound((count) => count + 1), []);
  const current = held.subject === subject;
  return {
    value: current ? held.value : undefined,
    loading: current ? held.loading : true,
    error: current ? held.error : undefined,
    again,
  };
}
