import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { Document } from 'yaml';
import type { PlanInput } from '../../contract/plan.ts';
import type { EsxiState } from './esxi/esxi-state.ts';
import { startPracticeEsxi } from './practice-esxi.ts';
import { type PracticeHost, startPracticeHost } from './practice-host.ts';
import { makePracticeSource } from './practice-source.ts';

export interface PracticeLabOptions {
  /** Made at the start and removed at the end: the simulated server starts fresh, so must the lab. */
  readonly directory: string;
  readonly now: () => number;
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

const HEAD = ` The practice lab: a simulated Ubuntu server on this computer, reached over real SSH. Nothing
 here touches another machine. Break it, mend it; it is made anew each time it is opened.`;

/** Starts the simulated server and writes a lab whose folder holds its own trust and identity. */
export async function startPracticeLab(options: PracticeLabOptions): Promise<PracticeLab> {
  const line = options.line ?? 'v3';
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const host = await startPracticeHost({
    hostname: 'mirror',
    authorizedKeys: [keys.public],
    sudo: 'no-password',
    release: line === 'v2' ? 'trusty' : 'jammy',
    source: makePracticeSource({ line }),
    bytesPerSecond: options.bytesPerSecond ?? DOWNLOAD_BYTES_PER_SECOND,
    now: options.now,
  });
  const path = await writeLab(
    options.directory,
    host,
    keys.private,
    practicePlan(host, line),
    HEAD,
  );
  return { path, host, close: () => closeLab(options.directory, host) };
}

const ESXI_HEAD = ` The practice room with an ESXi host: its shell is simulated on this computer and reached over real
 SSH. Machines that are made here are files only; nothing here touches another host.`;

export interface EsxiRoom extends PracticeLab {
  /** What the simulated host knows: to break something, or to look. */
  readonly esxi: EsxiState;
}

/** Starts the simulated ESXi host with a lab of its own: two networks, two nodes, a machine for machines. */
export async function startEsxiRoom(
  options: Pick<PracticeLabOptions, 'directory' | 'now'>,
): Promise<EsxiRoom> {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const { host, esxi } = await startPracticeEsxi({
    authorizedKeys: [keys.public],
    now: options.now,
  });
  const path = await writeLab(options.directory, host, keys.private, esxiPlan(host), ESXI_HEAD);
  return { path, host, esxi, close: () => closeLab(options.directory, host) };
}

async function closeLab(directory: string, host: PracticeHost): Promise<void> {
  await host.close();
  await rm(directory, { recursive: true, force: true });
}

async function writeLab(
  directory: string,
  host: PracticeHost,
  key: string,
  plan: PlanInput,
  head: string,
): Promise<string> {
  await rm(directory, { recursive: true, force: true });
  const folder = join(directory, '.labwright');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'practice-key'), key, { mode: 0o600 });
  const trust = `[${host.address}]:${host.port} ${host.hostKeyPublic}\n`;
  await writeFile(join(folder, 'known_hosts'), trust, { mode: 0o600 });
  const path = join(directory, 'lab.yaml');
  const document = new Document(plan);
  document.commentBefore = head;
  await writeFile(path, document.toString({ lineWidth: 0 }));
  return path;
}

function esxiPlan(host: PracticeHost): PlanInput {
  return {
    version: 1,
    name: 'Practice room: ESXi',
    id: 'practice-esxi',
    hosts: {
      esxi: {
        role: 'esxi',
        address: host.address,
        port: host.port,
        user: host.user,
        auth: { key_file: '.labwright/practice-key' },
      },
    },
    networks: {
      lan: { on: 'esxi', portgroup: 'VM Network', switch: 'vSwitch0' },
      pxe: { on: 'esxi', portgroup: 'PROV', provisioning: true },
    },
    machines: {
      node: { on: 'esxi', count: 2, networks: ['pxe'] },
      builder: {
        on: 'esxi',
        role: 'kvm',
        cpus: 4,
        memory_mib: 8192,
        disks_gib: [40, 100],
        networks: ['pxe', 'lan'],
        nested: true,
      },
    },
  };
}

function practicePlan(host: PracticeHost, line: 'v2' | 'v3'): PlanInput {
  const v2 = line === 'v2';
  return {
    version: 1,
    name: 'Practice lab',
    hosts: {
      mirror: {
        role: 'mirror',
        address: host.address,
        port: host.port,
        user: host.user,
        auth: { key_file: '.labwright/practice-key' },
      },
    },
    mirror: {
      host: 'mirror',
      line,
      source: v2
        ? 'http://maas.ubuntu.com/images/ephemeral-v2/releases/'
        : 'https://images.maas.io/ephemeral-v3/stable/',
      directory: v2
        ? '/var/www/html/mirror/images/ephemeral-v2/releases'
        : '/var/www/html/maas/images/ephemeral-v3/stable',
      filters: v2
        ? { arch: '=amd64', subarch: '~(generic|hwe-t)', release: '~^(trusty|precise)$' }
        : { arch: '=amd64', release: '~^(jammy|noble)$' },
      max: 1,
      refresh: 'nightly',
    },
  };
}
