import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { Document } from 'yaml';
import type { PlanInput } from '../../src/contract/plan.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import type { StreamImage } from '../../src/main/practice/maas/images.ts';
import type { Iron } from '../../src/main/practice/maas/lifecycle.ts';
import {
  type PracticeMaas,
  startPracticeMaas,
} from '../../src/main/practice/maas/practice-maas.ts';
import type { RegionTime } from '../../src/main/practice/maas/region-time.ts';
import { startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

const KEY = 'Consumer1:Token1:Secret1';
const SSH_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINgWjGf2hoAAYNVd6b4AYUNV6Q2hr0+Rx27aD5tMlULo user@desk';
/** Steps of the chapters that are about MAAS's own API. */
const OURS =
  /^(maas\.(answers|settings|ssh-keys|source|selections|images|commissioning-release|subnet|ranges|quiet|dhcp)|enrol\..*)$/;

/** What takes MAAS minutes takes this much less; its clock is the real one, which requests are dated by. */
const HURRY = 100;
const HURRIED: RegionTime = {
  now: Date.now,
  after: (milliseconds, happens) => void setTimeout(happens, milliseconds / HURRY).unref(),
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const image = (release: string): StreamImage => ({
  os: 'ubuntu',
  release,
  arch: 'amd64',
  kernel: 'generic',
  subarches: 'generic',
  version: '20260101',
  label: 'stable',
  files: { squashfs: { size: 400_000_000, sha256: 'ab'.repeat(32) } },
});

interface Scene {
  readonly lab: LabSession;
  readonly maas: PracticeMaas;
}

async function scene(line: '1.7' | '3.3', iron: Partial<Iron> = {}): Promise<Scene> {
  const release = line === '1.7' ? 'trusty' : 'focal';
  const maas = await startPracticeMaas({
    line,
    time: HURRIED,
    iron: {
      query: ({ powerState }) => (powerState === 'on' ? 'on' : 'off'),
      power: () => 'done',
      hardware: () => ({ cpus: 2, memoryMib: 4096, disksBytes: [40_000_000_000] }),
      ...iron,
    },
    streams: () => [image(release)],
    admin: { name: 'admin', email: 'admin@example.com', password: 'pw' },
    key: KEY,
    rack: { id: 'rack01', hostname: 'maas' },
    networks: [{ cidr: '192.0.2.0/24', address: '192.0.2.31' }],
  });
  closers.push(() => maas.close());
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const api = Number(new URL(maas.address).port);
  const host = await startPracticeHost({
    hostname: 'maas',
    authorizedKeys: [keys.public],
    sudo: 'no-password',
    // The practice host with a network card.
    kvm: true,
    now: Date.now,
    service: (port) => (port === (line === '1.7' ? 80 : 5240) ? api : undefined),
  });
  closers.push(() => host.close());
  const directory = mkdtempSync(join(tmpdir(), 'labwright-maas-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  await mkdir(join(directory, '.labwright'));
  writeFileSync(join(directory, 'key'), keys.private, { mode: 0o600 });
  writeFileSync(
    join(directory, '.labwright/known_hosts'),
    `[${host.address}]:${host.port} ${host.hostKeyPublic}\n`,
  );
  const plan: PlanInput = {
    version: 1,
    name: 'MAAS',
    hosts: {
      maas: {
        role: 'maas',
        address: host.address,
        port: host.port,
        user: host.user,
        auth: { key_file: join(directory, 'key') },
      },
    },
    nodes: Object.fromEntries(
      [1, 2].map((index) => [
        `node-${index}`,
        {
          macs: [`00:11:22:33:44:0${index}`],
          power: { type: 'ipmi', address: `10.0.0.${index}`, user: 'root', password: 'bmc' },
          maas: { tags: ['lab'], deploy: { release } },
        },
      ]),
    ),
    maas: {
      host: 'maas',
      line: line === '1.7' ? '1.7' : '3.x',
      admin: { email: 'me@lab.example' },
      settings: { upstream_dns: ['10.0.0.1'], kernel_options: 'console=ttyS0' },
      ssh_keys: [SSH_KEY],
      images: {
        source: 'http://192.0.2.10/maas/images/',
        keyring: '/k.gpg',
        releases: [release],
      },
      subnets: {
        pxe: {
          cidr: '192.0.2.0/24',
          interface: 'eth0',
          gateway: '192.0.2.1',
          dynamic: { from: '192.0.2.100', to: '192.0.2.150' },
          ...(line === '1.7' ? { static: { from: '192.0.2.160', to: '192.0.2.190' } } : {}),
        },
      },
    },
  };
  const path = join(directory, 'lab.yaml');
  writeFileSync(path, new Document(plan).toString());
  const vault = new MemoryVault();
  await vault.set('maas-api-key', KEY);
  await vault.set('bmc', 'calvin');
  const lab = await LabSession.open({
    path,
    practice: true,
    chapters: CHAPTERS,
    vault,
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds / HURRY)),
    who: 'ann',
  });
  closers.push(() => lab.close());
  return { lab, maas };
}

const oursOf = (lab: LabSession): string[] =>
  lab.findings.instances().flatMap(({ id, step }) => (OURS.test(step.id) ? [id] : []));

/** Applies all that is offered, as often as that makes more possible. */
async function walk({ lab }: Scene): Promise<void> {
  for (let round = 0; round < 8; round++) {
    const steps = oursOf(lab);
    await lab.findings.check({ steps, fresh: true });
    const { steps: planned, digest } = await lab.runs.preview(steps);
    if (planned.length === 0) return;
    const { id } = await lab.runs.apply(steps, digest);
    await lab.runs.settled();
    const run = lab.state.runs.find((each) => each.id === id);
    const failed = run?.steps.find((step) => step.failure !== undefined);
    if (failed !== undefined) throw new Error(JSON.stringify(failed.failure));
  }
}

const states = (lab: LabSession): Record<string, string> =>
  Object.fromEntries(
    oursOf(lab).map((id) => {
      const finding = lab.state.findings[id];
      const { state, reason } = finding ?? { state: 'absent', reason: { key: '' } };
      return [
        id,
        state === 'done' ? state : `${state} ${reason.key} ${JSON.stringify(reason.params)}`,
      ];
    }),
  );

test.each(['3.3', '1.7'] as const)(
  'a MAAS %s is set up and its machines deployed; a second time nothing is to do',
  async (line) => {
    const room = await scene(line);
    await walk(room);
    expect(states(room.lab)).toEqual(
      Object.fromEntries(oursOf(room.lab).map((id) => [id, 'done'])),
    );
    expect((await room.lab.runs.preview(oursOf(room.lab))).steps).toEqual([]);
  },
);
