import { describe, expect, test } from 'vitest';
import type { Inventory, Machine } from '../../src/contract/inventory.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { libvirt } from '../../src/main/drivers/libvirt/libvirt.ts';
import { contextOf } from '../../src/main/engine/compare.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import type { Probe } from '../../src/main/engine/probe.ts';
import { dhcpAnswersByMac } from '../../src/main/engine/probes/kvm.ts';
import { type NestedInside, nestedInside } from '../../src/main/engine/probes/nested-inside.ts';
import { portDelay } from '../../src/main/engine/probes/port-delay.ts';
import { instantiate } from '../../src/main/engine/step.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { inventoryWith } from './support/inventory.ts';

const TEXT = `version: 1
name: measured
hosts:
  rack: { role: kvm, address: 192.0.2.7, user: ubuntu, auth: { agent: true } }
  esxi: { role: esxi, address: 192.0.2.8, user: root, auth: { agent: true } }
  maas: { role: maas, address: 192.0.2.9, user: ubuntu, auth: { agent: true } }
  builder: { role: kvm, address: 192.0.2.10, user: ubuntu, auth: { agent: true } }
networks:
  lan: { on: rack, bridge: br0, uplink: eno1, provisioning: true }
  own: { on: rack, bridge: br1, provisioning: true }
  prov: { on: esxi, portgroup: PROV, switch: vSwitch1, provisioning: true }
  other: { on: esxi, portgroup: OTHER, switch: vSwitch2, provisioning: true }
  island: { on: esxi, portgroup: ISLAND, provisioning: true }
machines:
  builder: { on: rack, role: kvm, nested: true, networks: [lan] }
  maas: { on: esxi, role: maas, networks: [prov] }
  node: { on: rack, nested: true, networks: [own] }
`;
const plan = readPlan(TEXT).plan!;

/** Facts made by hand, and what a step says to them. */
class Facts {
  readonly store = new FactStore();

  put<T>(target: string, probe: Probe<T>, value: T): this {
    const { key, script: command } = probe;
    this.store.put({ target, key, at: 1, command, output: '', value, stale: false });
    return this;
  }

  check(id: string) {
    const instance = instantiate(CHAPTERS, plan).find((each) => each.id === id)!;
    const {
      state,
      reason,
      notes = [],
      keystrokes,
    } = instance.step.check(contextOf(instance, plan, this.store.view()));
    return {
      state,
      key: reason.key,
      params: reason.params,
      notes: notes.map(({ key }) => key),
      keystrokes,
    };
  }

  reads(id: string): string[] {
    const instance = instantiate(CHAPTERS, plan).find((each) => each.id === id)!;
    return instance.step
      .reads(contextOf(instance, plan, this.store.view()))
      .map(({ target, probe }) => `${target} ${probe.key}`);
  }
}

const ids = (step: string) =>
  instantiate(CHAPTERS, plan)
    .filter((each) => each.step.id === step)
    .map(({ id, target }) => `${id} on ${target}`);

