import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptAction } from '../../src/contract/action.ts';
import type { Inventory } from '../../src/contract/inventory.ts';
import { esxiShell } from '../../src/main/drivers/esxi-shell/esxi-shell.ts';
import { esxiInventory } from '../../src/main/drivers/esxi-shell/inventory-probe.ts';
import { ESXI_EXIT } from '../../src/main/drivers/esxi-shell/machine-script.ts';
import { readMachineList } from '../../src/main/drivers/esxi-shell/vm-list.ts';
import { Vmx, vmxLine } from '../../src/main/drivers/esxi-shell/vmx-file.ts';
import { machineVmx, readMachine } from '../../src/main/drivers/esxi-shell/vmx-machine.ts';
import { bootOrder, type MachineSpec, machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { ProbeAnswerError } from '../../src/main/engine/probe.ts';
import {
  NotNowError,
  readCsv,
  readLicence,
  readPolicy,
  readPower,
  readVersion,
  readVersionFields,
} from '../../src/main/engine/probes/esxi-answers.ts';
import { departures } from '../../src/main/guide/machine-rules.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { en, ja } from '../../src/messages/catalogues.ts';
import { esxiPlanText } from './support/esxi-plan.ts';

const specs = machineSpecs(readPlan(esxiPlanText()).plan!);
const [node, , , builder] = specs as [MachineSpec, MachineSpec, MachineSpec, MachineSpec];

describe('a plan with an ESXi host', () => {
  test('gives its machines addresses that VMware takes for static ones, others keep theirs', () => {
    const macs = specs.flatMap(({ nics }) => nics.map(({ mac }) => mac));
    expect(new Set(macs).size).toBe(macs.length);
    for (const mac of macs) expect(mac).toMatch(/^00:50:56:[0-3][0-9a-f](:[0-9a-f]{2}){2}$/);
    expect(machineSpecs(readPlan(esxiPlanText()).plan!)).toEqual(specs);
  });

  test.each([
    ['portgroup: PROV', 'bridge: br0', 'plan.network-needs', 'plan.network-other-kind'],
    ['switch: vSwitch0', 'uplink: eno1', 'plan.network-other-kind'],
    ['switch: vSwitch0', 'address: 192.0.2.1/24', 'plan.network-other-kind'],
    ['nested: true', 'firmware: efi', 'plan.efi-on-esxi'],
    ['role: esxi', 'role: kvm', 'plan.network-needs', 'plan.network-other-kind'],
    ['role: esxi', 'role: mirror', 'plan.not-hypervisor'],
  ])('with %s made %s is refused with its place', (from, to, ...keys) => {
    const { plan, problems } = readPlan(esxiPlanText().replace(from, to));
    expect(plan).toBeNull();
    expect([...new Set(problems.map(({ reason }) => reason.key))]).toEqual(keys);
    for (const { line, column } of problems) {
      expect(line).toBeGreaterThan(10);
      expect(column).toBeGreaterThan(1);
    }
  });
});

describe('a .vmx', () => {
  test('that we write is, read back, as planned', () => {
    for (const spec of specs) {
      const found = readMachine(machineVmx(spec, 13), spec.name, 'off');
      expect(departures(spec, found)).toEqual([]);
      expect(found).toMatchObject({ uuid: spec.uuid, owner: spec.mark, boot: bootOrder(spec) });
    }
  });

  test('holds every text: what goes in comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const text = vmxLine('annotation', value);
        expect(text).not.toContain('\n');
        expect(new Vmx(`a = "1"\n${text}\n`).get('ANNOTATION')).toBe(value);
      }),
    );
  });

  test('of someone else is read and held against every rule', () => {
    const text = `.encoding = "UTF-8"
displayName = "node-1"
annotation = "by hand|0Asecond line"
memSize = 1024
uuid.bios = "56 4d f9 4f 97 56 1a 1b-44 e7 23 b2 db e7 91 6f"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "a.vmdk"
scsi0:1.present = "TRUE"
scsi0:1.fileName = "b.vmdk"
ide1:0.present = "TRUE"
ide1:0.fileName = "cd.iso"
ethernet1.present = "TRUE"
ethernet1.address = "${node.nics[0]?.mac.toUpperCase()}"
ethernet1.networkName = "VM Network"
ethernet0.present = "TRUE"
ethernet0.generatedAddress = "00:0c:29:00:00:01"
ethernet0.virtualDev = "vlance"
ethernet9.present = "FALSE"
`;
    const found = readMachine(text, 'listed', 'on');
    expect(found.owner).toBeUndefined();
    expect(found.uuid).toBe('564df94f-9756-1a1b-44e7-23b2dbe7916f');
    expect(departures(node, found).map(({ reason }) => reason.key)).toEqual([
      'machine.boot-order',
      'machine.cpus',
      'machine.memory',
      'machine.nic-not-first',
      'machine.other-network',
      'machine.nic-model',
      'machine.no-serial',
    ]);
  });

  test('with any text at all is read without a mishap', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(2000), (noise, at) => {
        const text = machineVmx(builder, 10);
        readMachine(text.slice(0, at) + noise + text.slice(at), 'x', 'off');
      }),
    );
  });
});

