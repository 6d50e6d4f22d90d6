import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action, ScriptAction } from '../../src/contract/action.ts';
import type { Inventory } from '../../src/contract/inventory.ts';
import { esxiShell } from '../../src/main/drivers/esxi-shell/esxi-shell.ts';
import { ESXI_EXIT } from '../../src/main/drivers/esxi-shell/machine-script.ts';
import { Vmx } from '../../src/main/drivers/esxi-shell/vmx-file.ts';
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

  test('a change is of the lines that it is about, read by hostd, and only while the machine is off', () => {
    host.run(create(node));
    const old = machineVmx({ ...node, cpus: 1 }, 10)
      .replace('numvcpus', 'NumVCPUs ')
      .replace('bios.hddOrder', '#bios.hddOrder');
    host.put('node-1', 'node-1.vmx', old);
    expect(host.run(script(esxiShell.mend(node, old)))).toMatchObject({ code: 0 });
    const mended = host.read('node-1', 'node-1.vmx');
    const [now, wanted] = [new Vmx(mended), new Vmx(machineVmx(node, 10))];
    for (const key of wanted.keys()) expect([key, now.get(key)]).toEqual([key, wanted.get(key)]);
    expect(mended.match(/numvcpus/gi)).toHaveLength(1);
    expect(mended).toContain('#bios.hddOrder');
    expect(host.state('log')).toContain('reload 1\n');
    expect(host.run(script(esxiShell.restore(node, old)))).toMatchObject({ code: 0 });
    expect(host.read('node-1', 'node-1.vmx')).toBe(old);
    expect(host.files()).toEqual(['node-1', 'node-1/node-1.vmdk', 'node-1/node-1.vmx']);
    host.set('on-1', '');
    expect(host.run(script(esxiShell.mend(node, old))).code).toBe(ESXI_EXIT.running);
  });

  const RUN = '20261126101500-a1b2c3';
  const take = (run: string) => `RUN=${run}\n${script(esxiShell.takeSnapshot(builder))}`;

  test('a snapshot is named after its run and taken once; another lab’s machine gets none', () => {
    host.run(create(builder));
    expect(host.run(take(RUN))).toMatchObject({ code: 0 });
    expect(host.run(take(RUN)).output).toContain('is there already');
    expect(host.run(take('20261126101500-ffffff'))).toMatchObject({ code: 0 });
    const name = (run: string) => `labwright-${run}`;
    expect(host.state('snap-1')).toBe(`1 ${name(RUN)}\n2 ${name('20261126101500-ffffff')}\n`);
    // Without memory and without asking the guest to hold still.
    expect(host.state('log')).toContain(`create 1 ${name(RUN)} 0 0\n`);
    const foreign = { ...builder, mark: { ...builder.mark, lab: 'other' } };
    const refused = host.run(`RUN=${RUN}\n${script(esxiShell.takeSnapshot(foreign))}`);
    expect(refused.code).toBe(ESXI_EXIT.notOurs);
  });

  test('the snapshot of a run is found by its name among others, reverted to, and removed', () => {
    host.run(create(builder));
    host.set('snap-1', `1 by hand\n2 labwright-${RUN}\n3 labwright-${RUN} copy\n`);
    expect(host.run(script(esxiShell.revertToSnapshot(builder, RUN)))).toMatchObject({ code: 0 });
    expect(host.state('log')).toContain('revert 1 2 0\n');
    expect(host.run(script(esxiShell.removeSnapshot(builder, RUN)))).toMatchObject({ code: 0 });
    expect(host.state('snap-1')).toBe(`1 by hand\n3 labwright-${RUN} copy\n`);
    expect(host.run(script(esxiShell.removeSnapshot(builder, RUN)))).toMatchObject({ code: 0 });
    const gone = host.run(script(esxiShell.revertToSnapshot(builder, RUN)));
    expect(gone.code).toBe(ESXI_EXIT.noSnapshot);
  });

  test('what a snapshot did to the files of the disks stays, whatever is written after it', () => {
    host.run(create(builder));
    const before = host.read('builder', 'builder.vmx');
    host.run(take(RUN));
    const since = before.replaceAll(/\.vmdk"/g, '-000001.vmdk"');
    expect(host.read('builder', 'builder.vmx')).toBe(since);
    expect(host.run(script(esxiShell.restore(builder, before)))).toMatchObject({ code: 0 });
    expect(host.read('builder', 'builder.vmx')).toBe(since);
    expect(host.run(script(esxiShell.mend(builder, before)))).toMatchObject({ code: 0 });
    expect(new Vmx(host.read('builder', 'builder.vmx')).get('scsi0:0.fileName')).toBe(
      'builder-000001.vmdk',
    );
  });

  test('the inventory asks only for snapshots where the machine has one of ours', () => {
    host.run(create(builder));
    host.run(create(node));
    host.run(take(RUN));
    host.put('builder', 'builder.vmsd', `snapshot0.displayName = "labwright-${RUN}"\n`);
    host.put('node-1', 'node-1.vmsd', 'snapshot0.displayName = "by hand"\n');
    const { output } = host.run(esxiShell.inventory.script);
    expect(output.match(/^@snapshots .*$/gm)).toEqual(['@snapshots 1']);
    expect(output).toContain(` --Snapshot Name        : labwright-${RUN}`);
  });

  test('an adopted machine is marked below what people wrote, once, and is as before when it is taken back', () => {
    const theirs = `.encoding = "UTF-8"\nconfig.version = "8"\ndisplayName = "old"\nannotation = "by hand|0Aof Mori"\nuuid.bios = "56 4d f9 4f 97 56 1a 1b-44 e7 23 b2 db e7 91 6f"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "old disk.vmdk"\nscsi0:1.present = "TRUE"\nscsi0:1.fileName = "two.vmdk"\n`;
    host.put('old', 'old.vmx', theirs);
    host.register('old');
    const spec = { ...node, name: 'old', uuid: '564df94f-9756-1a1b-44e7-23b2dbe7916f' };
    const adopted = { ...spec, mark: { lab: 'rack-1', machine: 'old' } };
    expect(host.run(script(esxiShell.mend(adopted, ''))).code).toBe(ESXI_EXIT.notOurs);
    host.set('on-90', '');
    expect(host.run(script(esxiShell.mark(adopted))).code).toBe(ESXI_EXIT.running);
    expect(host.run(script(esxiShell.power(adopted, 'off'))).code).toBe(ESXI_EXIT.notOurs);
    host.run('vim-cmd vmsvc/power.off 90');
    expect(host.run(script(esxiShell.mark(adopted)))).toMatchObject({ code: 0 });
    const marked = host.read('old', 'old.vmx');
    expect(new Vmx(marked).get('annotation')).toBe(
      'by hand\nof Mori\nlabwright lab=rack-1 machine=old',
    );
    expect(host.run(script(esxiShell.mark(adopted))).output).toContain('marked already');
    expect(host.read('old', 'old.vmx')).toBe(marked);
    const other = { ...adopted, mark: { lab: 'rack-2', machine: 'old' } };
    expect(host.run(script(esxiShell.mark(other))).code).toBe(ESXI_EXIT.marked);
    expect(host.run(script(esxiShell.unmark(other))).code).toBe(ESXI_EXIT.notOurs);
    expect(host.run(script(esxiShell.mend(adopted, '')))).toMatchObject({ code: 0 });
    host.put('old', 'old.vmx', marked);
    expect(host.run(script(esxiShell.unmark(adopted)))).toMatchObject({ code: 0 });
    expect(host.read('old', 'old.vmx')).toBe(theirs);

    // Its disks are asked for their sizes, of which one is in two parts.
    host.put('old', 'old disk.vmdk', '# Disk DescriptorFile\nRW 4194304 VMFS "a-flat.vmdk"\n');
    host.put('old', 'two.vmdk', 'RW 2097152 VMFS "b-f001.vmdk"\nRW 2097153 VMFS "b-f002.vmdk"\n');
    const sizes = esxiShell.diskSizes(spec.uuid);
    const { code, output } = host.run(sizes.script);
    expect(sizes.parse({ exitCode: code ?? 1, text: output })).toEqual([2, 3]);
  });

  test('an annotation that is empty or not there becomes the mark', () => {
    const uuid = '564df94f-9756-1a1b-44e7-23b2dbe7916f';
    const mark = { lab: 'rack-1', machine: 'old' };
    for (const line of ['annotation = ""\n', '']) {
      host.put(
        'old',
        'old.vmx',
        `displayName = "old"\n${line}uuid.bios = "56 4d f9 4f 97 56 1a 1b-44 e7 23 b2 db e7 91 6f"\n`,
      );
      host.set('vms', '');
      host.register('old');
      const ran = host.run(script(esxiShell.mark({ ...node, name: 'old', uuid, mark })));
      expect(ran).toMatchObject({ code: 0 });
      const { get } = { get: (key: string) => new Vmx(host.read('old', 'old.vmx')).get(key) };
      expect(get('annotation')).toBe(markText(mark));
    }
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
