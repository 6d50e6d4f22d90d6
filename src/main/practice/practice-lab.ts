import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { Document } from 'yaml';
import type { PracticeRoom } from '../../contract/practice-room.ts';
import { type PracticeHost, startPracticeHost } from './practice-host.ts';
import { kvmRoomPlan, mirrorRoomPlan } from './practice-plans.ts';
import { makePracticeSource } from './practice-source.ts';

export interface PracticeLabOptions {
  /** Made at the start and removed at the end: the simulated server starts fresh, so must the lab. */
  readonly directory: string;
  readonly now: () => number;
  /** 'mirror' unless given. */
  readonly room?: PracticeRoom;
  readonly line?: 'v2' | 'v3';
  /** Simulated download speed of the mirror run. */
  readonly bytesPerSecond?: number;
}

export interface PracticeLab {
  readonly path: string;
  readonly host: PracticeHost;
  close(): Promise<void>;
}

/** Quick enough not to bore, slow enough to see the progress, cancel it and look around. */
const DOWNLOAD_BYTES_PER_SECOND = 1_000_000;

/** Room for a few machines, which take as much as they say only when they write. */
const KVM_DISK_BYTES = 120 * 1024 ** 3;

const HEAD = ` The practice lab: a simulated Ubuntu server on this computer, reached over real SSH. Nothing
 here touches another machine. Break it, mend it; it is made anew each time it is opened.`;

/** Starts the simulated server and writes a lab whose folder holds its own trust and identity. */
export async function startPracticeLab(options: PracticeLabOptions): Promise<PracticeLab> {
  const line = options.line ?? 'v3';
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const room = options.room ?? 'mirror';
  const common = {
    hostname: room,
    authorizedKeys: [keys.public],
    sudo: 'no-password',
    now: options.now,
  } as const;
  const host = await startPracticeHost(
    room === 'kvm'
      ? { ...common, kvm: true, diskBytes: KVM_DISK_BYTES }
      : {
          ...common,
          release: line === 'v2' ? 'trusty' : 'jammy',
          source: makePracticeSource({ line }),
          bytesPerSecond: options.bytesPerSecond ?? DOWNLOAD_BYTES_PER_SECOND,
        },
  );
  const { directory } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, '.labwright'), { recursive: true, mode: 0o700 });
  await writeFile(join(directory, '.labwright', 'practice-key'), keys.private, { mode: 0o600 });
  const token = `[${host.address}]:${host.port}`;
  await writeFile(
    join(directory, '.labwright', 'known_hosts'),
    `${token} ${host.hostKeyPublic}\n`,
    {
      mode: 0o600,
    },
  );
  const path = join(directory, 'lab.yaml');
  const document = new Document(room === 'kvm' ? kvmRoomPlan(host) : mirrorRoomPlan(host, line));
  document.commentBefore = HEAD;
  await writeFile(path, document.toString({ lineWidth: 0 }));
  const close = async () => {
    await host.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { path, host, close };
}
