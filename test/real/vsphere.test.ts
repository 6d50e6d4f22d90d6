import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { changeMachine } from '../../src/main/drivers/vsphere/change-machine.ts';
import { createMachine } from '../../src/main/drivers/vsphere/create-machine.ts';
import {
  deleteFile,
  makeDirectory,
  uploadFile,
} from '../../src/main/drivers/vsphere/datastore-files.ts';
import { listDatastores } from '../../src/main/drivers/vsphere/datastores.ts';
import { listHardwareVersions } from '../../src/main/drivers/vsphere/hardware-versions.ts';
import { listHosts } from '../../src/main/drivers/vsphere/hosts.ts';
import { readLicences } from '../../src/main/drivers/vsphere/licences.ts';
import { annotationOf, type NewMachine } from '../../src/main/drivers/vsphere/machine-spec.ts';
import {
  describeMachine,
  listMachines,
  type MachineRow,
} from '../../src/main/drivers/vsphere/machines.ts';
import {
  addPortgroup,
  addSwitch,
  listNetworks,
  removePortgroup,
  removeSwitch,
} from '../../src/main/drivers/vsphere/networks.ts';
import { performSiteCall } from '../../src/main/drivers/vsphere/perform.ts';
import { findPlace, type Place } from '../../src/main/drivers/vsphere/place.ts';
import { powerOff, powerOn, reset } from '../../src/main/drivers/vsphere/power.ts';
import { retrieveOne } from '../../src/main/drivers/vsphere/properties.ts';
import {
  destroyMachine,
  unregisterMachine,
} from '../../src/main/drivers/vsphere/remove-machine.ts';
import { openSession, type Session } from '../../src/main/drivers/vsphere/session.ts';
import { answerQuestion } from '../../src/main/drivers/vsphere/site-answer.ts';
import {
  assertSiteIdentity,
  readSiteIdentity,
} from '../../src/main/drivers/vsphere/site-identity.ts';
import { siteInventory } from '../../src/main/drivers/vsphere/site-inventory.ts';
import {
  createSnapshot,
  removeSnapshot,
  revertToSnapshot,
} from '../../src/main/drivers/vsphere/snapshots.ts';
import { watch } from '../../src/main/drivers/vsphere/updates.ts';
import type { MoRef } from '../../src/main/drivers/vsphere/vim-value.ts';
import { mustRun } from '../bed/run-command.ts';
import { readBack } from '../bed/vcsim/read-back.ts';
import { startVcsim, type Vcsim } from '../bed/vcsim.ts';

const GIBIBYTE = 1024 ** 3;
const MARK = 'labwright:lab-1/node-1';

let sim: Vcsim;
let session: Session;
let place: Place;

async function fingerprintOf({ host, port, user, password }: Vcsim): Promise<string> {
  const site = { name: 'rack', address: host, port };
  const refused = await openSession(site, { user, password: async () => password }).catch(
    (error: unknown) => error,
  );
  if (!(refused instanceof LabwrightError)) throw refused;
  expect(refused.code).toBe('site-certificate-unknown');
  return String(refused.params.fingerprint);
}

async function start(mode: 'esx' | 'vcenter'): Promise<void> {
  sim = await startVcsim({ mode, build: '5973321' });
  const site = {
    name: 'rack',
    address: sim.host,
    port: sim.port,
    pin: await fingerprintOf(sim),
  };
  session = await openSession(site, { user: sim.user, password: async () => sim.password });
  place = await findPlace(session);
}

async function stop(): Promise<void> {
  await session?.close();
  await sim?.stop();
}

async function rows(): Promise<MachineRow[]> {
  const found: MachineRow[] = [];
  for await (const page of listMachines(session)) found.push(...page);
  return found;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LabwrightError) return error.code;
    throw error;
  }
  return 'none';
}

