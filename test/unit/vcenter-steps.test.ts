import { describe, expect, test } from 'vitest';
import type { Inventory, SiteHost } from '../../src/contract/inventory.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { vsphere } from '../../src/main/drivers/vsphere/vsphere.ts';
import { contextOf } from '../../src/main/engine/compare.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import type { Probe } from '../../src/main/engine/probe.ts';
import { instantiate } from '../../src/main/engine/step.ts';
import { planOf } from './support/plans.ts';

const PLAN = `version: 1
name: vcenter
sites:
  rack: { address: 192.0.2.1, user: administrator@vsphere.local, password: p }
networks:
  pxe: { on: rack, portgroup: PROV }
  outer: { on: rack, portgroup: DVPG }
machines:
  node: { on: rack, networks: [pxe, outer], nested: true }
`;

const esx = (name: string, more: Partial<SiteHost> = {}): SiteHost => ({
  name,
  uuid: '421c4d56-0000-0000-0000-000000000001',
  version: '8.0.3',
  build: '25595708',
  maintenance: false,
  ssh: { running: false, policy: 'off' },
  ntpServers: [],
  ...more,
});

const network = { kind: 'portgroup' as const, dhcp: false, ports: [], forwardDelaySeconds: 0 };

function inventory(hosts: SiteHost[], place: string | undefined): Inventory {
  return {
    identity: 'vcenter-uuid',
    product: 'VMware vCenter Server 8.0.3 build-24022515',
    version: '8.0.3 build-24022515',
    accelerated: true,
    nested: true,
    cpus: 32,
    memoryMib: 131_072,
    storages: [],
    networks: [{ name: 'DVPG', ...network }],
    machines: [],
    unreadable: [],
    licence: { name: 'vCenter Server 8 Standard', edition: 'vc', writes: true },
    site: {
      kind: 'vcenter',
      hosts,
      ...(place === undefined ? {} : { place }),
      datacenter: 'DC0',
      distributed: ['DVPG'],
    },
  };
}

const TWO = [esx('esx-1'), esx('esx-2')];

class Facts {
  readonly #store = new FactStore();
  readonly #plan;

  constructor(found: Inventory, change: (text: string) => string = (text) => text) {
    this.#plan = planOf(change(PLAN));
    this.put(vsphere.inventory, found);
  }

  put<T>({ key, script: command }: Probe<T>, value: T): this {
    this.#store.put({ target: 'rack', key, at: 1, command, output: '', value, stale: false });
    return this;
  }

