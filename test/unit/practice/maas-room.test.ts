import { afterEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import type { MaasEvent, MaasStatus } from '../../../src/contract/maas.ts';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import type { Maas } from '../../../src/main/engine/maas.ts';
import type { StreamImage } from '../../../src/main/practice/maas/images.ts';
import type { Iron } from '../../../src/main/practice/maas/lifecycle.ts';
import {
  type PracticeMaas,
  startPracticeMaas,
} from '../../../src/main/practice/maas/practice-maas.ts';
import type { RegionLine } from '../../../src/main/practice/maas/region.ts';
import { errorOf } from '../support/maas-stub.ts';
import { ManualTime } from '../support/manual-time.ts';

const KEY = 'Consumer1:Token1:Secret1';
const SSH_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINgWjGf2hoAAYNVd6b4AYUNV6Q2hr0+Rx27aD5tMlULo user@desk';
const SOURCE = { url: 'http://192.0.2.10/maas/images/streams/v1/index.json', keyring: '/k.gpg' };
const MAC = '52:54:00:00:00:0a';

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

/** Machines that do what they are told. */
const willing: Iron = {
  query: ({ powerState }) => (powerState === 'on' ? 'on' : 'off'),
  power: () => 'done',
  hardware: () => ({ cpus: 2, memoryMib: 4096, disksBytes: [40_000_000_000] }),
};

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Scene {
  readonly maas: Maas;
  readonly room: PracticeMaas;
  readonly time: ManualTime;
}

/** A client of a room whose time goes on while the client waits. */
async function scene(line: RegionLine, iron: Partial<Iron> = {}): Promise<Scene> {
  const time = new ManualTime(Date.parse('2026-11-26T12:00:00Z'));
  const room = await startPracticeMaas({
    line,
    time,
    iron: { ...willing, ...iron },
    streams: () => [image(line === '1.7' ? 'trusty' : 'focal')],
    admin: { name: 'admin', email: 'admin@example.com', password: 'pw' },
    key: KEY,
    rack: { id: 'rack01', hostname: 'maas' },
    networks: [{ cidr: '10.20.30.0/24', address: '10.20.30.2' }],
  });
  closers.push(() => room.close());
  const clock = {
    now: time.now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      if (signal?.aborted) throw new LabwrightError('cancelled');
      time.moveTo(time.now() + milliseconds);
    },
  };
  const maas = await openMaas({ name: 'room', address: room.address }, async () => KEY, { clock });
  closers.push(() => maas.close());
  return { maas, room, time };
}

const pass = (time: ManualTime, seconds: number) => time.moveTo(time.now() + seconds * 1000);

/** A source, a selection, and images that have come. */
async function imported({ maas, time }: Scene, release: string): Promise<void> {
  const { id } = await maas.images.addSource(SOURCE);
  const selection = { os: 'ubuntu', release, arches: ['amd64'], subarches: ['*'], labels: ['*'] };
  await maas.images.selectPatiently(id, selection);
  await maas.images.startImport();
  while (await maas.images.importing()) pass(time, 1);
  const { items } = await maas.images.list();
  const ubuntu = items.find(({ name }) => name === `ubuntu/${release}`);
  expect(await maas.images.one(ubuntu?.id ?? 0)).toMatchObject({ complete: true, usable: true });
}

const machine = (commission: boolean) => ({
  hostname: 'n1',
  architecture: 'amd64/generic',
  macs: [MAC],
  power: {
    type: 'virsh',
    parameters: { power_address: 'qemu+ssh://u@kvm/system', power_id: 'n1' },
  },
  commission,
});

async function until(scene: Scene, id: string, wanted: MaasStatus): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await scene.maas.machines.one(id);
    if (status === wanted) return;
    pass(scene.time, 2);
  }
  throw new Error(`never ${wanted}`);
}

