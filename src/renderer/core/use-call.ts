import { useCallback, useEffect, useRef, useState } from 'react';
import type { ShownError } from './shown-error.ts';
import { isAbort, shownError } from './shown-error.ts';

export interface Running {
  readonly busy: boolean;
  readonly error: ShownError | undefined;
  /** Runs one call; resolves to whether it succeeded. A second one waits for no one: it is refused. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

/** A button that is disabled while its call goes on loses the keyboard, and gets it back. */
function returnFocus(to: Element | null): void {
  if (document.activeElement !== document.body) return;
  if (to instanceof HTMLElement && to.isConnected) to.focus({ preventScroll: true });
}

/** The state of a call that a button starts. */
export function useCall(): Running {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | undefined>(undefined);
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    const pressed = document.activeElement;
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (thrown) {
      if (mounted.current && !isAbort(thrown)) setError(shownError(thrown));
      return false;
    } finally {
      running.current = false;
      if (mounted.current) {
        setBusy(false);
        requestAnimationFrame(() => returnFocus(pressed));
      }
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { busy, error, run, clear };
}
