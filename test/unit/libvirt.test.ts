import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  domainXml,
  mendedXml,
  readDomain,
  XmlError,
} from '../../src/main/drivers/libvirt/domain-xml.ts';
import { libvirtInventory } from '../../src/main/drivers/libvirt/inventory-probe.ts';
import { libvirt } from '../../src/main/drivers/libvirt/libvirt.ts';
import { LIBVIRT_EXIT } from '../../src/main/drivers/libvirt/virsh-script.ts';
import type { MachineSpec } from '../../src/main/engine/machine-specs.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { departures } from '../../src/main/guide/machine-rules.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { en, ja } from '../../src/messages/catalogues.ts';
import { inventoryWith } from './support/inventory.ts';
import { kvmPlanText } from './support/kvm-plan.ts';

const [node, , , builder] = machineSpecs(readPlan(kvmPlanText()).plan!) as [
  MachineSpec,
  MachineSpec,
  MachineSpec,
  MachineSpec,
];
const CHOICES = { accelerated: true, folder: '/var/lib/libvirt/images' };

test('what we define is, read back, as planned', () => {
  for (const spec of [node, builder]) {
    const found = readDomain(domainXml(spec, CHOICES), 'shut off\n');
    expect(departures(spec, found)).toEqual([]);
    expect(found).toMatchObject({
      name: spec.name,
      uuid: spec.uuid,
      owner: spec.mark,
      power: 'off',
      // A server starts from its disk; of a node MAAS says at each start what it is.
      boot: spec.role === 'node' ? ['network', 'disk'] : ['disk', 'network'],
    });
  }
});

test('an emulated machine asks for no processor of the host', () => {
  const xml = domainXml(node, { ...CHOICES, accelerated: false });
  expect(xml).toContain('<domain type="qemu">');
  expect(xml).not.toContain('<cpu');
});

test('names of a lab can hold anything and still make one document', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (lab) => {
      const clean = [...lab].every((c) => c >= ' ' && !/[\ud800-\udfff\ufffe\uffff]/.test(c));
      fc.pre(clean);
      const found = readDomain(domainXml({ ...node, mark: { lab, machine: 'n' } }, CHOICES), '');
      expect(found.owner?.lab.replaceAll(/\s/g, ' ')).toBe(lab.replaceAll(/\s/g, ' '));
    }),
  );
});

/** As virt-install and virsh write one: legacy boot order, another card first, a key we do not know. */
const FOREIGN = `<domain type='kvm'>
  <name>${node.name}</name>
  <uuid>${node.uuid}</uuid>
  <title>kept &amp; unknown</title>
  <memory unit='KiB'>1048576</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <vcpu placement='static' current='1'>4</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-trusty'>hvm</type><boot dev='hd'/><boot dev='network'/></os>
  <devices>
    <disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>
    <disk type='file' device='disk'><source file='/img/a.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><source file='/img/b.qcow2'/><target dev='vdb' bus='virtio'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/><model type='rtl8139'/></interface>
    <interface type='bridge'><mac address='${node.nics[0]?.mac.toUpperCase()}'/><source bridge='br9'/><model type='e1000'/></interface>
  </devices>
</domain>`;