test('the guide’s way through a MAAS 3.3: from nothing to a deployed machine, and back', async () => {
  const all = await scene('3.3');
  const { maas } = all;
  expect(await maas.account.whoAmI()).toEqual({ name: 'admin', admin: true });
  await maas.settings.set('upstream_dns', '192.0.2.53');
  expect(await maas.settings.get('upstream_dns')).toBe('192.0.2.53');
  await maas.account.addSshKey(SSH_KEY);
  expect((await errorOf(maas.machines.create(machine(false)))).code).toBe('maas-no-images');
  await imported(all, 'focal');

  const [net] = (await maas.networks.list()).items;
  if (net === undefined) throw new Error('no network');
  const [rack] = (await maas.servers.racks()).items;
  const early = maas.networks.serve(net, rack?.id ?? '');
  expect((await errorOf(early)).code).toBe('maas-dhcp-no-range');
  const range = {
    kind: 'dynamic',
    start: '10.20.30.100',
    end: '10.20.30.199',
    comment: 'lab',
  } as const;
  await maas.networks.addRange(net, range);
  await maas.networks.serve(net, rack?.id ?? '');
  await maas.networks.change(net, { gateway: '10.20.30.1', nameservers: ['10.20.30.2'] });
  expect((await maas.networks.list()).items[0]).toMatchObject({
    dhcp: true,
    servedBy: ['rack01'],
    gateway: '10.20.30.1',
    ranges: [{ kind: 'dynamic', start: '10.20.30.100', comment: 'lab' }],
  });

  const made = await maas.machines.create(machine(false));
  expect(made).toMatchObject({ status: 'new', hostname: 'n1', bootMac: MAC });
  expect((await errorOf(maas.machines.create(machine(false)))).code).toBe('maas-mac-taken');
  const told: MaasEvent[] = [];
  const stop = new AbortController();
  await maas.lifecycle.commission(made.id, { tests: ['none'] });
  for await (const page of maas.events.follow({ after: 0, signal: stop.signal })) {
    told.push(...page);
    if (told.some(({ type }) => type === 'Ready')) break;
  }
  expect(told.map(({ type }) => type)).toEqual([
    'Commissioning',
    'Powering on',
    'Performing PXE boot',
    'Loading ephemeral',
    'Gathering information',
    'Ready',
  ]);
  const set = await maas.scripts.current(made.id, 'commissioning');
  expect(set?.scripts.every(({ state }) => state === 'passed')).toBe(true);
  expect(await maas.machines.one(made.id)).toMatchObject({
    status: 'ready',
    cpus: 2,
    memoryMib: 4096,
    power: 'on',
    nics: [{ mac: MAC, subnets: ['10.20.30.0/24'] }],
  });

  await maas.lifecycle.deploy(made, { series: 'focal' });
  await until(all, made.id, 'deployed');
  expect(await maas.machines.one(made.id)).toMatchObject({
    series: 'focal',
    owner: 'admin',
    addresses: ['10.20.30.3'],
  });
  const inUse = maas.machines.remove(made.id, { macs: [MAC] });
  expect((await errorOf(inUse)).code).toBe('maas-machine-in-use');
  await maas.lifecycle.release(made.id, 'done');
  await until(all, made.id, 'ready');
  await maas.machines.remove(made.id, { macs: [MAC] });
  expect((await maas.machines.list()).items).toEqual([]);
});

test('the guide’s way through a MAAS 1.7, behind the same port', async () => {
  const all = await scene('1.7');
  const { maas } = all;
  expect(maas.about).toMatchObject({ api: '1.0', version: '1.7.6' });
  expect(await maas.account.whoAmI()).toEqual({ name: '', admin: true });
  await maas.account.addSshKey(SSH_KEY);
  const unknown = maas.settings.set('dnssec_validation', 'no');
  expect((await errorOf(unknown)).code).toBe('maas-setting-unknown');
  await imported(all, 'trusty');

  const [net] = (await maas.networks.list()).items;
  if (net === undefined) throw new Error('no network');
  const [cluster] = (await maas.servers.racks()).items;
  const early = await errorOf(maas.networks.serve(net, cluster?.id ?? ''));
  expect([early.code, early.params.field]).toEqual([
    'maas-value-refused',
    'ip_range_low, ip_range_high',
  ]);
  const range = { start: '10.20.30.100', end: '10.20.30.199', comment: '' };
  await maas.networks.addRange(net, { ...range, kind: 'dynamic' });
  await maas.networks.serve(net, cluster?.id ?? '');
  const overlap = maas.networks.addRange(net, { ...range, kind: 'static' });
  expect((await errorOf(overlap)).code).toBe('maas-range-overlap');
  await maas.networks.addRange(net, {
    ...range,
    start: '10.20.30.50',
    end: '10.20.30.99',
    kind: 'static',
  });
  await maas.networks.change(net, { gateway: '10.20.30.1' });
  expect((await maas.networks.list()).items[0]).toMatchObject({
    cidr: '10.20.30.0/24',
    dhcp: true,
    gateway: undefined,
    ranges: [{ kind: 'dynamic' }, { kind: 'static', start: '10.20.30.50' }],
  });

  const made = await maas.machines.create(machine(true));
  expect(made).toMatchObject({ status: 'commissioning', hostname: 'n1', fqdn: 'n1.maas' });
  await until(all, made.id, 'ready');
  const set = await maas.scripts.current(made.id, 'commissioning');
  expect(set?.scripts.map(({ name }) => name)).toContain('00-maas-01-lshw');
  await maas.lifecycle.deploy(made, { series: 'trusty' });
  expect((await maas.machines.one(made.id)).status).toBe('deploying');
  await until(all, made.id, 'deployed');
  expect((await maas.machines.one(made.id)).addresses).toEqual(['10.20.30.50']);
  await maas.lifecycle.release(made.id, '');
  await until(all, made.id, 'ready');
  await maas.machines.remove(made.id, { macs: [MAC] });
  expect((await maas.machines.list()).items).toEqual([]);
});

