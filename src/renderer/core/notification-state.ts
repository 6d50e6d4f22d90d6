import { useEffect, useState } from 'react';
import type { AppState } from './app-state.ts';
import { appState } from './app-state.ts';
import { useStore } from './store.ts';

/**
 * `on` and `off` are the person's choice; `ask` is on, but the browser wants to be asked (again: it
 * remembers by address); `denied` and `missing` are the browser's word.
 */
export type NotificationState = 'on' | 'off' | 'ask' | 'denied' | 'missing';

function pagePermission(): NotificationPermission | 'missing' {
  return 'Notification' in window ? Notification.permission : 'missing';
}

export function notificationState({ info, settings }: AppState): NotificationState {
  if (info?.canNotify === true) return settings.notifications === false ? 'off' : 'on';
  const permission = pagePermission();
  if (permission === 'missing' || permission === 'denied') return permission;
  if (settings.notifications !== true) return 'off';
  return permission === 'granted' ? 'on' : 'ask';
}

/** Follows the settings, and what the person decides in the browser meanwhile. */
export function useNotificationState(): NotificationState {
  const state = useStore(appState);
  const [, setPermission] = useState(pagePermission);
  useEffect(() => {
    let status: PermissionStatus | undefined;
    const follow = () => setPermission(pagePermission());
    const stop = new AbortController();
    navigator.permissions?.query({ name: 'notifications' }).then(
      (found) => {
        if (stop.signal.aborted) return;
        status = found;
        status.addEventListener('change', follow, { signal: stop.signal });
      },
      // A browser that cannot be followed is read again with every drawing.
      () => {},
    );
    return () => stop.abort();
  }, []);
  return notificationState(state);
}