  at(id: string) {
    const instance = instantiate(CHAPTERS, this.#plan).find((each) => each.id === id)!;
    return { ...instance, context: contextOf(instance, this.#plan, this.#store.view()) };
  }

  check(id: string) {
    const { step, context } = this.at(id);
    const { state, reason, notes = [] } = step.check(context);
    return { state, key: reason.key, params: reason.params, notes: notes.map(({ key }) => key) };
  }

  plan(id: string) {
    const { step, context } = this.at(id);
    return step.plan?.(context) ?? [];
  }

  ids(): string[] {
    return instantiate(CHAPTERS, this.#plan).map(({ id }) => id);
  }
}

const named = (text: string) => text.replace('password: p }', 'password: p, host: esx-2 }');

describe('a vCenter', () => {
  test('is told from a single host, with all hosts that it has', () => {
    expect(new Facts(inventory(TWO, 'esx-1')).check('site.reachable@rack')).toMatchObject({
      state: 'done',
      key: 'site.reachable.vcenter',
      params: { n: 2, hosts: 'esx-1 (8.0.3), esx-2 (8.0.3)' },
    });
  });

  test('says on which host things are made, and that nobody chose it', () => {
    expect(new Facts(inventory(TWO, 'esx-1')).check('site.place@rack')).toEqual({
      state: 'done',
      key: 'site.place.vcenter',
      params: { host: 'esx-1', datacenter: 'DC0' },
      notes: ['site.place.first'],
    });
    const chosen = new Facts(inventory(TWO, 'esx-2'), named).check('site.place@rack');
    expect(chosen).toMatchObject({ params: { host: 'esx-2' }, notes: [] });
  });

  test('without the host that the plan names makes nothing', () => {
    const facts = new Facts(inventory([esx('esx-1')], undefined), named);
    expect(facts.check('site.place@rack')).toMatchObject({
      state: 'manual',
      key: 'site.place.unknown',
      params: { name: 'esx-2', known: 'esx-1' },
    });
  });

  test('is behind as soon as one of its hosts is, and does not ask for a shell', () => {
    const old = esx('esx-2', { build: '24022510' });
    expect(new Facts(inventory([esx('esx-1'), old], 'esx-1')).check('site.version@rack')).toEqual({
      state: 'manual',
      key: 'esxi.version.older',
      params: expect.objectContaining({ name: 'esx-2' }),
      notes: ['site.version.how-vcenter', 'esxi.version.newest'],
    });
  });

  test('is never changed by a shell, even when the plan names one', () => {
    const shell = `hosts:
  esx: { role: esxi, address: 192.0.2.9, user: root, auth: { password: p } }
`;
    const facts = new Facts(
      {
        ...inventory([esx('esx-1')], 'esx-1'),
        licence: { name: 'free', edition: 'esxBasic', writes: false },
      },
      (text) => shellOf(text) + shell,
    );
    expect(facts.check('site.shell@rack')).toMatchObject({
      state: 'manual',
      key: 'site.shell.vcenter',
    });
    expect(facts.check('site.licence@rack')).toMatchObject({
      state: 'manual',
      key: 'site.licence.read-only',
    });
    // What a portgroup’s step asks is asked of the site.
    expect(
      facts
        .at('network.portgroup@pxe')
        .step.reads?.(facts.at('network.portgroup@pxe').context)
        .map(({ target }) => target),
    ).toEqual(['rack', 'rack']);
  });

  test('has no steps about a shell when the plan names none', () => {
    const ids = new Facts(inventory(TWO, 'esx-1')).ids();
    expect(ids).toContain('site.place@rack');
    expect(ids).not.toContain('site.ssh@rack');
    expect(ids).not.toContain('site.shell@rack');
  });
});

const shellOf = (text: string) => text.replace('password: p }', 'password: p, shell: esx }');

describe('a portgroup of a vCenter’s', () => {
  const state = (name: string) => vsphere.portgroups!.state(name, `labwright-${name}`);

  test('distributed switch is used as it is, and its policy is left to a person', () => {
    const facts = new Facts(inventory(TWO, 'esx-1'));
    facts.put(state('DVPG'), { switchExists: false });
    expect(facts.check('network.portgroup@outer')).toMatchObject({
      state: 'done',
      key: 'portgroup.distributed',
    });
    expect(facts.plan('network.portgroup@outer')).toEqual([]);
    expect(facts.check('network.policy@outer')).toMatchObject({
      state: 'manual',
      key: 'portgroup.distributed-policy',
    });
    expect(facts.plan('network.policy@outer')).toEqual([]);
  });

  test('standard switch is made on the host that was shown, also when nobody named it', () => {
    const facts = new Facts(inventory(TWO, 'esx-1'));
    facts.put(state('PROV'), { switchExists: false });
    const [made] = facts.plan('network.portgroup@pxe');
    expect(made).toMatchObject({ call: { kind: 'add-network', host: 'esx-1' } });
    // A host that comes first by name has appeared since: it is taken back where it was made.
    const later = new Facts(inventory([esx('esx-0'), ...TWO], 'esx-0'));
    later.put(state('PROV'), { switchExists: false });
    const { step, context } = later.at('network.portgroup@pxe');
    const { key } = state('PROV');
    const undo = { ...context, before: { [key]: { switchExists: false } }, made: [made!] };
    expect(step.undo?.(undo)).toMatchObject([{ call: { kind: 'remove-network', host: 'esx-1' } }]);
  });

  test('standard switch is made on the host that the plan names', () => {
    const facts = new Facts(inventory(TWO, 'esx-2'), named);
    facts.put(state('PROV'), { switchExists: false });
    expect(facts.check('network.portgroup@pxe')).toMatchObject({ state: 'todo' });
    expect(facts.plan('network.portgroup@pxe')).toMatchObject([
      { kind: 'site', target: 'rack', call: { kind: 'add-network', host: 'esx-2' } },
    ]);
  });
});
