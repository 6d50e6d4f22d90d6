import { expect, test } from 'vitest';
import type { Machine } from '../../src/contract/inventory.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { departures } from '../../src/main/guide/machine-rules.ts';
import { planOf } from './support/plans.ts';

const spec = machineSpecs(
  planOf(`version: 1
name: rules
sites:
  rack: { address: 192.0.2.1, user: root, password: p }
networks:
  pxe: { on: rack, portgroup: PROV }
  outer: { on: rack, portgroup: VM Network }
machines:
  node: { on: rack, networks: [pxe, outer], disks_gib: [16, 16] }
`),
)[0]!;

const machine = (boot: Machine['boot']): Machine => ({
  name: spec.name,
  uuid: spec.uuid,
  owner: spec.mark,
  power: 'off',
  cpus: spec.cpus,
  memoryMib: spec.memoryMib,
  firmware: spec.firmware,
  nested: spec.nested,
  boot,
  nics: spec.nics.map(({ mac, bridge }) => ({ mac, network: bridge, model: 'vmxnet3' })),
  disks: [],
});

const order = (...boot: Machine['boot']) =>
  departures(spec, machine(boot))
    .map(({ reason }) => reason)
    .filter(({ key }) => key === 'machine.boot-order')
    .map(({ params }) => params?.order);

test('a node boots from the network and then from disk, over however many cards and disks', () => {
  expect(order('network', 'disk')).toEqual([]);
  expect(order('network', 'network', 'disk', 'disk')).toEqual([]);
  expect(order('disk', 'disk', 'network')).toEqual(['disk, network']);
  expect(order('network', 'network')).toEqual(['network']);
  expect(order('network', 'cdrom', 'disk')).toEqual(['network, cdrom, disk']);
  expect(order()).toEqual(['–']);
});
