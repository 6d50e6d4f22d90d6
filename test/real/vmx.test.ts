import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  changedLines,
  diskFile,
  machineVmx,
} from '../../src/main/drivers/esxi-shell/vmx-machine.ts';
import { child, parseXml, textOf } from '../../src/main/drivers/libvirt/domain-xml.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { esxiPlanText } from '../unit/support/esxi-plan.ts';

/** libvirt's VMware Player driver asks these two for their version, and nothing else of them. */
const STUB = '#!/bin/sh\necho "VMware Player 7.1.0 build-2496824"\n';

const specs = machineSpecs(
  readPlan(`${esxiPlanText()}  images:
    on: esxi
    role: mirror
    disks_gib: [40, 100]
    networks: [lan]
    install: { authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here] }
`).plan!,
);
const MEDIA = { disk: 'images-9f86d081.vmdk', seed: 'labwright-seed.iso' };

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'labwright-vmx-'));
  for (const name of ['vmplayer', 'vmrun']) {
    writeFileSync(join(folder, name), STUB, { mode: 0o755 });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What libvirt's own parser makes of a .vmx: written by others, from VMware's files. */
function asLibvirtReads(vmx: string) {
  const file = join(folder, 'machine.vmx');
  writeFileSync(file, vmx);
  return spawnSync(
    'virsh',
    ['-c', 'vmwareplayer:///session', 'domxml-from-native', 'vmware-vmx', file],
    {
      encoding: 'utf8',
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        LC_ALL: 'C',
      },
    },
  );
}

/** As the script of a change leaves it: the old lines of its keys are gone, the new ones at the end. */
function mended(vmx: string, spec: (typeof specs)[number]): string {
  const { keys, text } = changedLines(spec);
  const old = new RegExp(`^\\s*(${keys.join('|')})\\s*=.*\n`, 'gim');
  return `${vmx.replaceAll(old, '')}${text}\n`;
}

test.each(specs.map((spec) => [spec.name, spec] as const))(
  'libvirt reads the .vmx of %s as we meant it, also after it was mended',
  (_name, spec) => {
    const media = spec.install === undefined ? undefined : MEDIA;
    const fresh = machineVmx(spec, 10, media);
    for (const text of [fresh, mended(mended(fresh, { ...spec, cpus: 1 }), spec)]) {
      const { status, stdout, stderr } = asLibvirtReads(text);
      expect(stderr.trim()).toBe('');
      expect(status).toBe(0);
      const domain = parseXml(stdout, 'domain');
      expect(textOf(child(domain, 'name'))).toBe(spec.name);
      expect(textOf(child(domain, 'uuid'))).toBe(spec.uuid);
      expect(textOf(child(domain, 'memory'))).toBe(String(spec.memoryMib * 1024));
      expect(textOf(child(domain, 'vcpu'))).toBe(String(spec.cpus));
      expect(textOf(child(domain, 'description'))).toContain(`machine=${spec.name}`);
      const all = (name: string) => [...domain.getElementsByTagName(name)];
      const cards = all('interface').map((nic) => [
        child(nic, 'mac')?.getAttribute('address'),
        child(nic, 'source')?.getAttribute('bridge'),
        child(nic, 'model')?.getAttribute('type'),
      ]);
      expect(cards).toEqual(spec.nics.map(({ mac, bridge }) => [mac, bridge, 'vmxnet3']));
      const disks = all('disk').map((disk) => [
        disk.getAttribute('device'),
        child(disk, 'source')?.getAttribute('file'),
      ]);
      const [first, ...others] = spec.disksGib.map((_, at) => diskFile(spec.name, at));
      expect(
        disks.map(([device, file]) => `${device} ${file?.split(/[ /]/).at(-1)}`).sort(),
      ).toEqual(
        [
          `disk ${media?.disk ?? first}`,
          ...others.map((file) => `disk ${file}`),
          ...(media ? [`cdrom ${media.seed}`] : []),
        ].sort(),
      );
      expect(all('serial')).toHaveLength(media ? 1 : 0);
      expect(all('controller')[0]?.getAttribute('model')).toBe('lsilogic');
    }
  },
);

test('the parser is no yes-man: a firmware that VMware does not know and a bad address are refused', () => {
  const good = machineVmx(specs[0]!, 10);
  expect(asLibvirtReads(`${good}firmware = "bios"\n`).stderr).toContain('firmware');
  expect(asLibvirtReads(good.replace('00:50:56', '00:5x:56')).status).not.toBe(0);
});
