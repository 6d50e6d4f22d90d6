import type { Note } from '../../contract/api.ts';
import { appState } from './app-state.ts';
import { calls } from './core-connection.ts';
import { notificationState } from './notification-state.ts';

/** Tells something outside the window, if the person wants it. `subject` is told once, however many windows there are. */
export function tellOutside(subject: string, note: Note): void {
  const state = appState.get();
  if (notificationState(state) !== 'on') return;
  if (state.info?.canNotify === true) {
    // Nobody looks: an error would be shown to no one.
    calls.app.notify(note).catch(() => {});
    return;
  }
  const shown = new Notification(note.title, { body: note.body, tag: subject });
  shown.addEventListener('click', () => {
    window.focus();
    shown.close();
  });
}
