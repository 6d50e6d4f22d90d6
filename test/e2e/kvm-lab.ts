import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory, Machine } from '../../src/contract/inventory.ts';
import type { PlannedMachine } from '../../src/contract/machines.ts';
import { plannedMachines } from '../../src/main/app/planned-machines.ts';
import { INVENTORY_KEY } from '../../src/main/engine/hypervisor.ts';
import { Journal } from '../../src/main/engine/journal.ts';
import { type BridgeFact, bridgeLayout, dhcpAnswers } from '../../src/main/engine/probes/kvm.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { asMachine, inventoryWith } from '../unit/support/inventory.ts';

export interface KvmLabOptions {
  /** Planned nodes; the first two exist. */
  readonly nodes?: number;
  /** Further machines of someone else. */
  readonly strangers?: number;
  /** The network is as it must not be. */
  readonly trouble?: boolean;
  /** Two files configure the uplink of the bridge: a person must say which is right. */
  readonly manual?: boolean;
  /** As if another program had the lab open: nothing is asked, so what was last known stays. */
  readonly heldByAnother?: boolean;
}

/** Nothing answers at this host: what is shown is what was last known. */
const plan = (nodes: number) => `version: 1
name: Rack 3
id: rack-3
hosts:
  rack-3:
    role: kvm
    address: 127.0.0.1
    port: 1
    user: ubuntu
    auth: { password: rack-password }
  maas:
    role: maas
    address: 127.0.0.1
    port: 1
    user: ubuntu
    auth: { password: rack-password }
networks:
  lan:
    on: rack-3
    bridge: br0
    uplink: eno1
  pxe:
    on: rack-3
    bridge: br1
    provisioning: true
machines:
  node:
    on: rack-3
    count: ${nodes}
    memory_mib: 8192
    networks: [pxe]
  maas:
    on: rack-3
    role: maas
    cpus: 4
    memory_mib: 16384
    networks: [lan, pxe]
`;

const HOUR = 3_600_000;

/** The steps that only a host can answer; someone said they need not be looked at. */
const SKIPPED = [
  ...['reachable', 'sudo', 'clock', 'packages', 'service', 'group', 'storage', 'acceleration'].map(
    (step) => `kvm.${step}@rack-3`,
  ),
  'network.bridge@lan',
];

function machinesOf(planned: readonly PlannedMachine[], options: KvmLabOptions): Machine[] {
  const ours = (machine: PlannedMachine) =>
    asMachine(machine, { lab: 'rack-3', machine: machine.name });
  const [one, two] = planned;
  const maas = planned.at(-1);
  const strangers = Array.from(
    { length: options.strangers ?? 3 },
    (_, index): Machine => ({
      ...asMachine(one!),
      name: `web-${index + 1}`,
      uuid: `5f3c1a77-0000-4000-8000-${String(index).padStart(12, '0')}`,
      power: index % 3 === 0 ? 'off' : 'on',
      boot: index % 2 === 0 ? ['disk'] : ['network', 'disk'],
      nics: [
        {
          mac: `52:54:00:ee:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
          network: 'virbr0',
          model: 'e1000',
        },
      ],
    }),
  );
  const second = { ...ours(two!), boot: ['disk' as const, 'network' as const] };
  return [
    { ...ours(one!), power: 'on' },
    options.trouble === true
      ? { ...second, nics: second.nics.map((nic) => ({ ...nic, network: 'virbr0' })) }
      : second,
    { ...ours(maas!), power: 'on', memoryMib: 8192 },
    ...strangers,
  ];
}

function networksOf({ trouble = false }: KvmLabOptions): Inventory['networks'] {
  const kind = 'bridge' as const;
  return [
    {
      name: 'br0',
      kind,
      dhcp: false,
      ports: trouble ? ['vnet0'] : ['eno1', 'vnet0'],
      forwardDelaySeconds: 0,
    },
    {
      name: 'br1',
      kind,
      dhcp: trouble,
      ports: ['vnet1', 'vnet2'],
      forwardDelaySeconds: trouble ? 30 : 0,
    },
    { name: 'virbr0', kind, dhcp: true, ports: [], forwardDelaySeconds: 4 },
  ];
}

/** A lab whose journal already knows what its KVM host had an hour ago. Returns its path. */
export function makeKvmLab(home: string, options: KvmLabOptions = {}): string {
  const folder = join(home, 'labs', `kvm-${Object.values(options).join('-') || 'plain'}`);
  const own = join(folder, '.labwright');
  mkdirSync(own, { recursive: true });
  const path = join(folder, 'lab.yaml');
  const text = plan(options.nodes ?? 4);
  writeFileSync(path, text);
  const { machines } = plannedMachines(readPlan(text).plan!, {});
  const at = Date.now() - HOUR;
  const journal = Journal.open(join(own, 'journal.db'), { now: () => at, who: 'ann' });
  const fact = (key: string, command: string, value: unknown) =>
    journal.saveFact({ target: 'rack-3', key, at, command, output: '', value, stale: false });
  const inventory = inventoryWith(machinesOf(machines, options), { networks: networksOf(options) });
  fact(INVENTORY_KEY, 'virsh -c qemu:///system list --all, dumpxml --inactive', inventory);
  const probe = dhcpAnswers('br1');
  fact(probe.key, 'dhcp-probe br1', {
    servers: options.trouble === true ? ['192.168.122.1'] : [],
  });
  if (options.manual === true) {
    const path = '/etc/netplan/50-cloud-init.yaml';
    const layout: BridgeFact = {
      uplink: { exists: true, mac: '52:54:00:aa:00:01', addresses: ['192.168.10.11/24'] },
      configuredBy: 'netplan',
      file: { path, text: 'network: {}\n', mode: '600' },
      alsoIn: ['/etc/netplan/90-extra.yaml'],
    };
    fact(bridgeLayout('br0', 'eno1').key, 'ip -o link show; grep -l eno1 /etc/netplan/*', layout);
  }
  for (const id of SKIPPED) {
    if (options.manual === true && id.startsWith('network.')) continue;
    journal.append({ kind: 'claim', id, what: 'skipped', who: 'ann', why: 'checked by hand' });
  }
  journal.close();
  if (options.heldByAnother === true) {
    writeFileSync(join(own, 'lock'), JSON.stringify({ pid: process.pid, started: '' }));
  }
  return path;
}