describe('a room in which something is wrong', () => {
  const dhcp = async (all: Scene) => {
    await imported(all, 'focal');
    const [net] = (await all.maas.networks.list()).items;
    if (net === undefined) throw new Error('no network');
    const range = {
      kind: 'dynamic',
      start: '10.20.30.100',
      end: '10.20.30.199',
      comment: '',
    } as const;
    await all.maas.networks.addRange(net, range);
    await all.maas.networks.serve(net, 'rack01');
  };

  test('with a BMC that does not answer gives a machine up after 140 seconds, with the reason', async () => {
    const all = await scene('3.3', { power: () => 'silent', query: () => 'silent' });
    await dhcp(all);
    const { id } = await all.maas.machines.create(machine(true));
    pass(all.time, 139);
    expect(await all.maas.machines.one(id)).toMatchObject({
      status: 'commissioning',
      said: 'Powering on',
    });
    pass(all.time, 2);
    const failed = await all.maas.machines.one(id);
    expect(failed).toMatchObject({ status: 'failed-commissioning', commissioning: 'failed' });
    expect(failed.said).toContain("Could not contact node's BMC");
    expect((await errorOf(all.maas.power.query(id))).code).toBe('maas-rack-slow');
  });

  test('without DHCP commissions a machine that then has no network to be deployed on', async () => {
    const all = await scene('3.3');
    await imported(all, 'focal');
    const { id } = await all.maas.machines.create(machine(true));
    await until(all, id, 'ready');
    const error = await errorOf(all.maas.lifecycle.deploy({ id, hostname: 'n1' }));
    expect(error.code).toBe('maas-no-network-link');
  });

  test('whose key was revoked refuses everything, and lets nothing of the key be seen', async () => {
    const { maas, room } = await scene('3.3');
    room.region.users.revoke(KEY);
    const error = await errorOf(maas.machines.list());
    expect(error.code).toBe('maas-key-refused');
    expect(JSON.stringify([error, error.stack, error.toData()])).not.toContain('Secret1');
  });

  test('with a clock an hour ahead of ours says so', async () => {
    const { maas, time } = await scene('3.3');
    const ours = time.now();
    pass(time, 3600);
    const behind = await openMaas({ name: 'room', address: maas.about.root }, async () => KEY, {
      clock: { now: () => ours, sleep: async () => {} },
    });
    closers.push(() => behind.close());
    const error = await errorOf(behind.account.whoAmI());
    expect([error.code, error.params.seconds]).toEqual(['maas-clock-skew', 3600]);
  });

  test('in which an abort comes before the machine has booted leaves it as it was', async () => {
    const all = await scene('3.3');
    await dhcp(all);
    const { id } = await all.maas.machines.create(machine(true));
    pass(all.time, 5);
    await all.maas.lifecycle.abort(id, 'changed my mind');
    pass(all.time, 300);
    expect(await all.maas.machines.one(id)).toMatchObject({
      status: 'new',
      said: 'Aborted commissioning',
      commissioning: 'aborted',
    });
  });
});