describe('PortFast', () => {
  const probe = portDelay('br0');
  const parse = (text: string) => probe.parse({ exitCode: 0, text: `watching\n${text}end\n` });
  const judged = async (text: string) =>
    new Facts().put('rack', probe, await parse(text)).check('network.portfast@lan');
  const MAC = '52:54:00:aa:00:01';

  test('is of networks that nodes boot from and that have something outside', () => {
    expect(ids('network.portfast')).toEqual([
      'network.portfast@lan on rack',
      'network.portfast@prov on esxi',
      'network.portfast@other on esxi',
    ]);
  });

  test('is for a person to do or to measure, with the keystrokes', () => {
    const { keystrokes, ...found } = new Facts().check('network.portfast@lan');
    expect(found).toMatchObject({ state: 'manual', key: 'network.portfast.never', notes: [] });
    expect(keystrokes).toContain('\n  spanning-tree portfast\n');
    expect(new Facts().check('network.portfast@prov')).toMatchObject({
      state: 'manual',
      key: 'network.portfast.portgroup',
      keystrokes,
    });
  });

  test('is done when a request came through at once, as measured on the bridge', async () => {
    expect(
      await judged(`link vnet0 1026\nasks ${MAC} vnet0 4043\nthrough ${MAC} 4043\n`),
    ).toMatchObject({
      state: 'done',
      key: 'network.portfast.done',
      params: { bridge: 'br0', mac: MAC, seconds: 3 },
      notes: [],
    });
  });

  test('is not blamed for a machine that was slow to ask', async () => {
    const slow = `link vnet0 1000\nasks ${MAC} vnet0 41000\nthrough ${MAC} 41002\n`;
    expect(await judged(slow)).toMatchObject({
      state: 'done',
      params: { seconds: 40 },
      notes: ['network.portfast.slow-machine'],
    });
  });

  test('is missing when requests came through late, or the port opened when it was too late', async () => {
    const late = `link vnet0 1000\nasks ${MAC} vnet0 3000\nopen vnet0 31000\nasks ${MAC} vnet0 33000\nthrough ${MAC} 33000\n`;
    expect(await judged(late)).toMatchObject({
      state: 'manual',
      key: 'network.portfast.late',
      params: { seconds: 32 },
    });
    const never = `link vnet1 1010\nasks ${MAC} vnet1 3866\nasks ${MAC} vnet1 4919\nopen vnet1 31110\n`;
    expect(await judged(never)).toMatchObject({
      state: 'manual',
      key: 'network.portfast.never-through',
      params: { seconds: 30.1, requests: 2 },
      keystrokes: expect.stringContaining('portfast'),
    });
    expect(await judged(`link vnet1 0\nasks ${MAC} vnet1 2000\n`)).toMatchObject({
      params: { seconds: 62, requests: 1 },
    });
  });

  test('of a machine outside, whose link nobody here saw, is left to the person', async () => {
    const outside = `link vnet0 10\nasks ${MAC} eno1 4000\nthrough ${MAC} 4000\n`;
    expect(await judged(outside)).toMatchObject({
      state: 'manual',
      key: 'network.portfast.outside',
    });
  });

  test('nobody who booted, an unfinished watch and a missing python3 are no measurement', () => {
    expect(() => parse('link vnet0 10\n')).toThrow('a machine that boots from the network');
    const asked = (exitCode: number, text: string) => () => probe.parse({ exitCode, text });
    expect(asked(0, 'watching\n')).toThrow('the end of the watch');
    expect(asked(1, 'OSError: no such device\n')).toThrow('the end of the watch');
    expect(asked(3, 'no python3\n')).toThrow('python3');
  });
});

describe('the gate of DHCP', () => {
  const mac = machineSpecs(plan).find(({ name }) => name === 'maas')!.nics[0]!.mac;

  test('is asked on bridges, and on a portgroup by a machine there; an island has nobody else', () => {
    expect(ids('network.quiet')).toEqual([
      'network.quiet@lan on rack',
      'network.quiet@own on rack',
      'network.quiet@prov on maas',
      'network.quiet@other on esxi',
    ]);
    expect(new Facts().reads('network.quiet@prov')).toEqual([`maas dhcp ${mac}`]);
  });

  test('tells a rival from MAAS itself', () => {
    const answered = (...servers: string[]) =>
      new Facts().put('maas', dhcpAnswersByMac(mac), { servers }).check('network.quiet@prov');
    expect(answered('192.0.2.9')).toMatchObject({ state: 'done', params: { bridge: 'PROV' } });
    expect(answered('192.0.2.9', '192.0.2.1')).toMatchObject({
      state: 'manual',
      key: 'network.other-dhcp',
      params: { servers: '192.0.2.1' },
    });
  });

  test('says how to ask where nobody of the plan can', () => {
    expect(new Facts().check('network.quiet@other')).toMatchObject({
      state: 'manual',
      key: 'network.quiet.by-hand',
      keystrokes: expect.stringContaining('broadcast-dhcp-discover'),
    });
  });
});

