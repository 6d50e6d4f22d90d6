import type { Session } from 'electron';

type Permission = Parameters<NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>>[1];

/** What the page may do beyond a plain page, and why. Everything else is denied, asked or not. */
export const GRANTED: Readonly<Partial<Record<Permission, string>>> = {
  'clipboard-sanitized-write': 'Copy buttons beside commands, and copying out of a terminal.',
};

/** Addresses that may be loaded at all; the CSP says the same, this holds even if a page had none. */
const LOADED = new Set(['app:', 'data:', 'devtools:']);

export function restrict(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(Object.hasOwn(GRANTED, permission));
  });
  session.setPermissionCheckHandler((_contents, permission) => Object.hasOwn(GRANTED, permission));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !LOADED.has(new URL(url).protocol) });
  });
}
