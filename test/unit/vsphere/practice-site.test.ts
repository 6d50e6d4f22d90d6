import { once } from 'node:events';
import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import { createMachine } from '../../../src/main/drivers/vsphere/create-machine.ts';
import { encodeCall } from '../../../src/main/drivers/vsphere/encode.ts';
import { faultOf } from '../../../src/main/drivers/vsphere/faults.ts';
import { machineSpec, type NewMachine } from '../../../src/main/drivers/vsphere/machine-spec.ts';
import { describeMachine, listMachines } from '../../../src/main/drivers/vsphere/machines.ts';
import {
  addPortgroup,
  addSwitch,
  listNetworks,
  setPortgroupSecurity,
} from '../../../src/main/drivers/vsphere/networks.ts';
import { findPlace, type Place } from '../../../src/main/drivers/vsphere/place.ts';
import { powerOff, powerOn } from '../../../src/main/drivers/vsphere/power.ts';
import { retrieveOne } from '../../../src/main/drivers/vsphere/properties.ts';
import { destroyMachine } from '../../../src/main/drivers/vsphere/remove-machine.ts';
import { openSession, type Session } from '../../../src/main/drivers/vsphere/session.ts';
import { runTask } from '../../../src/main/drivers/vsphere/tasks.ts';
import type { MoRef, VimObject } from '../../../src/main/drivers/vsphere/vim-value.ts';
import {
  type PracticeSite,
  type PracticeSiteOptions,
  startPracticeSite,
} from '../../../src/main/practice/esxi/practice-site.ts';

const MARK = 'labwright lab=test machine=node';
const NODE: NewMachine = {
  name: 'node',
  mark: MARK,
  note: '',
  cpus: 2,
  memoryMebibytes: 2048,
  disksBytes: [16 * 1024 ** 3],
  datastore: 'datastore1',
  nics: [{ mac: '00:50:56:01:02:03', network: 'VM Network', adapter: 'vmxnet3' }],
  nested: true,
  bootFirst: 'network',
};

let site: PracticeSite;
let session: Session;
let place: Place;
let clock: number;

async function start(options: Partial<PracticeSiteOptions> = {}): Promise<void> {
  site = await startPracticeSite({
    licence: 'evaluation',
    now: () => clock,
    wait: () => Promise.resolve(),
    ...options,
  });
  session = await openSession(
    { name: 'rack', address: site.address, port: site.port, pin: site.fingerprint },
    { user: site.user, password: async () => site.password },
  );
  place = await findPlace(session);
}

beforeEach(() => {
  clock = Date.UTC(2026, 10, 23);
});

afterEach(async () => {
  await session.close();
  await site.close();
});

async function errorOf(
  work: Promise<unknown>,
): Promise<{ code: string; fault: string | undefined }> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw new Error(`not a typed error: ${error}`);
  return { code: error.code, fault: faultOf(error)?.name };
}