function node(datastore: string, network: string): NewMachine {
  return {
    name: 'node <1> & "co"',
    mark: MARK,
    note: 'A node of the lab.\nラボのノード',
    cpus: 2,
    memoryMebibytes: 2048,
    disksBytes: [16 * GIBIBYTE],
    datastore,
    nics: [
      { mac: '00:50:56:00:00:01', network, adapter: 'e1000' },
      { mac: '00:50:56:3F:FF:FF', network, adapter: 'vmxnet3' },
    ],
    nested: true,
    bootFirst: 'network',
  };
}

test('the table of types is what its script makes of Debian’s packages', async () => {
  await mustRun(process.execPath, [
    join(import.meta.dirname, '../../scripts/vim-types.ts'),
    '--check',
  ]);
});

describe('a standalone ESXi', () => {
  let machine: NewMachine;
  let ref: MoRef;

  beforeAll(async () => {
    await start('esx');
    const [datastore] = await listDatastores(session);
    machine = node(datastore?.name ?? '', 'maas-pxe');
  });
  afterAll(stop);

  test('says who it is, what it has and what it is licensed for', async () => {
    expect(session.identity).toMatchObject({ kind: 'esxi', version: '6.5.0', build: '5973321' });
    const [host] = await listHosts(session);
    expect(host).toMatchObject({ version: '6.5.0', build: '5973321', inMaintenance: false });
    expect(host?.cpuCores).toBeGreaterThan(0);
    expect(host?.memoryBytes).toBeGreaterThan(GIBIBYTE);
    expect(host?.services.get('TSM-SSH')).toMatchObject({ running: false, policy: 'off' });
    const licences = await readLicences(session);
    expect(licences.editions).toEqual([{ edition: 'eval', name: 'Evaluation Mode' }]);
    const [datastore] = await listDatastores(session);
    expect(datastore).toMatchObject({ kind: 'OTHER', accessible: true });
    expect(datastore?.freeBytes).toBeGreaterThan(0);
  });

  test('is told from every other site before something is written', async () => {
    const trusted = await readSiteIdentity(session);
    expect(trusted).toMatch(/^[0-9a-f-]{36}$/);
    await assertSiteIdentity(session, trusted);
    expect(await codeOf(assertSiteIdentity(session, 'another'))).toBe('site-identity-changed');
  });

  test('gives its switches and portgroups with what holds for them', async () => {
    const [networks] = await listNetworks(session, await listHosts(session));
    expect(networks?.switches.map(({ name }) => name)).toEqual(['vSwitch0']);
    expect(networks?.portgroups.find(({ name }) => name === 'VM Network')).toMatchObject({
      switchName: 'vSwitch0',
      vlan: 0,
      security: { allowPromiscuous: false, forgedTransmits: true },
    });
  });

  test('gets a switch and a portgroup for nested labs, as pyvmomi sees too', async () => {
    const system = place.networkSystem!;
    await addSwitch(session, system, { name: 'vSwitchLab', uplinks: [] });
    const security = { allowPromiscuous: true, macChanges: true, forgedTransmits: true };
    const wanted = { name: 'maas-pxe', switchName: 'vSwitchLab', vlan: 12, security };
    await addPortgroup(session, system, wanted);
    const [networks] = await listNetworks(session, await listHosts(session));
    expect(networks?.portgroups.find(({ name }) => name === 'maas-pxe')).toMatchObject({
      vlan: 12,
      ownSecurity: security,
    });
    expect(await codeOf(addPortgroup(session, system, wanted))).toBe('site-name-taken');
    expect(await codeOf(addSwitch(session, system, { name: 'vSwitchLab', uplinks: [] }))).toBe(
      'site-name-taken',
    );
    const { portgroups, switches } = await readBack(sim, '');
    expect(switches).toContain('vSwitchLab');
    expect(portgroups).toContainEqual({
      name: 'maas-pxe',
      switch: 'vSwitchLab',
      vlan: 12,
      promiscuous: true,
      forged: true,
      mac: true,
    });
  });

  test('refuses a machine on a network that the host does not have, before it is sent', async () => {
    const elsewhere = { ...machine, nics: [{ ...machine.nics[0]!, network: 'nowhere' }] };
    expect(await codeOf(createMachine(session, place, elsewhere))).toBe('site-object-missing');
    const outside = { ...machine, nics: [{ ...machine.nics[0]!, mac: '00:50:56:80:00:01' }] };
    expect(await codeOf(createMachine(session, place, outside))).toBe('site-mac-unfit');
  });

  test('makes a PXE machine that pyvmomi reads back as it was ordered', async () => {
    const made = await createMachine(session, place, machine);
    expect(made.created).toBe(true);
    ref = made.ref;
    const { machines } = await readBack(sim, machine.name);
    expect(machines).toHaveLength(1);
    const [seen] = machines;
    expect(seen).toMatchObject({
      power: 'poweredOff',
      cpus: 2,
      memory: 2048,
      firmware: 'bios',
      annotation: annotationOf(machine),
      nested: true,
    });
    expect(seen?.extra['disk.EnableUUID']).toBe('TRUE');
    const cards = seen?.devices.filter(({ mac }) => mac !== null) ?? [];
    expect(
      cards.map(({ type, mac, addressType, network }) => [type, mac, addressType, network]),
    ).toEqual([
      ['vim.vm.device.VirtualE1000', '00:50:56:00:00:01', 'manual', 'maas-pxe'],
      ['vim.vm.device.VirtualVmxnet3', '00:50:56:3f:ff:ff', 'manual', 'maas-pxe'],
    ]);
    const [disk] = seen?.devices.filter(({ type }) => type.endsWith('VirtualDisk')) ?? [];
    expect(disk).toMatchObject({ capacityKB: 16 * 1024 * 1024, thin: true });
    expect(seen?.boot.map(({ key }) => key)).toEqual([...cards.map(({ key }) => key), disk?.key]);
  });

  test('describes it as pyvmomi does', async () => {
    const facts = await describeMachine(session, ref);
    const [seen] = (await readBack(sim, machine.name)).machines;
    expect(facts).toMatchObject({
      name: machine.name,
      power: 'poweredOff',
      instanceUuid: seen?.instanceUuid,
      uuid: seen?.uuid,
      cpus: 2,
      memoryMebibytes: 2048,
      firmware: 'bios',
      nested: true,
      diskUuid: true,
      annotation: annotationOf(machine),
    });
    expect(facts.nics.map(({ mac, adapter, network }) => [mac, adapter, network])).toEqual([
      ['00:50:56:00:00:01', 'e1000', 'maas-pxe'],
      ['00:50:56:3f:ff:ff', 'vmxnet3', 'maas-pxe'],
    ]);
    expect(facts.bootOrder.map(({ kind }) => kind)).toEqual(['network', 'network', 'disk']);
    expect(facts.disks).toMatchObject([{ capacityBytes: 16 * GIBIBYTE, thin: true }]);
  });

  test('makes nothing twice, and takes neither a name nor an address from others', async () => {
    expect(await createMachine(session, place, machine)).toEqual({ ref, created: false });
    const others = { ...machine, mark: 'labwright:lab-2/node-1' };
    expect(await codeOf(createMachine(session, place, others))).toBe('site-name-taken');
    const renamed = { ...others, name: 'other' };
    expect(await codeOf(createMachine(session, place, renamed))).toBe('site-mac-taken');
    expect((await rows()).filter(({ name }) => name === machine.name)).toHaveLength(1);
  });

  test('changes what it has while it is off', async () => {
    await changeMachine(session, ref, { cpus: 4, memoryMebibytes: 4096, nested: false });
    expect(await describeMachine(session, ref)).toMatchObject({
      cpus: 4,
      memoryMebibytes: 4096,
      nested: false,
    });
  });

  test('powers on, resets and off; the update loop sees it happen', async () => {
    const states: unknown[] = [];
    const seenOff = Promise.withResolvers<void>();
    const wanted = { type: 'VirtualMachine', paths: ['runtime.powerState'] };
    const loop = (async () => {
      for await (const { changes } of watch(session, wanted, [ref])) {
        states.push(...changes.map(({ changes: values }) => values['runtime.powerState']));
        seenOff.resolve();
        // Changes of one moment come together; the last of all is that it is off.
        if (states.includes('poweredOn') && states.at(-1) === 'poweredOff') return;
      }
    })();
    await Promise.race([seenOff.promise, loop]);
    expect(await powerOn(session, ref)).toBe(true);
    expect(await powerOn(session, ref)).toBe(false);
    await reset(session, ref);
    expect(await powerOff(session, ref)).toBe(true);
    await loop;
    expect(states.slice(0, 2)).toEqual(['poweredOff', 'poweredOn']);
    expect(await codeOf(reset(session, ref))).toBe('site-power-state');
  });

  test('takes a snapshot and goes back to it', async () => {
    const wanted = { name: 'before', description: 'before the try', memory: false };
    const snapshot = await createSnapshot(session, ref, wanted);
    expect((await readBack(sim, machine.name)).machines[0]?.snapshots).toEqual(['before']);
    await revertToSnapshot(session, snapshot);
    await removeSnapshot(session, snapshot);
    expect((await readBack(sim, machine.name)).machines[0]?.snapshots).toEqual([]);
  });

  test('keeps files: folder, upload with progress, delete', async () => {
    const folder = { datastore: machine.datastore, path: 'iso/deep' };
    const file = { datastore: machine.datastore, path: 'iso/deep/a & b.iso' };
    await makeDirectory(session, place, folder);
    const chunk = Buffer.alloc(1_000_000, 7);
    const sent: number[] = [];
    await endSession();
    await uploadFile(session, place, file, {
      stream: Readable.from([chunk, chunk, chunk]),
      size: 3_000_000,
      onSent: (bytes) => sent.push(bytes),
    });
    expect(sent.at(-1)).toBe(3_000_000);
    const nowhere = { datastore: 'nowhere', path: 'a.iso' };
    const lost = uploadFile(session, place, nowhere, { stream: Readable.from([chunk]), size: 1e6 });
    expect(await codeOf(lost)).toBe('site-upload-refused');
    await deleteFile(session, place, file);
    expect(await codeOf(deleteFile(session, place, file))).toBe('site-file-missing');
    const outside = { datastore: machine.datastore, path: '../escape' };
    expect(await codeOf(makeDirectory(session, place, outside))).toBe('site-path-unfit');
  });

  test('removes only what carries our mark', async () => {
    expect(await codeOf(destroyMachine(session, ref, 'labwright:lab-2/node-1'))).toBe(
      'site-not-ours',
    );
    await destroyMachine(session, ref, MARK);
    expect(await codeOf(describeMachine(session, ref))).toBe('site-object-gone');
    const { ref: again } = await createMachine(session, place, { ...machine, name: 'node-2' });
    await unregisterMachine(session, again, MARK);
    expect((await rows()).map(({ name }) => name)).not.toContain('node-2');
    await removePortgroup(session, place.networkSystem!, 'maas-pxe');
    await removeSwitch(session, place.networkSystem!, 'vSwitchLab');
    const { portgroups, switches, machines } = await readBack(sim, machine.name);
    expect(portgroups.map(({ name }) => name)).not.toContain('maas-pxe');
    expect(switches).not.toContain('vSwitchLab');
    expect(machines).toEqual([]);
  });

  test('a wrong password is refused in words that hold no password', async () => {
    const login = { user: sim.user, password: async () => 'Zq7-not-it' };
    const error = await openSession(session.site, login).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'site-login-refused' });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('Zq7');
  });

  test('logs in again by itself when the session is gone, in a call and in a list', async () => {
    const count = (await rows()).length;
    const { generation } = session;
    await endSession();
    // vcsim answers a list with the fault in missingSet, and a call with a SOAP fault.
    expect(await rows()).toHaveLength(count);
    expect(session.generation).toBe(generation + 1);
  });
});

