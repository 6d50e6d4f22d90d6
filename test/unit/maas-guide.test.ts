import { describe, expect, test } from 'vitest';
import type { MaasMachine } from '../../src/contract/maas.ts';
import type { MaasConfiguration } from '../../src/contract/maas-facts.ts';
import type { Plan } from '../../src/contract/plan.ts';
import { driverFor } from '../../src/main/app/driver-for.ts';
import { contextOf } from '../../src/main/engine/compare.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import type { Probe } from '../../src/main/engine/probe.ts';
import { hostInterfaces } from '../../src/main/engine/probes/interface-of.ts';
import { dhcpAnswers } from '../../src/main/engine/probes/kvm.ts';
import { MAAS_MACHINES_KEY, maasConfiguration } from '../../src/main/engine/probes/maas.ts';
import type { Step } from '../../src/main/engine/step.ts';
import * as images from '../../src/main/guide/maas-images.ts';
import * as network from '../../src/main/guide/maas-network.ts';
import { maasNodes } from '../../src/main/guide/maas-node-specs.ts';
import { maasNodeSteps } from '../../src/main/guide/maas-nodes.ts';
import * as settings from '../../src/main/guide/maas-settings.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtoZWxwIG1lIG91dCBoZXJlIHBsZWFzZSEhISE me@here';

const planWith = (change: (text: string) => string = (text) => text): Plan => {
  const { plan, problems } = readPlan(
    change(`version: 1
name: Lab
hosts:
  maas: { role: maas, address: 10.20.30.2, user: ubuntu, auth: { agent: true } }
  kvm: { role: kvm, address: 10.0.0.3, user: lab, auth: { agent: true } }
  esxi: { role: esxi, address: 10.0.0.5, user: root, auth: { agent: true } }
sites:
  vc: { address: 10.0.0.6, user: root, password: vc-password }
networks:
  pxe: { on: kvm, bridge: br1, provisioning: true }
  shell: { on: esxi, portgroup: PROV, provisioning: true }
  api: { on: vc, portgroup: PROV, provisioning: true }
machines:
  node: { on: kvm, count: 2, networks: [pxe], maas: { tags: [lab], deploy: { release: jammy } } }
  shelled: { on: esxi, networks: [shell] }
  called: { on: vc, networks: [api] }
nodes:
  rack-1:
    macs: ['00:11:22:33:44:55']
    power: { type: ipmi, address: 10.0.0.9, user: root, password: bmc }
maas:
  host: maas
  line: 3.x
  admin: { email: me@lab.example }
  settings: { upstream_dns: [10.0.0.1, 10.0.0.4], dnssec: 'no', ntp_servers: [10.0.0.1] }
  ssh_keys: ['${KEY}']
  images: { source: 'http://10.0.0.4/maas/', releases: [jammy, noble] }
  subnets:
    pxe:
      cidr: 10.20.30.0/24
      gateway: 10.20.30.1
      dynamic: { from: 10.20.30.100, to: 10.20.30.103 }
`),
  );
  expect(problems).toEqual([]);
  if (plan === null) throw new Error('no plan');
  return plan;
};

/** A MAAS just installed, as its API tells it. */
const FRESH: MaasConfiguration = {
  version: '3.3.11',
  api: '2.0',
  admin: true,
  settings: {
    upstream_dns: null,
    dnssec_validation: 'auto',
    ntp_servers: 'ntp.ubuntu.com',
    completed_intro: false,
    commissioning_distro_series: 'jammy',
  },
  sshKeys: [],
  sources: [
    {
      url: 'http://images.maas.io/ephemeral-v3/stable/',
      keyring: '/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg',
      selections: [{ os: 'ubuntu', release: 'focal', arches: ['amd64'] }],
    },
  ],
  importing: false,
  images: [],
  networks: [
    {
      name: 'lan',
      cidr: '10.20.30.0/24',
      tag: 0,
      nameservers: [],
      ranges: [],
      dhcp: false,
      servedBy: [],
    },
  ],
  racks: [
    { id: 'abc123', hostname: 'maas', version: '3.3.11', addresses: ['10.20.30.2'], services: [] },
  ],
  pools: ['default'],
  tags: [],
  unreadable: [],
};

const MACHINE: MaasMachine = {
  id: 'a1b2c3',
  hostname: 'node-1',
  fqdn: 'node-1.maas',
  status: 'ready',
  said: 'Ready',
  power: 'off',
  powerType: 'virsh',
  architecture: 'amd64/generic',
  cpus: 2,
  memoryMib: 4096,
  addresses: [],
  nics: [],
  bootMac: '',
  tags: ['lab'],
  pool: 'default',
  zone: 'default',
  owner: '',
  description: '',
  os: '',
  series: '',
  locked: false,
};

