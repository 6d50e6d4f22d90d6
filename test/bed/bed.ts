// The bed as a test sees it. Runs inside the bed's network; run-in-bed.ts puts it there.

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptRepository, serveAptRepository } from './apt-repository.ts';
import { BedError } from './bed-error.ts';
import { readState } from './bed-state.ts';
import { type HostContext, startHost } from './host.ts';
import type { Host, HostOptions } from './host-options.ts';
import { bedAddress } from './places.ts';
import { makeSigningKey, type SigningKey } from './signing-key.ts';
import { type Source, type SourceOptions, startSource } from './source.ts';
import { makeSshKeys } from './ssh-keys.ts';

export type { Host, HostOptions } from './host-options.ts';
export type { Source, SourceOptions } from './source.ts';
export { until } from './until.ts';

export interface BedOptions {
  /** Told what is going on, one line at a time. */
  log?: (line: string) => void;
}

export interface Bed {
  /** The network namespace the bed lives in; this process is already inside it. */
  readonly namespace: string;
  readonly address: string;
  /** The signed apt repository that the hosts know as "labwright-bed". */
  readonly repository: Pick<AptRepository, 'url' | 'sourceLine' | 'maasLine'>;
  /** Binary public key the image source is signed with, as the keyring package ships it. */
  readonly imageKey: { keyringPath: string; fingerprint: string };
  /** A key that never signed anything the repository knows about. */
  otherKey(): Promise<{ keyringPath: string; fingerprint: string }>;
  /** Boots a host and resolves when one can log in. */
  host(options: HostOptions): Promise<Host>;
  /** Starts a simplestreams source. */
  source(options?: SourceOptions): Promise<Source>;
  /** Stops every host and server this opening of the bed started. */
  stop(): Promise<void>;
}

export const isInsideBed = (): boolean => process.env.LABWRIGHT_BED !== undefined;

/** Attaches to the bed this process runs in. */
export async function openBed(options: BedOptions = {}): Promise<Bed> {
  const log = options.log ?? (() => {});
  const path = process.env.LABWRIGHT_BED;
  if (path === undefined) {
    throw new BedError(
      'outside-bed',
      'start this program with: node test/bed/run-in-bed.ts <program> [arguments]',
    );
  }
  const state = await readState(join(path, '..'));
  if (state === undefined) throw new BedError('outside-bed', `no bed is described by ${path}`);

  const folder = await mkdtemp(join(state.folder, 'open-'));
  const closers: Array<() => Promise<void>> = [];
  const hosts = new Set<Host>();
  let repository: AptRepository;
  let imageKey: SigningKey;
  let wrongKey: Promise<SigningKey> | undefined;
  const otherKey = () => {
    wrongKey ??= makeSigningKey(folder, 'Labwright bed other key');
    return wrongKey;
  };
  let context: HostContext;

  const stop = async () => {
    await Promise.all([...hosts].map((host) => host.stop()));
    for (const close of closers.splice(0)) await close();
    await (await wrongKey)?.close();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const [keys, images, packages] = await Promise.all([
      makeSshKeys(folder),
      makeSigningKey(folder, 'Labwright bed image key'),
      makeSigningKey(folder, 'Labwright bed archive key'),
    ]);
    imageKey = images;
    closers.push(images.close, packages.close);
    repository = await serveAptRepository(join(folder, 'apt'), packages, images.publicKey);
    closers.push(repository.close);
    const { sourceLine } = repository;
    context = { state, keys, repository: { sourceLine, publicKey: packages.publicKey } };
  } catch (cause) {
    await stop();
    throw cause;
  }

  return {
    namespace: state.namespace,
    address: bedAddress,
    repository,
    imageKey: { keyringPath: imageKey.keyringPath, fingerprint: imageKey.fingerprint },
    otherKey: async () => {
      const { keyringPath, fingerprint } = await otherKey();
      return { keyringPath, fingerprint };
    },
    async host(hostOptions) {
      const began = Date.now();
      const host = await startHost(context, hostOptions);
      log(`${host.name} is up at ${host.address} after ${Date.now() - began} ms`);
      const kept: Host = {
        ...host,
        stop: async () => {
          hosts.delete(kept);
          await host.stop();
        },
      };
      hosts.add(kept);
      return kept;
    },
    async source(sourceOptions = {}) {
      const source = await startSource(sourceOptions, { image: imageKey, other: otherKey });
      closers.push(source.close);
      return source;
    },
    stop,
  };
}