describe('a machine that someone else made', () => {
  const found = readDomain(FOREIGN, 'running');

  test('is read, whatever form its description has', () => {
    expect(found).toMatchObject({
      power: 'on',
      cpus: 4,
      memoryMib: 1024,
      firmware: 'bios',
      boot: ['disk', 'network'],
    });
    expect(found.owner).toBeUndefined();
    expect(found.disks.map(({ path }) => path)).toEqual(['/img/a.qcow2', '/img/b.qcow2']);
  });

  test('is held against every rule that PXE needs', () => {
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

  test('is mended in what can be mended, and in nothing else', () => {
    const mended = mendedXml(FOREIGN, node);
    const after = readDomain(mended, 'shut off');
    expect(after).toMatchObject({ boot: ['network', 'disk'], cpus: 2, memoryMib: 4096 });
    expect(after.nics).toEqual(found.nics);
    expect(mended).toContain('<title>kept &amp; unknown</title>');
    expect(mended).not.toContain('current=');
    // The first disk, not the empty drive before it, and the card of the plan, not the first one.
    expect(mended).toMatch(/a\.qcow2"\/>.*?<boot order="2"\/><\/disk>/);
    expect(mended).toMatch(/<model type="e1000"\/><boot order="1"\/><\/interface>/);
  });
});

describe('whether its guests may use hardware virtualization', () => {
  const cpu = (type: string, element: string) =>
    FOREIGN.replace("type='kvm'", `type='${type}'`).replace('<devices>', `${element}<devices>`);
  const QEMU64 = `<cpu mode='custom' match='exact'><model fallback='forbid'>qemu64</model></cpu>`;
  const without = QEMU64.replace('</cpu>', "<feature policy='disable' name='svm'/></cpu>");
  const intel = `<cpu mode='custom'><model>Haswell</model><feature policy='require' name='vmx'/></cpu>`;

  test.each([
    ['a plain one', 'kvm', '', false],
    ['the host’s own processor', 'kvm', "<cpu mode='host-passthrough'/>", true],
    ['a model of another', 'kvm', QEMU64, false],
    ['a model with the feature', 'kvm', intel, true],
    ['emulated, as libvirt describes it', 'qemu', QEMU64, true],
    ['emulated, with all there is', 'qemu', "<cpu mode='maximum'/>", true],
    ['emulated, without the feature', 'qemu', without, false],
    ['emulated, of Intel', 'qemu', intel.replace(/<feature.*\/>/, ''), false],
  ])('%s', (_, type, element, nested) => {
    const text = cpu(type, element);
    expect(readDomain(text, '').nested).toBe(nested);
    // What is mended has it, whatever it was before, and what has it is left as it is.
    const mended = mendedXml(text, { ...node, nested: true });
    expect(readDomain(mended, '').nested).toBe(true);
    expect(mended.includes('host-passthrough')).toBe(
      type === 'kvm' && (!nested || element.includes('host-passthrough')),
    );
  });
});

test('rubbish in place of XML is an error of its own, never a half-read machine', () => {
  for (const text of [
    '',
    'error: no domain',
    '<domain>',
    '<network/>',
    '<domain><memory unit="pages">1</memory></domain>',
  ]) {
    expect(() => readDomain(text, ''), text).toThrow(XmlError);
  }
  fc.assert(
    fc.property(fc.nat(FOREIGN.length - 1), (cut) => {
      expect(() => readDomain(FOREIGN.slice(0, cut), '')).toThrow(XmlError);
    }),
  );
});

describe('the inventory', () => {
  const moved = (text: string) => text.replaceAll(/^/gm, ' ');
  const answer = (domains: string) => `@version
 Compiled against library: libvirt 9.0.0
 Running hypervisor: QEMU 7.2.22
 Running against daemon: 9.0.0
@node
 CPU model:           x86_64
 CPU(s):              8
 Memory size:         16384256 KiB
@capabilities
${moved(`<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><domain type='qemu'/><domain type='kvm'/></arch></guest></capabilities>`)}
@nested
 Y
@pool
${moved(`<pool type='dir'><name>default</name><capacity unit='bytes'>1000</capacity><available unit='bytes'>400</available><target><path>/img</path></target></pool>`)}
@pool-state
 Name:           default
 State:          running
@bridge br0 0 0 eth0 vnet0 
@bridge virbr0 1 200 
@net
${moved(`<network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/><ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>`)}
${domains}@end
`;
  const read = (text: string) => libvirtInventory.parse({ exitCode: 0, text });
  const domain = (xml: string) =>
    `@domain 11111111-2222-3333-4444-555555555555\n shut off\n@xml\n${moved(xml)}\n`;

  test('tells what the host has', () => {
    expect(read(answer(domain(FOREIGN)))).toMatchObject({
      version: '9.0.0',
      accelerated: true,
      nested: true,
      cpus: 8,
      memoryMib: 16000,
      storages: [{ name: 'default', path: '/img', active: true, availableBytes: 400 }],
      networks: [
        { name: 'br0', ports: ['eth0', 'vnet0'], dhcp: false, forwardDelaySeconds: 0 },
        { name: 'virbr0', ports: [], dhcp: true, forwardDelaySeconds: 4 },
      ],
      machines: [{ name: 'node-1', power: 'off' }],
    });
  });

  test('lists a machine whose description cannot be read, and goes on', () => {
    const text = answer(domain('error: failed to get domain') + domain(FOREIGN));
    const { machines, unreadable } = read(text) as { machines: unknown[]; unreadable: string[] };
    expect(machines).toHaveLength(1);
    expect(unreadable).toEqual(['11111111-2222-3333-4444-555555555555']);
  });

  test('a description cannot pass itself off as another machine', () => {
    const text = answer(domain(FOREIGN.replace('kept', '\n@domain 9\n running\n@end\n')));
    expect((read(text) as { machines: unknown[] }).machines).toHaveLength(1);
  });

  test('that breaks off half-way is no inventory', () => {
    expect(() => read(answer(domain(FOREIGN)).replace('@end\n', ''))).toThrow(/whole inventory/);
    expect(() => read('@no-virsh\n')).toThrow(/virsh/);
    expect(() => read('@no-answer\n error: failed to connect\n')).toThrow(/failed to connect/);
  });
});

test('every way in which a script of ours refuses is explained in both languages', () => {
  for (const code of Object.values(LIBVIRT_EXIT)) {
    const reason = libvirt.explain?.(code, 'node-1');
    for (const catalogue of [en, ja]) expect(catalogue).toHaveProperty([reason?.key ?? '']);
  }
  expect(libvirt.explain?.(1, 'node-1')).toBeUndefined();
  const [create] = libvirt.create(node, inventoryWith([]), { name: 'default', path: '/img' });
  expect(create?.kind === 'script' ? create.script : '').toContain(
    `exit ${LIBVIRT_EXIT.nameTaken}`,
  );
});
