import { describe, expect, test } from 'vitest';
import { entityName } from '../../../src/main/drivers/vsphere/entity-name.ts';
import { type Fault, faultError } from '../../../src/main/drivers/vsphere/faults.ts';
import { govcLines } from '../../../src/main/drivers/vsphere/govc.ts';
import { staticMac } from '../../../src/main/drivers/vsphere/mac-address.ts';
import { carriesMark } from '../../../src/main/drivers/vsphere/machine-spec.ts';
import { sentence } from '../../../src/messages/sentence.ts';

const fault = (name: string, fields: Fault['fields'] = {}, said = ''): Fault => ({
  name,
  said,
  fields,
});

describe('faults', () => {
  test.each([
    ['NoPermission', { privilegeId: 'VirtualMachine.Interact.PowerOn' }, 'PowerOn'],
    ['RestrictedVersion', {}, 'role esxi'],
    ['DuplicateName', { name: 'node-1' }, 'node-1'],
    ['AlreadyExists', { name: 'vSwitch1' }, 'vSwitch1'],
    ['InvalidPowerState', { existingState: 'poweredOn' }, 'poweredOn'],
    ['InsufficientCpuResourcesFault', {}, 'not enough CPU or memory'],
    ['FileNotFound', { file: '[ds] x.iso' }, '[ds] x.iso'],
    ['FileAlreadyExists', { file: '[ds] x' }, 'already exists'],
    ['NoDiskSpace', { datastore: 'datastore1' }, 'datastore1'],
    ['InMaintenanceMode', {}, 'maintenance mode'],
    ['HostInMaintenanceMode', {}, 'maintenance mode'],
    ['ManagedObjectNotFound', { obj: { type: 'VirtualMachine', value: 'vm-7' } }, 'vm-7'],
    ['NotSupported', {}, 'does not support'],
    ['TaskInProgress', {}, 'Something else'],
    ['InvalidRequest', {}, 'did not accept'],
    ['InvalidArgument', { invalidProperty: 'spec.guestId' }, 'spec.guestId'],
    ['Timedout', {}, 'did not finish'],
    ['NotEnoughLicenses', {}, 'licence'],
  ] as [string, Fault['fields'], string][])('%s says what to do', (name, fields, part) => {
    const { reason } = faultError('rack', fault(name, fields));
    expect(sentence('en', reason)).toContain(part);
    for (const language of ['en', 'ja'] as const) {
      expect(sentence(language, reason)).toContain('rack');
      expect(sentence(language, reason)).not.toMatch(/\{\{|（）|\(\)/);
    }
  });

  test('that are not known keep their name and the words of the site', () => {
    const error = faultError('rack', fault('VmToolsUpgradeFault', {}, 'Tools are out.'));
    expect(error.code).toBe('site-fault');
    expect(sentence('en', error.reason)).toBe(
      'rack refused with VmToolsUpgradeFault: Tools are out.',
    );
    expect(error.detail).toBe('VmToolsUpgradeFault: Tools are out.');
  });
});

test.each(['00:50:56:00:00:00', '00:50:56:3F:ff:FF'])('%s is a fixed address', (mac) => {
  expect(staticMac(mac)).toBe(mac.toLowerCase());
});

test.each(['00:50:56:40:00:00', '00:0c:29:00:00:01', '00:50:56:00:00', '005056000001'])(
  '%s is none',
  (mac) => {
    expect(() => staticMac(mac)).toThrow('site-mac-unfit');
  },
);

test('a name is shown as it was written, not as the API escapes it', () => {
  expect(entityName('rack%2f1 100%25 %5C %41')).toBe('rack/1 100% \\ %41');
});

test('a mark counts only as a line of its own', () => {
  expect(carriesMark('note\r\nlab:1\n', 'lab:1')).toBe(true);
  expect(carriesMark('note lab:1', 'lab:1')).toBe(false);
  expect(carriesMark('lab:12', 'lab:1')).toBe(false);
});

describe('govc', () => {
  test('makes the same machine', () => {
    const machine = {
      name: "node 1's",
      mark: 'lab:1',
      note: '',
      cpus: 2,
      memoryMebibytes: 2048,
      disksBytes: [16 * 1024 ** 3],
      datastore: 'datastore1',
      nics: [
        { mac: '00:50:56:00:00:01', network: 'maas-pxe', adapter: 'e1000' as const },
        { mac: '00:50:56:00:00:02', network: 'VM Network', adapter: 'vmxnet3' as const },
      ],
      nested: true,
      bootFirst: 'network' as const,
    };
    expect(govcLines({ kind: 'create-machine', machine })).toEqual([
      "govc vm.create -on=false -c 2 -m 2048 -g ubuntu64Guest -firmware bios -ds datastore1 -disk.controller lsilogic -disk 16777216KB -net maas-pxe -net.adapter e1000 -net.address 00:50:56:00:00:01 -annotation lab:1 'node 1'\\''s'",
      "govc vm.network.add -vm 'node 1'\\''s' -net 'VM Network' -net.adapter vmxnet3 -net.address 00:50:56:00:00:02",
      "govc vm.change -vm 'node 1'\\''s' -nested-hv-enabled=true -e disk.EnableUUID=TRUE",
      "govc device.boot -vm 'node 1'\\''s' -order ethernet,disk",
    ]);
  });

  test('has a line for every other operation', () => {
    const security = { allowPromiscuous: true, macChanges: false };
    const path = { datastore: 'ds', path: 'iso/a b.iso' };
    const lines = [
      govcLines({ kind: 'about' }),
      govcLines({ kind: 'inventory' }),
      govcLines({ kind: 'boot-first', machine: 'n', first: 'disk' }),
      govcLines({ kind: 'change-machine', machine: 'n', change: { cpus: 4, nested: false } }),
      govcLines({ kind: 'power', machine: 'n', to: 'reset' }),
      govcLines({ kind: 'snapshot', machine: 'n', snapshot: 's', do: 'revert' }),
      govcLines({ kind: 'unregister-machine', machine: 'n' }),
      govcLines({ kind: 'destroy-machine', machine: 'n' }),
      govcLines({ kind: 'add-switch', network: { name: 'v', uplinks: ['vmnic1'] } }),
      govcLines({ kind: 'remove-switch', name: 'v' }),
      govcLines({
        kind: 'add-portgroup',
        network: { name: 'p', switchName: 'v', vlan: 7, security },
      }),
      govcLines({ kind: 'remove-portgroup', name: 'p' }),
      govcLines({ kind: 'portgroup-security', name: 'p', security }),
      govcLines({ kind: 'make-directory', path }),
      govcLines({ kind: 'delete-file', path }),
      govcLines({ kind: 'upload-file', path, from: 'a.iso' }),
    ].flat();
    expect(lines).toContain('govc vm.change -vm n -c 4 -nested-hv-enabled=false');
    expect(lines).toContain(
      'govc host.portgroup.change -allow-promiscuous=true -mac-changes=false p',
    );
    expect(lines).toContain("govc datastore.upload -ds ds a.iso 'iso/a b.iso'");
    expect(lines.every((line) => /^govc [a-z]+(\.[a-z]+)*/.test(line))).toBe(true);
  });
});
