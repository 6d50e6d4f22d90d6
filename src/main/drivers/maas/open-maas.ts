import { LabwrightError } from '../../../contract/error.ts';
import type { CallOptions, Maas, MaasFeature } from '../../engine/maas.ts';
import { account as account1 } from './api-1/account.ts';
import { images as images1 } from './api-1/images.ts';
import { lifecycle as lifecycle1, power as power1 } from './api-1/lifecycle.ts';
import { machines as machines1 } from './api-1/machines.ts';
import { networks as networks1 } from './api-1/networks.ts';
import { events as events1, scripts as scripts1, servers as servers1 } from './api-1/scripts.ts';
import { account, settings } from './api-2/account.ts';
import { events } from './api-2/events.ts';
import { images } from './api-2/images.ts';
import { lifecycle, power } from './api-2/lifecycle.ts';
import { machines } from './api-2/machines.ts';
import { networks } from './api-2/networks.ts';
import { scripts, servers } from './api-2/scripts.ts';
import type { ApiKey } from './api-key.ts';
import { type DetectedMaas, detectMaas } from './detect.ts';
import { type LinkClock, MaasLink } from './link.ts';
import type { MaasServer } from './maas-server.ts';
import { isBefore } from './version.ts';

const ALL: readonly MaasFeature[] = [
  'create-idle',
  'create-network',
  'events',
  'notifications',
  'pools',
  'rescue',
  'script-progress',
];

/** By the release notes; `describe/` says the same in 700 kB. */
const SINCE: Readonly<Partial<Record<MaasFeature, readonly [number, number]>>> = {
  notifications: [2, 2],
  pools: [2, 4],
  rescue: [2, 1],
  'script-progress': [2, 2],
};

/**
 * Finds the API of a MAAS, and which family it is. No key is sent before a certificate proved to be a
 * trusted one. Throws typed errors.
 */
export async function openMaas(
  server: MaasServer,
  key: ApiKey,
  { clock = realClock, signal }: CallOptions & { readonly clock?: LinkClock } = {},
): Promise<Maas> {
  const found = await detectMaas(server, signal);
  const link = new MaasLink(server.name, found.http, found.api, key, clock);
  const about = {
    api: found.api,
    root: found.http.root.url.href,
    version: found.version,
    features: featuresOf(found),
  };
  const close = () => link.close();
  if (found.api === '1.0') {
    return {
      about,
      account: account1(link),
      settings: settings(link),
      images: images1(link),
      networks: networks1(link),
      machines: machines1(link),
      lifecycle: lifecycle1(link),
      power: power1(link),
      events: events1(link),
      scripts: scripts1(link),
      servers: servers1(link),
      close,
    };
  }
  return {
    about,
    account: account(link),
    settings: settings(link),
    images: images(link, found.version),
    networks: networks(link),
    machines: machines(link),
    lifecycle: lifecycle(link),
    power: power(link),
    events: events(link),
    scripts: scripts(link),
    servers: servers(link),
    close,
  };
}

function featuresOf({ api, version }: DetectedMaas): ReadonlySet<MaasFeature> {
  if (api === '1.0') return new Set();
  return new Set(
    ALL.filter((feature) => {
      const since = SINCE[feature];
      return since === undefined || version === undefined || !isBefore(version, since);
    }),
  );
}

const realClock: LinkClock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const cancelled = () => {
        clearTimeout(timer);
        reject(new LabwrightError('cancelled'));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', cancelled);
        resolve();
      }, milliseconds);
      if (signal?.aborted) cancelled();
      else signal?.addEventListener('abort', cancelled, { once: true });
    }),
};