describe('nested virtualization', () => {
  const spec = machineSpecs(plan).find(({ name }) => name === 'builder')!;
  const machine = (more: Partial<Machine> = {}): Machine => ({
    ...{ name: spec.name, uuid: spec.uuid, power: 'on', cpus: 2, memoryMib: 4096 },
    ...{ firmware: 'bios', nested: true, boot: ['disk'], nics: [], disks: [] },
    ...more,
  });
  const hidden: NestedInside = { extension: undefined, device: false, kvmOk: undefined };
  const found = (
    inside: Partial<NestedInside>,
    more: Partial<Machine> = {},
    host: Partial<Inventory> = {},
  ) => {
    const { key, state, params } = new Facts()
      .put('rack', libvirt.inventory, inventoryWith([machine(more)], host))
      .put('builder', nestedInside, { ...hidden, ...inside })
      .check('servers.nested@builder');
    return { key, state, params };
  };

  test('is asked inside servers that run and that we log in to, and of no node', () => {
    expect(ids('servers.nested')).toEqual(['servers.nested@builder on rack']);
    const off = new Facts().put(
      'rack',
      libvirt.inventory,
      inventoryWith([machine({ power: 'off' })]),
    );
    expect(off.reads('servers.nested@builder')).toEqual(['rack hypervisor']);
    expect(off.check('servers.nested@builder')).toMatchObject({
      state: 'todo',
      key: 'servers.nested.off',
    });
    const on = new Facts().put('rack', libvirt.inventory, inventoryWith([machine()]));
    expect(on.reads('servers.nested@builder')).toEqual([
      'rack hypervisor',
      'builder nested-inside',
    ]);
  });

  test('is there with the extension and the device', () => {
    expect(found({ extension: 'vmx', device: true })).toMatchObject({ state: 'done' });
  });

  test.each([
    ['the machine', {}, { nested: false }, {}, 'servers.nested.cpu-mode'],
    ['a machine on ESXi', {}, { nested: false }, { product: 'VMware ESXi' }, 'servers.nested.vhv'],
    ['a host without KVM', {}, {}, { accelerated: false }, 'servers.nested.emulated'],
    ['the module of the host', {}, {}, { nested: false }, 'servers.nested.host-parameter'],
    ['an old ESXi', {}, {}, { nested: false, product: 'VMware ESXi' }, 'servers.nested.host-old'],
    ['a machine that runs since before', {}, {}, {}, 'servers.nested.restart'],
    ['the module inside', { extension: 'svm' as const }, {}, {}, 'servers.nested.module'],
  ])('names the cause: %s', (_, inside, more, host, key) => {
    expect(found(inside, more, host)).toMatchObject({ state: 'manual', key });
  });

  test('takes kvm-ok’s word where it is installed', () => {
    const said = 'INFO: KVM (vmx) is disabled by your BIOS KVM acceleration can NOT be used';
    const inside = { extension: 'vmx' as const, kvmOk: { usable: false, said } };
    expect(found(inside)).toMatchObject({ key: 'servers.nested.refused', params: { said } });
  });

  test('reads what a system answers', () => {
    const parse = (text: string) => nestedInside.parse({ exitCode: 0, text });
    expect(parse('')).toEqual(hidden);
    expect(
      parse(
        'extension vmx\ndevice\nkvm-ok INFO: /dev/kvm exists\nkvm-ok KVM acceleration can be used\n',
      ),
    ).toEqual({
      extension: 'vmx',
      device: true,
      kvmOk: { usable: true, said: 'INFO: /dev/kvm exists KVM acceleration can be used' },
    });
    expect(parse('extension svm\n')).toMatchObject({ extension: 'svm', device: false });
  });
});