/** Ends the session behind the driver's back. */
async function endSession(): Promise<void> {
  await session.call('Logout', session.content.sessionManager as MoRef);
}

describe('a vCenter', () => {
  beforeAll(() => start('vcenter'));
  afterAll(stop);

  test('says who it is and lists its hosts and machines', async () => {
    expect(session.identity.kind).toBe('vcenter');
    expect(session.identity.instanceUuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(await listHosts(session)).toHaveLength(4);
    expect((await rows()).map(({ name }) => name).sort()).toEqual([
      'DC0_C0_RP0_VM0',
      'DC0_C0_RP0_VM1',
      'DC0_H0_VM0',
      'DC0_H0_VM1',
    ]);
  });

  test('finds a place by the name of its host and knows the datacenter', async () => {
    const found = await findPlace(session, 'DC0_H0');
    expect(found).toMatchObject({ hostName: 'DC0_H0', datacenterPath: 'DC0' });
    expect(await codeOf(findPlace(session, 'nobody'))).toBe('site-object-missing');
    const versions = await listHardwareVersions(session, found.environmentBrowser!);
    expect(versions.map(({ version }) => version)).toContain('vmx-13');
  });

  test('gives the inventory of the host that is named, and of the first one otherwise', async () => {
    const { site, networks, storages, memoryMib, machines } = await siteInventory(session);
    expect(site).toMatchObject({ kind: 'vcenter', place: 'DC0_C0_H0', datacenter: 'DC0' });
    expect(site?.hosts.map(({ name }) => name).sort()).toEqual([
      'DC0_C0_H0',
      'DC0_C0_H1',
      'DC0_C0_H2',
      'DC0_H0',
    ]);
    expect(site?.hosts[0]?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(site?.distributed).toContain('DC0_DVPG0');
    expect(networks.map(({ name }) => name)).toContain('DC0_DVPG0');
    expect(storages.map(({ name }) => name)).toEqual(['LocalDS_0']);
    expect(machines).toHaveLength(4);
    const named = await siteInventory(session, 'DC0_H0');
    expect(named.site?.place).toBe('DC0_H0');
    // Room is counted on one host: memory of all four would promise too much.
    expect(named.memoryMib).toBe(memoryMib);
    expect((await siteInventory(session, 'nobody')).site).not.toHaveProperty('place');
  });

  test('makes a portgroup on the host that is named, and on no other', async () => {
    const ask = (host: string) =>
      answerQuestion(session, { what: 'portgroup', portgroup: 'only-here', switch: 'own', host });
    const network = { portgroup: 'only-here', switch: 'own', vlan: 0, host: 'DC0_H0' } as const;
    const made = { kind: 'add-network', ...network, ownSwitch: true, security: {} } as const;
    await performSiteCall(session, made, { run: '20261126101500-abcdef' });
    expect(await ask('DC0_H0')).toMatchObject({
      switchExists: true,
      portgroup: { switch: 'own', vlan: 0 },
    });
    expect(await ask('DC0_C0_H0')).toEqual({ switchExists: false });
    const gone = { kind: 'remove-network', ...network, ownSwitch: true } as const;
    await performSiteCall(session, gone, { run: '20261126101500-abcdef' });
    expect(await ask('DC0_H0')).toEqual({ switchExists: false });
  });

  test('makes a machine on a distributed portgroup', async () => {
    const lone = await findPlace(session, 'DC0_H0');
    const wanted = node('LocalDS_0', 'DC0_DVPG0');
    const { ref } = await createMachine(session, lone, wanted);
    const { properties } = await retrieveOne(session, ref, ['runtime.host']);
    expect(properties['runtime.host']).toEqual(lone.host);
    expect((await describeMachine(session, ref)).nics[0]?.network).toMatch(/^dvportgroup-/);
    await powerOn(session, ref);
    expect(await codeOf(destroyMachine(session, ref, MARK))).toBe('site-power-state');
    await powerOff(session, ref);
    await destroyMachine(session, ref, MARK);
  });
});