/** What a check would have been told. */
class Told {
  readonly store = new FactStore();
  readonly plan: Plan;

  constructor(plan = planWith()) {
    this.plan = plan;
  }

  put<T>(probe: Pick<Probe<T>, 'key'>, value: T): this {
    const { key } = probe;
    this.store.put({ target: 'maas', key, at: 1, command: '', output: '', value, stale: false });
    return this;
  }

  configured(change: Partial<MaasConfiguration> = {}): this {
    return this.put(maasConfiguration, { ...FRESH, ...change });
  }

  machines(...machines: MaasMachine[]): this {
    return this.put(
      { key: MAAS_MACHINES_KEY },
      { machines, ladders: {}, history: { stages: {} }, unreadable: [] },
    );
  }

  #context(step: Step, owner: string) {
    const instance = { id: `${step.id}@${owner}`, step, owner, target: 'maas' };
    return contextOf(instance, this.plan, this.store.view());
  }

  check(step: Step, owner = 'maas') {
    const { state, reason, notes = [] } = step.check(this.#context(step, owner));
    return { state, key: reason.key, params: reason.params ?? {}, notes: notes.map((n) => n.key) };
  }

  calls(step: Step, owner = 'maas') {
    const actions = step.plan?.(this.#context(step, owner)) ?? [];
    return actions.map((action) => (action.kind === 'maas' ? action.call : action.kind));
  }

  /** What the step would be found to be after what it plans. */
  after(step: Step, owner = 'maas'): string {
    const expected = step.expects?.(this.#context(step, owner)) ?? [];
    const then = new Told(this.plan);
    for (const { target, key } of [{ target: 'maas', key: maasConfiguration.key }]) {
      const known = this.store.get({ target, probe: { ...maasConfiguration, key } });
      if (known) then.store.put(known);
    }
    for (const { read, value } of expected) then.put(read.probe, value);
    return then.check(step, owner).state;
  }
}

const nodeSteps = Object.fromEntries(maasNodeSteps(driverFor).map((step) => [step.id, step]));
const node = (id: string): Step => {
  const step = nodeSteps[id];
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};

describe('the settings of MAAS', () => {
  test('what the plan wants and MAAS does not have is set, and nothing else', () => {
    const told = new Told().configured();
    expect(told.check(settings.settings).state).toBe('todo');
    expect(told.calls(settings.settings)).toEqual([
      { kind: 'set-setting', name: 'upstream_dns', value: '10.0.0.1 10.0.0.4' },
      { kind: 'set-setting', name: 'dnssec_validation', value: 'no' },
      { kind: 'set-setting', name: 'ntp_servers', value: '10.0.0.1' },
      { kind: 'set-setting', name: 'completed_intro', value: 'true' },
    ]);
    expect(told.after(settings.settings)).toBe('done');
  });

  test('where there is no setting for DNSSEC the file to edit is named (1.7)', () => {
    const { dnssec_validation: _, ntp_servers: __, ...others } = FRESH.settings;
    const told = new Told().configured({
      api: '1.0',
      settings: { ...others, upstream_dns: '10.0.0.1 10.0.0.4', ntp_server: '10.0.0.1' },
    });
    expect(told.check(settings.settings)).toMatchObject({
      state: 'done',
      notes: ['maas.settings.no-dnssec'],
    });
  });

  test('a key that is not an administrator’s is said before anything is tried with it', () => {
    expect(new Told().configured({ admin: false }).check(settings.answers)).toMatchObject({
      state: 'manual',
      key: 'maas.api-answers.not-admin',
    });
  });

  test('another line than the plan’s blocks', () => {
    expect(
      new Told().configured({ api: '1.0', version: '1.7.6' }).check(settings.answers),
    ).toMatchObject({ state: 'manual', key: 'maas.api-answers.other-line' });
  });

  test('a public key counts as there whatever comment MAAS has it under', () => {
    const told = new Told().configured();
    expect(told.calls(settings.sshKeys)).toEqual([{ kind: 'add-ssh-key', key: KEY }]);
    const there = new Told().configured({
      sshKeys: [`${KEY.split(' ').slice(0, 2).join(' ')} other`],
    });
    expect(there.check(settings.sshKeys).state).toBe('done');
  });
});

describe('the images of MAAS', () => {
  test('the source is changed, with the keyring of a snap, not added to', () => {
    const told = new Told().configured();
    expect(told.check(images.source).key).toBe('maas.image-source.other-url');
    expect(told.calls(images.source)).toEqual([
      {
        kind: 'set-source',
        url: 'http://10.0.0.4/maas/',
        keyring: '/snap/maas/current/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg',
      },
    ]);
    expect(told.after(images.source)).toBe('done');
  });

  test('no more is chosen than the plan has: what is wider is taken out', () => {
    const told = new Told().configured();
    expect(told.calls(images.selections)).toEqual([
      { kind: 'select-images', os: 'ubuntu', release: 'jammy', arches: ['amd64'] },
      { kind: 'select-images', os: 'ubuntu', release: 'noble', arches: ['amd64'] },
      { kind: 'deselect-images', os: 'ubuntu', release: 'focal' },
    ]);
    expect(told.after(images.selections)).toBe('done');
  });

  test('an import is told by its amount, and done when each image is complete', () => {
    const image = (release: string, complete: boolean, receivedBytes: number) => ({
      name: `ubuntu/${release}`,
      architecture: 'amd64/ga-22.04',
      complete,
      sizeBytes: 100,
      receivedBytes,
    });
    const under = new Told().configured({
      importing: true,
      images: [image('jammy', true, 100), image('noble', false, 20)],
    });
    expect(under.check(images.importImages)).toMatchObject({
      state: 'todo',
      key: 'maas.images.importing',
      params: { received: 120, size: 200, images: 'noble/amd64' },
    });
    const over = new Told().configured({
      images: [image('jammy', true, 100), image('noble', true, 100)],
    });
    expect(over.check(images.importImages).state).toBe('done');
    expect(over.check(images.commissioningRelease)).toMatchObject({
      state: 'todo',
      params: { release: 'noble', found: 'jammy' },
    });
  });
});

describe('networks and DHCP of MAAS', () => {
  test('gateway and ranges come first; a small dynamic range is said', () => {
    const told = new Told().configured();
    expect(told.calls(network.subnet, 'pxe')).toEqual([
      { kind: 'change-network', cidr: '10.20.30.0/24', gateway: '10.20.30.1' },
    ]);
    expect(told.after(network.subnet, 'pxe')).toBe('done');
    expect(told.check(network.ranges, 'pxe')).toMatchObject({
      state: 'todo',
      notes: ['maas.ranges.small'],
    });
    expect(told.calls(network.ranges, 'pxe')).toEqual([
      {
        kind: 'add-range',
        cidr: '10.20.30.0/24',
        what: 'dynamic',
        from: '10.20.30.100',
        to: '10.20.30.103',
        comment: '',
      },
    ]);
    expect(told.after(network.ranges, 'pxe')).toBe('done');
  });

  test('a range that is in the way is a person’s to remove', () => {
    const range = {
      kind: 'dynamic' as const,
      start: '10.20.30.90',
      end: '10.20.30.110',
      comment: '',
    };
    const [lan] = FRESH.networks;
    const told = new Told().configured({ networks: [{ ...lan!, ranges: [range] }] });
    expect(told.check(network.ranges, 'pxe').state).toBe('manual');
    expect(told.calls(network.ranges, 'pxe')).toEqual([]);
  });

  const onWire = (servers: string[]) =>
    new Told()
      .configured()
      .put(hostInterfaces, { interfaces: [{ name: 'eth1', cidr: '10.20.30.2/24' }] })
      .put(dhcpAnswers('eth1'), { servers });

  test('another DHCP server closes the gate; MAAS’s own does not', () => {
    expect(onWire(['10.20.30.254']).check(network.quiet, 'pxe')).toMatchObject({
      state: 'manual',
      params: { servers: '10.20.30.254', interface: 'eth1' },
    });
    expect(onWire(['10.20.30.2']).check(network.quiet, 'pxe').state).toBe('done');
  });

  test('DHCP is switched on with its rack in one call, and a dead server is no tick', () => {
    const told = new Told().configured();
    expect(told.calls(network.dhcp, 'pxe')).toEqual([
      { kind: 'serve-dhcp', cidr: '10.20.30.0/24', rack: 'abc123' },
    ]);
    expect(told.after(network.dhcp, 'pxe')).toBe('done');
    const [lan] = FRESH.networks;
    const dead = { name: 'dhcpd', state: 'dead', info: 'exited' };
    const [rack] = FRESH.racks;
    const on = new Told().configured({
      networks: [{ ...lan!, dhcp: true, servedBy: ['abc123'] }],
      racks: [{ ...rack!, services: [dead] }],
    });
    expect(on.check(network.dhcp, 'pxe')).toMatchObject({
      state: 'manual',
      key: 'maas.dhcp.dead',
    });
  });
});

describe('machines in MAAS', () => {
  const plan = planWith();
  const first = maasNodes(plan)[0]!;
  const nics = [{ name: 'eth0', mac: first.macs[0]!, subnets: [] }];

  test('power follows the hypervisor; what no driver can switch, Labwright does', () => {
    expect(
      maasNodes(plan).map(({ name, power, switchedBy }) => ({
        name,
        type: power.type,
        by: switchedBy,
        secrets: Object.values(power.secrets),
      })),
    ).toEqual([
      { name: 'node-1', type: 'virsh', by: 'maas', secrets: [] },
      { name: 'node-2', type: 'virsh', by: 'maas', secrets: [] },
      { name: 'shelled', type: 'manual', by: 'labwright', secrets: [] },
      { name: 'called', type: 'vmware', by: 'maas', secrets: ['vc-password'] },
      { name: 'rack-1', type: 'ipmi', by: 'maas', secrets: ['bmc'] },
    ]);
    expect(first.power.parameters).toEqual({
      power_address: 'qemu+ssh://lab@10.0.0.3/system',
      power_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('one that is absent is added by its addresses; its secret is only named', () => {
    const told = new Told(plan).machines();
    expect(told.calls(node('enrol.known'), 'rack-1')).toEqual([
      expect.objectContaining({
        kind: 'add-machine',
        macs: ['00:11:22:33:44:55'],
        power: expect.objectContaining({ secrets: { power_pass: 'bmc' } }),
      }),
    ]);
  });

  test('one that enlisted itself is taken over by its address, whatever it is called', () => {
    const told = new Told(plan).machines({ ...MACHINE, hostname: 'wise-owl', powerType: '', nics });
    expect(told.check(node('enrol.known'), 'node-1')).toMatchObject({
      state: 'todo',
      key: 'enrol.other-name',
    });
    expect(told.calls(node('enrol.known'), 'node-1')).toEqual([
      expect.objectContaining({ kind: 'change-machine', rename: 'node-1' }),
    ]);
  });

  test('one with the name but none of the addresses is not touched', () => {
    const told = new Told(plan).machines({
      ...MACHINE,
      nics: [{ name: 'eth0', mac: '52:54:00:00:00:01', subnets: [] }],
    });
    expect(told.check(node('enrol.known'), 'node-1').state).toBe('manual');
    expect(told.calls(node('enrol.known'), 'node-1')).toEqual([]);
    expect(told.check(node('enrol.others')).params).toEqual({ n: 1 });
  });

  test.each([
    ['new', 'todo', 'todo', 'manual', 'todo'],
    ['commissioning', 'done', 'todo', 'manual', 'todo'],
    ['failed-commissioning', 'todo', 'manual', 'manual', 'manual'],
    ['ready', 'done', 'done', 'todo', 'todo'],
    ['deploying', 'done', 'done', 'done', 'todo'],
    ['deployed', 'done', 'done', 'done', 'done'],
    ['failed-deployment', 'done', 'manual', 'manual', 'manual'],
    ['broken', 'done', 'manual', 'manual', 'manual'],
  ] as const)('%s: examined %s, ready %s, deploy %s, deployed %s', (status, ...states) => {
    const told = new Told(plan).configured().machines({ ...MACHINE, status, nics });
    const ids = ['enrol.commission', 'enrol.ready', 'enrol.deploy', 'enrol.deployed'];
    expect(ids.map((id) => told.check(node(id), 'node-1').state)).toEqual(states);
  });

  test('one that stands still is named within its rung’s patience, as is one that stays off', () => {
    const ladder = {
      work: 'commissioning' as const,
      stage: 'dhcp' as const,
      since: 0,
      proofs: [{ stage: 'asked' as const, at: 0, said: 'Commissioning' }],
    };
    const machine = { ...MACHINE, status: 'commissioning' as const, power: 'on' as const, nics };
    const told = new Told(plan).configured().put(
      { key: MAAS_MACHINES_KEY },
      {
        machines: [machine],
        ladders: { [MACHINE.id]: { ...ladder, since: -600_000 } },
        history: { stages: {} },
        unreadable: [],
      },
    );
    expect(told.check(node('enrol.ready'), 'node-1').notes).toEqual(['enrol.stuck.dhcp']);
  });

  test('what Labwright switches is switched off and on after MAAS expects it', () => {
    const shelled = maasNodes(plan).find(({ name }) => name === 'shelled')!;
    const told = new Told(plan).configured().machines({
      ...MACHINE,
      status: 'new',
      nics: [{ name: 'eth0', mac: shelled.macs[0]!, subnets: [] }],
    });
    expect(told.calls(node('enrol.commission'), 'shelled')).toEqual([
      expect.objectContaining({ kind: 'commission' }),
      'script',
      'script',
    ]);
  });
});
