import { describe, expect, test } from 'vitest';
import { driverFor } from '../../src/main/app/driver-for.ts';
import { plannedMachines } from '../../src/main/app/planned-machines.ts';
import { labId } from '../../src/main/engine/machine-specs.ts';
import { isMadeByUs, leftovers, leftoversOf } from '../../src/main/guide/leftovers.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { asMachine, inventoryWith } from './support/inventory.ts';
import { kvmPlanText } from './support/kvm-plan.ts';
import { planOf } from './support/plans.ts';

const { plan: before } = readPlan(kvmPlanText());
const { plan } = readPlan(kvmPlanText().replace('count: 3', 'count: 2'));
const lab = labId(plan!);
const [node, , third] = plannedMachines(before!, {}).machines.map((each) =>
  asMachine(each, { lab, machine: each.name }),
);
const left = (machines: Parameters<typeof inventoryWith>[0], more = {}) =>
  leftoversOf(plan!, 'rack', inventoryWith(machines, more));

describe('what is left over of a lab', () => {
  test('bears its mark and is in its plan no more; by the UUID we know that we made it', () => {
    const copy = { ...third!, uuid: '564df94f-9756-1a1b-44e7-23b2dbe7916f', name: 'copy' };
    const { owner: _, ...nobodys } = third!;
    const theirs = { ...third!, owner: { lab: 'other', machine: 'node-3' } };
    const found = left([node!, third!, copy, nobodys, theirs]).machines;
    expect(found.map(({ name }) => name)).toEqual(['node-3', 'copy']);
    expect(found.map(isMadeByUs)).toEqual([true, false]);
    expect(isMadeByUs(nobodys)).toBe(false);
    // Renamed on the host it is still the one that we made.
    expect(isMadeByUs({ ...third!, name: 'old' })).toBe(true);
  });

  test('a mark or a UUID that we would never have written goes into no script', () => {
    const odd = (change: object) => left([{ ...third!, ...change }]).machines;
    expect(odd({ owner: { lab, machine: '$(reboot)' } })).toEqual([]);
    expect(odd({ owner: { lab, machine: '' } })).toEqual([]);
    expect(odd({ uuid: 'f00d; reboot' })).toEqual([]);
  });

  test('a network of libvirt’s that we marked, under the name that we gave it', () => {
    const network = (name: string, machine: string, of = lab) => ({
      name,
      kind: 'bridge' as const,
      dhcp: false,
      ports: [],
      forwardDelaySeconds: 0,
      owner: { lab: of, machine },
    });
    const networks = [
      network('br1', 'labwright-br1'),
      network('br7', 'labwright-br7'),
      network('br8', 'labwright-br7'),
      network('br9', 'labwright-br9', 'other'),
    ];
    expect(left([], { networks }).networks.map(({ name }) => name)).toEqual(['br7']);
  });

  test('at a site is looked for once, by whichever of its names its machines are planned', () => {
    const site = planOf(`version: 1
name: kvm
hosts:
  rack-shell: { address: 192.0.2.1, user: root, role: esxi, auth: { password: p } }
  own: { address: 192.0.2.2, user: root, role: esxi, auth: { password: p } }
sites:
  rack: { address: 192.0.2.1, user: root, password: p, shell: rack-shell }
networks:
  pxe: { on: rack, portgroup: PROV }
machines:
  node: { on: rack, networks: [pxe] }
`);
    const targets = leftovers(driverFor).targets(site);
    expect(targets).toEqual(['own', 'rack']);
    const [spec] = plannedMachines(site, {}).machines;
    const made = asMachine(spec!, { lab: labId(site), machine: spec!.name });
    for (const name of ['rack', 'rack-shell']) {
      expect(leftoversOf(site, name, inventoryWith([made])).machines).toEqual([]);
    }
    expect(leftoversOf(site, 'own', inventoryWith([made])).machines).toEqual([made]);
  });
});