describe('answers of the shell', () => {
  test('the list of machines has names with blanks, annotations over lines and invalid ones', () => {
    const text = `Skipping invalid VM '12'
Vmid   Name           File                                   Guest OS        Version   Annotation
7      my old server  [data store] my old server/x y.vmx     ubuntu64Guest   vmx-10    first line
second line
9 of them [not a file] really
8      node-1         [datastore1] node-1/node-1.vmx         ubuntu64Guest   vmx-08`;
    expect(readMachineList(text)).toEqual({
      invalid: [12],
      machines: [
        {
          vmid: 7,
          name: 'my old server',
          datastore: 'data store',
          file: 'my old server/x y.vmx',
          hardwareVersion: 10,
        },
        {
          vmid: 8,
          name: 'node-1',
          datastore: 'datastore1',
          file: 'node-1/node-1.vmx',
          hardwareVersion: 8,
        },
      ],
    });
  });

  test('<unset> is “not now”, whoever is asked', () => {
    for (const read of [readMachineList, readLicence, readPower]) {
      expect(() => read('<unset>\n')).toThrow(NotNowError);
    }
  });

  test.each([
    ['esxBasic', 'vSphere 4 Hypervisor', '', 'free'],
    ['esx.hypervisor.cpuPackageCoreLimited', 'vSphere 7 Hypervisor', '', 'free'],
    ['eval', 'Evaluation Mode', '[expirationHours] = 1439', 'evaluation'],
    ['esx.eval.entitlement.cpuCoreMin', 'VMware ESX Server', '[expirationHours] = 0', 'expired'],
    ['esx.enterprisePlus.cpuPackage', 'vSphere 6 Enterprise Plus', '', 'licensed'],
  ])('the licence %s is told', (key, name, more, kind) => {
    const text = `[200] Complete, result is:\n   serial: 0\n   vmodl key: ${key}\n   name: ${name}\n     ${more}\n`;
    expect(readLicence(text)).toMatchObject({ name, kind });
  });

  test('tables of esxcli are read by the names of their columns', () => {
    const [row] = readCsv('Active Clients,Name,VLANID,\n1,"a, ""b""",7,\n', 'name');
    expect(row?.get('name')).toBe('a, "b"');
    expect(row?.get('activeclients')).toBe('1');
    expect(() => readCsv('Could not find it', 'name')).toThrow(ProbeAnswerError);
    const policy =
      'AllowForgedTransmits,AllowMACAddressChange,AllowPromiscuous,\ntrue,true,false,\n';
    expect(readPolicy(policy)).toEqual({
      forgedTransmits: true,
      macChanges: true,
      promiscuous: false,
      own: false,
    });
  });

  test('versions and states are read', () => {
    expect(readVersion('VMware ESXi 5.5.0 build-7967571\n')).toEqual({
      product: 'VMware ESXi',
      version: '5.5.0',
      build: '7967571',
    });
    expect(
      readVersionFields(
        '   Product: VMware ESXi\n   Version: 6.7.0\n   Build: Releasebuild-14320388\n   Update: 3\n',
      ),
    ).toEqual({ product: 'VMware ESXi', version: '6.7.0', build: '14320388', update: '3' });
    expect(readPower('Retrieved runtime info\nPowered on\n')).toBe('on');
    expect(readPower('Retrieved runtime info\nSuspended\n')).toBe('paused');
    expect(readPower('')).toBe('unknown');
  });

  test('whatever is answered, nothing but an answer of that kind is thrown', () => {
    const readers = [
      readMachineList,
      readLicence,
      readPower,
      readVersion,
      readVersionFields,
      readPolicy,
      (text: string) => esxiInventory.parse({ exitCode: 0, text }),
    ];
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...readers), (text, read) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ProbeAnswerError);
        }
      }),
    );
  });
});

const RUN = '20261126101500-a1b2c3';

/** Every script that the driver can give, by what it is for. */
function scripts(): Record<string, string> {
  const inventory = { hardwareVersion: 10 } as Inventory;
  const storage = { name: 'my store', path: '/vmfs/volumes/my store' };
  const own = { switch: 'PROV', vlan: 7, ownSwitch: true };
  const first = (actions: readonly unknown[]) => (actions[0] as ScriptAction).script;
  return {
    inventory: esxiShell.inventory.script,
    description: esxiShell.description(node.uuid).script,
    create: first(esxiShell.create(builder, inventory, storage)),
    mend: first(esxiShell.mend(node, '')),
    restore: first(esxiShell.restore(node, machineVmx(node, 10))),
    remove: first(esxiShell.remove(builder, storage)),
    'network, own switch': first(esxiShell.createNetwork('esxi', 'PROV', 'rack-1', own)),
    'network, other switch': first(
      esxiShell.createNetwork('esxi', 'PROV', 'rack-1', { ...own, ownSwitch: false }),
    ),
    'no network': first(esxiShell.removeNetwork('esxi', 'PROV', own)),
    on: first(esxiShell.power(node, 'on')),
    off: first(esxiShell.power(node, 'off')),
    reset: first(esxiShell.power(node, 'reset')),
    snapshot: first(esxiShell.takeSnapshot(node)),
    revert: first(esxiShell.revertToSnapshot(node, RUN)),
    'no snapshot': first(esxiShell.removeSnapshot(node, RUN)),
    sizes: esxiShell.diskSizes(node.uuid).script,
    mark: first(esxiShell.mark(node)),
    unmark: first(esxiShell.unmark(node)),
  };
}

test.each(Object.entries(scripts()))(
  'the script “%s” is POSIX sh and asks for no sudo',
  (_n, script) => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(script).not.toMatch(/\bsudo\b/);
  },
);

test('every exit code of the scripts is explained in both languages', () => {
  for (const code of Object.values(ESXI_EXIT)) {
    const key = esxiShell.explain?.(code, 'node-1')?.key ?? '';
    expect(en[key as keyof typeof en]).toBeTruthy();
    expect(ja[key as keyof typeof ja]).toBeTruthy();
  }
  expect(esxiShell.explain?.(1, 'node-1')).toBeUndefined();
});

test('a machine without a UUID of its own is not switched by ours', () => {});
