import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action, ScriptAction } from '../../src/contract/action.ts';
import type { Inventory } from '../../src/contract/inventory.ts';
import { ESXI_EXIT, esxiShell } from '../../src/main/drivers/esxi-shell/esxi-shell.ts';
import { machineVmx, markText } from '../../src/main/drivers/esxi-shell/vmx-machine.ts';
import { type MachineSpec, machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { esxiPlanText } from './support/esxi-plan.ts';
import { EsxiStandIn } from './support/esxi-stand-in.ts';
import { SHELLS } from './support/shells.ts';

const [node, other, , builder] = machineSpecs(readPlan(esxiPlanText()).plan!) as [
  MachineSpec,
  MachineSpec,
  MachineSpec,
  MachineSpec,
];
const STORAGE = { name: 'my store', path: '/vmfs/volumes/my store' };
const script = (actions: readonly Action[]) => (actions[0] as ScriptAction).script;
const create = (spec: MachineSpec) =>
  script(esxiShell.create(spec, { hardwareVersion: 10 } as Inventory, STORAGE));
const remove = (spec: MachineSpec) => script(esxiShell.remove(spec, STORAGE));

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  let host: EsxiStandIn;

  beforeEach(() => {
    host = new EsxiStandIn(shell);
  });

  afterEach(() => host.remove());

  test('a machine is made once, however often it is ordered, and removed without a trace', () => {
    expect(host.run(create(builder))).toMatchObject({ code: 0 });
    expect(host.read('builder', 'builder.vmx')).toBe(machineVmx(builder, 10));
    expect(host.state('log')).toBe(
      '40G /volumes/my store/builder/builder.vmdk\n100G /volumes/my store/builder/builder-2.vmdk\n',
    );
    const made = host.files();
    expect(host.run(create(builder)).output).toContain('already registered');
    expect(host.files()).toEqual(made);
    expect(host.state('vms')).toBe('1 /volumes/my store/builder/builder.vmx\n');
    host.set('on-1', '');
    expect(host.run(remove(builder))).toMatchObject({ code: 0 });
    expect(host.files()).toEqual([]);
    expect(host.run(remove(builder))).toMatchObject({ code: 0 });
  });

  test('what a broken run left half-made bears the mark, and is finished or removed', () => {
    host.put('node-1', 'node-1.vmx', machineVmx(node, 10));
    host.put('node-1', 'node-1.vmx.labwright', 'half');
    expect(host.run(create(node))).toMatchObject({ code: 0 });
    expect(host.state('vms')).toContain('node-1.vmx');
    host.put('node-2', 'node-2.vmx', machineVmx(other, 10));
    host.put('node-2', 'node-2.vmdk', '');
    expect(host.run(remove(other))).toMatchObject({ code: 0 });
    expect(host.files().some((file) => file.startsWith('node-2'))).toBe(false);
  });

  test('a folder that a broken run had only just made is no obstacle', () => {
    host.put('node-1', 'node-1.vmx.labwright', 'half');
    expect(host.run(create(node))).toMatchObject({ code: 0 });
    expect(host.read('node-1', 'node-1.vmx')).toBe(machineVmx(node, 10));
  });

  test('a name, a folder or a disk of someone else stops us before anything is written', () => {
    host.put('old', 'old.vmx', 'displayName = "node-1"\n');
    host.register('old');
    expect(host.run(create(node)).code).toBe(ESXI_EXIT.nameTaken);
    host.put('node-2', 'keep.txt', 'precious');
    expect(host.run(create(other)).code).toBe(ESXI_EXIT.folderTaken);
    expect(host.run(remove(other)).code).toBe(0);
    expect(host.files()).toEqual(['node-2', 'node-2/keep.txt', 'old', 'old/old.vmx']);
    host.run(create(builder));
    host.put(
      'builder',
      'builder.vmx',
      `${machineVmx(builder, 10)}scsi0:9.fileName = "/vmfs/volumes/my store/old/old.vmdk"\n`,
    );
    expect(host.run(remove(builder)).code).toBe(ESXI_EXIT.foreignDisk);
    expect(host.files()).toContain('builder/builder.vmdk');
  });

  test('the mark alone does not make a copy ours, and two of us are none', () => {
    const copy = machineVmx(node, 10).replaceAll(/= "(.. ){7}..-(.. ){7}.."/g, '= "00"');
    expect(copy).toContain(markText(node.mark));
    host.put('copy', 'copy.vmx', copy);
    host.register('copy');
    expect(host.run(script(esxiShell.mend(node, copy))).code).toBe(ESXI_EXIT.notOurs);
    host.run(create(builder));
    const [first = ''] = host.state('vms').match(/\d+ \S+ \S+builder.vmx/) ?? [];
    expect(first).not.toBe('');
    // An annotation that passes itself off as a row for the same file.
    host.set('noise', '77 x [my store] builder/builder.vmx ubuntu64Guest vmx-10\n');
    expect(host.run(remove(builder)).code).toBe(ESXI_EXIT.ambiguous);
    expect(host.files()).toContain('builder/builder.vmdk');
  });

  test('a full datastore leaves nothing behind', () => {
    host.set('full', '');
    expect(host.run(create(builder)).code).toBe(ESXI_EXIT.noRoom);
    expect(host.files()).toEqual([]);
  });

  test('a change is written whole and read by hostd, and only while the machine is off', () => {
    host.run(create(node));
    const old = machineVmx({ ...node, cpus: 1 }, 10);
    host.put('node-1', 'node-1.vmx', old);
    expect(host.run(script(esxiShell.mend(node, old)))).toMatchObject({ code: 0 });
    expect(host.read('node-1', 'node-1.vmx')).toBe(machineVmx(node, 10));
    expect(host.state('log')).toContain('reload 1\n');
    expect(host.run(script(esxiShell.restore(node, old)))).toMatchObject({ code: 0 });
    expect(host.read('node-1', 'node-1.vmx')).toBe(old);
    host.set('on-1', '');
    expect(host.run(script(esxiShell.mend(node, old))).code).toBe(ESXI_EXIT.running);
  });

  test('on is on only when the host says so; an order that ended well proves nothing', () => {
    host.run(create(node));
    const power = (to: 'on' | 'off' | 'reset') => host.run(script(esxiShell.power(node, to)));
    expect(power('on').code).toBe(0);
    expect(host.run(script(esxiShell.power(other, 'on'))).code).toBe(ESXI_EXIT.notOurs);
    expect(power('off').code).toBe(0);
    host.set('dead', '');
    host.put('node-1', 'vmware.log', 'Failed to init MAC backend\n');
    const failed = power('on');
    expect(failed.code).toBe(ESXI_EXIT.noPower);
    expect(failed.output).toContain('Failed to init MAC backend');
  });

  test('a hostd that restarts is asked again; one that stays silent is never taken for an empty host', () => {
    host.set('unset', '1\n2\n3\n');
    expect(host.run(create(node))).toMatchObject({ code: 0 });
    host.set('unset', '1\n'.repeat(500));
    expect(host.run(create(node)).code).toBe(ESXI_EXIT.notNow);
    expect(host.run(create(other)).code).toBe(ESXI_EXIT.notNow);
    expect(host.files()).toEqual(['node-1', 'node-1/node-1.vmdk', 'node-1/node-1.vmx']);
  });
});
