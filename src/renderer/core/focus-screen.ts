import { useEffect } from 'react';
import { useRoute } from './route.ts';

/** Puts the keyboard at the heading of what is shown: the chosen step, otherwise the screen. */
export function focusScreen(): void {
  const heading =
    document.getElementById('step-title') ?? document.querySelector<HTMLElement>('h1');
  if (heading === null) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** Where the person was last, over screens that come and go. */
let last: string | undefined;

/**
 * What was pressed may be gone on the screen that it led to, and the keyboard with it. A link that is
 * still there keeps the focus: who walks along the navigation stays in it.
 */
export function useFocusOnArrival(ready = true): void {
  const { lab, screen, item } = useRoute();
  const here = `${lab} ${screen} ${item ?? ''}`;
  useEffect(() => {
    if (!ready || here === last) return;
    // A page that has just been loaded is read from its top.
    const loaded = last === undefined;
    last = here;
    if (!loaded && document.activeElement === document.body) focusScreen();
  }, [here, ready]);
}
