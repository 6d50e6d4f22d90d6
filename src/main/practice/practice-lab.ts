import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { Document } from 'yaml';
import type { PlanInput } from '../../contract/plan.ts';
import type { PracticeRoom } from '../../contract/practice-room.ts';
import { PRACTICE_SECRETS } from '../vault/practice-secrets.ts';
import type { EsxiState } from './esxi/esxi-state.ts';
import { addBundle, startPracticeEsxi } from './practice-esxi.ts';
import { type PracticeHost, startPracticeHost } from './practice-host.ts';
import { esxiRoomPlan, kvmRoomPlan, mirrorRoomPlan } from './practice-plans.ts';
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

export interface EsxiRoom extends PracticeLab {
  /** What the simulated host knows: to break something, or to look. */
  readonly esxi: EsxiState;
}

/** Quick enough not to bore, slow enough to see the progress, cancel it and look around. */
const DOWNLOAD_BYTES_PER_SECOND = 1_000_000;

/** Room for a few machines, which take as much as they say only when they write. */
export const KVM_DISK_BYTES = 120 * 1024 ** 3;

const HEAD = ` The practice lab: a simulated Ubuntu server on this computer, reached over real SSH. Nothing
 here touches another machine. Break it, mend it; it is made anew each time it is opened.`;

const ESXI_HEAD = ` The practice room with an ESXi host: its shell is simulated on this computer and reached over real
 SSH. Machines that are made here are files only; nothing here touches another host.`;

/** Starts the simulated host of a room and writes a lab whose folder holds its own trust and identity. */
export async function startPracticeLab(options: PracticeLabOptions): Promise<PracticeLab> {
  const { directory, now, room = 'mirror', line = 'v3' } = options;
  if (room === 'esxi') return startEsxiRoom({ directory, now });
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const common = {
    hostname: room,
    authorizedKeys: [keys.public],
    sudo: 'no-password',
    now,
  } as const;
  if (room === 'kvm') {
    const host = await startPracticeHost({ ...common, kvm: true, diskBytes: KVM_DISK_BYTES });
    const path = await writeLab(directory, host, keys.private, kvmRoomPlan(host), HEAD);
    return { path, host, close: () => closeLab(directory, host) };
  }
  const host = await startPracticeHost({
    ...common,
    release: line === 'v2' ? 'trusty' : 'jammy',
    source: makePracticeSource({ line }),
    bytesPerSecond: options.bytesPerSecond ?? DOWNLOAD_BYTES_PER_SECOND,
  });
  const path = await writeLab(directory, host, keys.private, mirrorRoomPlan(host, line), HEAD);
  return { path, host, close: () => closeLab(directory, host) };
}

/** Starts the simulated ESXi host with a lab of its own: two networks, two nodes, a machine for machines. */
export async function startEsxiRoom(
  options: Pick<PracticeLabOptions, 'directory' | 'now'>,
): Promise<EsxiRoom> {
  const { directory, now } = options;
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const practice = await startPracticeEsxi({ authorizedKeys: [keys.public], now });
  const { host, esxi } = practice;
  const plan = esxiRoomPlan(host, addBundle(practice));
  const path = await writeLab(directory, host, keys.private, plan, ESXI_HEAD);
  return { path, host, esxi, close: () => closeLab(directory, host) };
}

export async function closeLab(directory: string, host: PracticeHost): Promise<void> {
  await host.close();
  await rm(directory, { recursive: true, force: true });
}

/** What a lab's folder brings along beside the key and the trust of its first host. */
export interface BroughtAlong {
  readonly hosts?: readonly PracticeHost[];
  readonly secrets?: Readonly<Record<string, string>>;
}

export async function writeLab(
  directory: string,
  host: PracticeHost,
  key: string,
  plan: PlanInput,
  head: string,
  { hosts = [], secrets }: BroughtAlong = {},
): Promise<string> {
  await rm(directory, { recursive: true, force: true });
  const folder = join(directory, '.labwright');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'practice-key'), key, { mode: 0o600 });
  const trust = [host, ...hosts].map(
    ({ address, port, hostKeyPublic }) => `[${address}]:${port} ${hostKeyPublic}\n`,
  );
  await writeFile(join(folder, 'known_hosts'), trust.join(''), { mode: 0o600 });
  if (secrets !== undefined) {
    const text = `${JSON.stringify(secrets, null, 2)}\n`;
    await writeFile(join(folder, PRACTICE_SECRETS), text, { mode: 0o600 });
  }
  const path = join(directory, 'lab.yaml');
  const document = new Document(plan);
  document.commentBefore = head;
  await writeFile(path, document.toString({ lineWidth: 0 }));
  return path;
}
