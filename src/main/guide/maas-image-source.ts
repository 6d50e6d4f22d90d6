import type { Plan } from '../../contract/plan.ts';
import { mirrorUrl } from './mirror-commands.ts';

/** Where MAAS keeps the keyring that Ubuntu's images are signed with (users.md D33). */
const KEYRINGS = {
  deb: '/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg',
  snap: '/snap/maas/current/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg',
} as const;

/** Address of the mirror of this plan, as MAAS takes it; absent without one. */
export function mirrorSource(plan: Plan): string | undefined {
  const { mirror } = plan;
  const host = mirror === undefined ? undefined : plan.hosts[mirror.host];
  if (mirror === undefined || host === undefined) return undefined;
  return `${mirrorUrl(host, mirror).replace(/\/*$/, '')}/`;
}

/** The stream that MAAS shall import from, and the keyring that vouches for it. */
export function wantedSource(plan: Plan): { readonly url: string; readonly keyring: string } {
  const { maas } = plan;
  const images = maas?.images;
  const url = images?.source ?? mirrorSource(plan) ?? '';
  const snap = maas?.line !== '1.7' && (maas?.from ?? 'snap') === 'snap';
  return { url, keyring: images?.keyring ?? KEYRINGS[snap ? 'snap' : 'deb'] };
}

/** Addresses that mean the same stream: MAAS keeps what it was given, with its slash or without. */
export const sameUrl = (one: string, other: string): boolean =>
  one.replace(/\/*$/, '') === other.replace(/\/*$/, '');