/** What the site says to a body as it is: for what our own encoder would never send. */
async function say(body: string, action = '"urn:vim25/6.7"'): Promise<string> {
  const headers = { 'Content-Type': 'text/xml', SOAPAction: action, Cookie: session.cookie };
  const { address: host, port } = site;
  const sent = request({
    host,
    port,
    path: '/sdk',
    method: 'POST',
    headers,
    rejectUnauthorized: false,
    agent: false,
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

const create = (change: Partial<NewMachine> = {}) =>
  createMachine(session, place, { ...NODE, ...change });

/** CreateVM_Task past the checks of our own driver. */
function createRaw(
  change: VimObject,
  backing: VimObject = { deviceName: 'VM Network' },
): Promise<unknown> {
  const on = { _type: 'VirtualEthernetCardNetworkBackingInfo', ...backing };
  const config = { ...machineSpec(NODE, [on]), ...change };
  const args = { config, pool: place.pool, host: place.host };
  return runTask(session, 'CreateVM_Task', place.vmFolder, args);
}

describe('a request', () => {
  const folder: MoRef = { type: 'Folder', value: 'ha-folder-vm' };
  const make = (config: VimObject, version: '6.7' | '7.0' = '6.7') =>
    encodeCall('CreateVM_Task', folder, { config, pool: place.pool }, version);

  test('with an element out of order or unknown is refused', async () => {
    await start();
    const right = make({ name: 'a', guestId: 'ubuntu64Guest' });
    const swapped = right.replace(/(<name>a<\/name>)(<guestId>.*<\/guestId>)/, '$2$1');
    expect(swapped).not.toBe(right);
    expect(await say(swapped)).toContain('Unexpected element tag &quot;name&quot; seen');
    const unknown = right.replace('<guestId>', '<colour>red</colour><guestId>');
    expect(await say(unknown)).toContain('xsi:type="InvalidRequest"');
    expect(site.host.machine('a')).toBeUndefined();
    expect(await say(right)).toContain('CreateVM_TaskResponse');
  });

  test('with a field that is newer than the host or than the version asked for is refused', async () => {
    await start();
    const newer = make({ name: 'a', guestId: 'ubuntu64Guest', sevEnabled: true }, '7.0');
    expect(await say(newer, '"urn:vim25/7.0"')).toContain(
      'Unexpected element tag &quot;sevEnabled',
    );
    const crypto = make({ name: 'a', migrateEncryption: 'opportunistic' });
    expect(await say(crypto)).not.toContain('Unexpected');
    expect(await say(crypto, '"urn:vim25/6.0"')).toContain('Unexpected element tag');
  });

  test('without what is needed, of another type or not in XML is refused', async () => {
    await start();
    const add = (inside: string) =>
      `<e:Envelope xmlns:e="x"><e:Body><AddPortGroup xmlns="urn:vim25"><_this type="HostNetworkSystem">networkSystem</_this>${inside}</AddPortGroup></e:Body></e:Envelope>`;
    expect(await say(add(''))).toContain('Required property portgrp is missing');
    const group =
      '<portgrp><name>p</name><vlanId>x</vlanId><vswitchName>vSwitch0</vswitchName><policy/></portgrp>';
    expect(await say(add(group))).toContain('InvalidRequest');
    expect(await say(add('<portgrp>'))).toContain('not well-formed');
    expect(await say(add(group.replace('x', '0')))).toContain('AddPortGroupResponse');
  });
});

test('a client that goes away in the middle of a request does no harm', async () => {
  await start();
  const { address: host, port } = site;
  const headers = { 'Content-Length': 1000 };
  const at = { host, port, path: '/sdk', method: 'POST', headers, rejectUnauthorized: false };
  const sent = request({ ...at, agent: false });
  sent.on('error', () => {});
  await new Promise<void>((resolve) => {
    sent.write('<half', () => resolve());
  });
  const closed = new Promise((resolve) => {
    sent.once('close', resolve);
  });
  sent.destroy();
  await closed;
  expect((await findPlace(session)).hostName).toBe('esxi-practice');
});

describe('a session', () => {
  test('needs the right password, and ends when idle, at a logout and at a restart', async () => {
    await start();
    const wrong = openSession(
      { name: 'rack', address: site.address, port: site.port, pin: site.fingerprint },
      { user: 'root', password: async () => 'wrong' },
    );
    expect((await errorOf(wrong)).code).toBe('site-login-refused');

    const ask = encodeCall('CreatePropertyCollector', session.content.propertyCollector, {}, '6.7');
    expect(await say(ask)).toContain('CreatePropertyCollectorResponse');
    clock += 31 * 60_000;
    expect(await say(ask)).toContain('xsi:type="NotAuthenticated"');

    // The driver logs in again by itself.
    expect((await findPlace(session)).hostName).toBe('esxi-practice');
    site.restart();
    expect(await say(ask)).toContain('xsi:type="NotAuthenticated"');
    expect((await findPlace(session)).hostName).toBe('esxi-practice');
    expect(site.requests.filter(({ method }) => method === 'Login')).toHaveLength(4);
  });
});

describe('reading', () => {
  test('comes in pages of a hundred at most, each token good for one answer', async () => {
    await start();
    for (let index = 0; index < 230; index += 1) {
      site.host.addForeign({ name: `other-${index}`, mac: '00:0c:29:00:00:01' });
    }
    const pages: number[] = [];
    for await (const page of listMachines(session)) pages.push(page.length);
    expect(pages.reduce((sum, each) => sum + each, 0)).toBe(232);
    const asked = site.requests.filter(({ method }) => method === 'ContinueRetrievePropertiesEx');
    expect(asked).toHaveLength(2);
    expect(await say(asked[0]!.body)).toContain('xsi:type="InvalidArgument"');
  });

  test('names what is no property beside what could be read', async () => {
    await start();
    const { properties, missing } = await retrieveOne(session, place.host, ['name', 'nonsense']);
    expect(properties.name).toBe('esxi-practice');
    expect(missing.nonsense?.name).toBe('InvalidProperty');
  });
});

describe('making things', () => {
  test('tells how far it is while it goes on', async () => {
    let release = () => {};
    const wait = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    await start({ wait });
    const told: number[] = [];
    const onProgress = (percent: number) => {
      told.push(percent);
      release();
    };
    const spec = { ...machineSpec({ ...NODE, nics: [] }, []) };
    await runTask(
      session,
      'CreateVM_Task',
      place.vmFolder,
      { config: spec, pool: place.pool, host: place.host },
      { onProgress },
    );
    expect(told).toEqual([15, 60, 100]);
  });

  test('refuses names that are taken, of machines, portgroups and switches', async () => {
    await start();
    await create();
    expect(await errorOf(createRaw({}))).toEqual({
      code: 'site-name-taken',
      fault: 'DuplicateName',
    });
    const network = place.networkSystem!;
    const group = { name: 'VM Network', switchName: 'vSwitch0', vlan: 0, security: {} };
    expect(await errorOf(addPortgroup(session, network, group))).toEqual({
      code: 'site-name-taken',
      fault: 'AlreadyExists',
    });
    const again = addSwitch(session, network, { name: 'vSwitch0', uplinks: [] });
    expect((await errorOf(again)).fault).toBe('AlreadyExists');
    expect(site.host.machines.size).toBe(3);
  });

  test('refuses an unknown portgroup, datastore, switch, guest and boot device', async () => {
    await start();
    expect((await errorOf(createRaw({}, { deviceName: 'nowhere' }))).fault).toBe(
      'InvalidDeviceSpec',
    );
    const elsewhere = createRaw({ files: { vmPathName: '[nowhere]' } });
    expect(await errorOf(elsewhere)).toEqual({
      code: 'site-request-refused',
      fault: 'InvalidDatastorePath',
    });
    expect((await errorOf(createRaw({ guestId: 'beos' }))).fault).toBe('InvalidArgument');
    const group = { name: 'a', switchName: 'nowhere', vlan: 0, security: {} };
    const added = addPortgroup(session, place.networkSystem!, group);
    expect((await errorOf(added)).fault).toBe('NotFound');
    const { ref } = await create();
    const device = { _type: 'VirtualMachineBootOptionsBootableDiskDevice', deviceKey: 1 };
    const spec = { bootOptions: { bootOrder: [device] } };
    const order = runTask(session, 'ReconfigVM_Task', ref, { spec });
    expect((await errorOf(order)).fault).toBe('InvalidArgument');
  });

  test('takes room of the datastore, and none when there is not enough', async () => {
    await start();
    const [store] = site.host.datastores;
    const { freeBytes } = store!;
    const { ref } = await create();
    expect(store!.freeBytes).toBeLessThan(freeBytes);
    await destroyMachine(session, ref, MARK);
    expect(store!.freeBytes).toBe(freeBytes);
    store!.freeBytes = 1000;
    expect(await errorOf(create())).toEqual({ code: 'site-datastore-full', fault: 'NoDiskSpace' });
    expect(site.host.machine('node')).toBeUndefined();
    expect(store!.freeBytes).toBe(1000);
  });

  test('a portgroup is replaced whole', async () => {
    await start();
    const before = site.host.portgroups[0]!;
    const promiscuous = { allowPromiscuous: true };
    const was = await setPortgroupSecurity(session, place.networkSystem!, before.name, promiscuous);
    expect(was).toEqual({});
    expect(site.host.portgroups).toEqual([{ ...before, security: promiscuous }]);
    const [networks] = await listNetworks(session, [
      { ref: place.host, networkSystem: place.networkSystem },
    ]);
    expect(networks?.portgroups[0]).toMatchObject({
      ownSecurity: promiscuous,
      security: { allowPromiscuous: true, macChanges: true },
    });
  });
});

describe('power', () => {
  test('a generated address is empty until the first power-on, and then stays', async () => {
    await start();
    const backing = { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'VM Network' };
    const device = { _type: 'VirtualVmxnet3', key: -1, backing, addressType: 'generated' };
    const ref = (await createRaw({ deviceChange: [{ operation: 'add', device }] })) as MoRef;
    const mac = async () => (await describeMachine(session, ref)).nics[0]?.mac;
    expect(await mac()).toBe('');
    expect(await powerOn(session, ref)).toBe(true);
    const given = await mac();
    expect(given).toMatch(/^00:0c:29:/);
    await powerOff(session, ref);
    expect(await mac()).toBe(given);
  });

  test('a fixed address outside VMware’s range is refused when the machine is switched on', async () => {
    await start();
    const backing = { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'VM Network' };
    const device = {
      _type: 'VirtualVmxnet3',
      key: -1,
      backing,
      addressType: 'manual',
      macAddress: '00:50:56:40:00:00',
    };
    const ref = (await createRaw({ deviceChange: [{ operation: 'add', device }] })) as MoRef;
    expect((await errorOf(powerOn(session, ref))).fault).toBe('GenericVmConfigFault');
    expect(site.host.machine('node')?.power).toBe('poweredOff');
  });

  test('a machine that runs is neither changed nor destroyed', async () => {
    await start();
    const { ref } = await create();
    await powerOn(session, ref);
    const change = runTask(session, 'ReconfigVM_Task', ref, { spec: { memoryMB: 4096 } });
    expect(await errorOf(change)).toEqual({
      code: 'site-power-state',
      fault: 'InvalidPowerState',
    });
    expect((await errorOf(destroyMachine(session, ref, MARK))).code).toBe('site-power-state');
    expect(site.host.machine('node')).toMatchObject({ memoryMb: 2048, power: 'poweredOn' });
  });

  test('in maintenance mode nothing is made and nothing started, and the error says so', async () => {
    await start();
    const { ref } = await create();
    site.host.inMaintenance = true;
    expect((await errorOf(powerOn(session, ref))).code).toBe('site-in-maintenance');
    const other = create({ name: 'two', nics: [] });
    expect((await errorOf(other)).code).toBe('site-in-maintenance');
  });

  test('an evaluation that is over starts no machine', async () => {
    await start();
    const { ref } = await create();
    clock += 61 * 86_400_000;
    expect((await errorOf(powerOn(session, ref))).code).toBe('site-licence-expired');
  });
});

describe('with a free licence', () => {
  test('every write is refused, and what is read is the same', async () => {
    await start({ licence: 'free' });
    const before = site.host.inventory();
    const network = place.networkSystem!;
    const old: MoRef = { type: 'VirtualMachine', value: site.host.machine('old-proxy')!.id };
    const writes = [
      () => create(),
      () => addSwitch(session, network, { name: 'lab', uplinks: [] }),
      () => powerOn(session, old),
      () => runTask(session, 'Destroy_Task', old, {}),
      () => runTask(session, 'ReconfigVM_Task', old, { spec: { memoryMB: 4096 } }),
    ];
    for (const write of writes) {
      expect(await errorOf(write())).toEqual({
        code: 'site-licence-read-only',
        fault: 'RestrictedVersion',
      });
    }
    expect(site.host.inventory()).toEqual(before);
  });
});
