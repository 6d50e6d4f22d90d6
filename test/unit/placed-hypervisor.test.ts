import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { esxiShell } from '../../src/main/drivers/esxi-shell/esxi-shell.ts';
import { onHost } from '../../src/main/drivers/vsphere/on-host.ts';
import { vsphere } from '../../src/main/drivers/vsphere/vsphere.ts';
import type { Hypervisor } from '../../src/main/engine/hypervisor.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { through } from '../../src/main/engine/placed-hypervisor.ts';
import type { Probe } from '../../src/main/engine/probe.ts';
import { planOf } from './support/plans.ts';

const plan = planOf(`version: 1
name: placed
sites:
  rack: { address: 192.0.2.1, user: root, password: p }
networks:
  pxe: { on: rack, portgroup: PROV }
machines:
  node: { on: rack, networks: [pxe] }
`);
const spec = machineSpecs(plan)[0]!;
const storage = { name: 'datastore1', path: '/vmfs/volumes/datastore1' };
const closed = { promiscuous: false, forgedTransmits: false, macChanges: false, own: false };
const then = {
  switchExists: true,
  portgroup: { switch: 'own', vlan: 0, policy: closed, security: {} },
};
const RUN = '20261126101500-a1b2c3';
const details = { switch: 'own', vlan: 0, ownSwitch: true };

/** All that a driver gives out for machines and networks of the site. */
function actionsOf(driver: Hypervisor): Action[] {
  const inventory = { machines: [], storages: [], networks: [] } as never;
  return [
    ...driver.create(spec, inventory, storage),
    ...driver.remove(spec, storage),
    ...driver.power(spec, 'on'),
    ...driver.createNetwork('rack', 'PROV', 'lab', details),
    ...driver.portgroups!.open('rack', 'PROV'),
    ...driver.portgroups!.restore('rack', 'PROV', then),
    ...driver.removeNetwork('rack', 'PROV', details),
    ...driver.takeSnapshot(spec),
    ...driver.revertToSnapshot(spec, RUN),
    ...driver.removeSnapshot(spec, RUN),
    ...driver.mark(spec),
    ...driver.unmark(spec),
  ];
}

const probesOf = (driver: Hypervisor): Probe<unknown>[] => [
  driver.inventory,
  driver.description(spec.uuid),
  driver.portgroups!.state('PROV', 'own'),
  driver.diskSizes(spec.uuid),
];

describe('a site whose work is done by the shell of its host', () => {
  test('is asked, and has everything done, at that host', () => {
    const shell = through(esxiShell, 'rack-shell');
    const actions = actionsOf(shell);
    expect(actions.length).toBeGreaterThanOrEqual(12);
    expect([...new Set(actions.map(({ target }) => target))]).toEqual(['rack-shell']);
    expect(new Set(probesOf(shell).map(({ at }) => at))).toEqual(new Set(['rack-shell']));
  });

  test('gets the same scripts as a host of its own would', () => {
    const text = (driver: Hypervisor) =>
      actionsOf(driver).map((action) => (action.kind === 'script' ? action.script : action.kind));
    expect(text(through(esxiShell, 'rack-shell'))).toEqual(text(esxiShell));
  });

  test('names the causes of failures as that driver does', () => {
    const known = esxiShell.explain?.(31, 'node');
    expect(known).toBeDefined();
    expect(through(esxiShell, 'rack-shell').explain?.(31, 'node')).toEqual(known);
  });
});

test('on one host of a vCenter, what makes something names that host; what has a UUID does not', () => {
  const placed = onHost('esx-2', true);
  const hosts = actionsOf(placed).map((action) => {
    if (action.kind !== 'site') throw new Error(action.kind);
    return `${action.call.kind} ${'host' in action.call ? action.call.host : '-'}`;
  });
  expect(hosts).toEqual([
    'create-machine esx-2',
    'destroy-machine -',
    'power -',
    'add-network esx-2',
    'portgroup-security esx-2',
    'portgroup-security esx-2',
    'remove-network esx-2',
    'take-snapshot -',
    'revert-snapshot -',
    'remove-snapshot -',
    'mark-machine -',
    'unmark-machine -',
  ]);
  expect(probesOf(placed).map(({ ask }) => ask)).toEqual([
    { what: 'inventory', host: 'esx-2' },
    { what: 'machine', uuid: spec.uuid },
    { what: 'portgroup', portgroup: 'PROV', switch: 'own', host: 'esx-2' },
    { what: 'disks', uuid: spec.uuid },
  ]);
  const lines = actionsOf(placed).flatMap((action) =>
    action.kind === 'site' ? action.equivalent : [],
  );
  expect(lines).toContain('govc host.portgroup.add -host esx-2 -vswitch own -vlan 0 PROV');
  expect(lines.filter((line) => /^govc (vm\.create|host\.)/.test(line)).length).toBeGreaterThan(5);
  for (const line of lines) {
    expect(line.includes(' -host esx-2 '), line).toBe(/^govc (vm\.create|host\.)/.test(line));
  }
  // One that nobody named is not asked for by its name: it may be gone tomorrow.
  expect(probesOf(onHost('esx-1', false)).map(({ ask }) => ask)).toEqual(
    probesOf(vsphere).map(({ ask }) => ask),
  );
  // The same facts as without a host: it is the key that steps and checks find them by.
  expect(probesOf(placed).map(({ key }) => key)).toEqual(probesOf(vsphere).map(({ key }) => key));
});
