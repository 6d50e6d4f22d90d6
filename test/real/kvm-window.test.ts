import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { PlanInput } from '../../src/contract/plan.ts';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { LabwrightApp } from '../e2e/labwright-app.ts';
import { Screens } from '../e2e/screens.ts';

/** As in kvm.test.ts: the outer machine sees to control groups, name spaces and ownership. */
const QEMU_CONF = `cgroup_controllers = [ ]
namespaces = [ ]
security_driver = "none"
remember_owner = 0
`;
/** How long it may take until the window shows what someone did on the host: 2 s when nothing else runs. */
const SEEN_MS = 6000;
/** A busy computer unpacks libvirt and QEMU in minutes. */
const PACKAGES_MS = 240_000;
/** After this a host that hears nothing of us has ended what it did for us (domain-events.ts). */
const LEASE_MS = 25_000;

const STEPS = [
  ...['reachable', 'sudo', 'clock', 'packages', 'service', 'group', 'storage'].map(
    (step) => `kvm.${step}`,
  ),
  'network.bridge',
  'network.isolated',
  'nodes.room',
  'nodes.machine',
];

let bed: Bed;
let host: Host;
let app: LabwrightApp;
let screens: Screens;
let interfaces: string;
let path: string;

function plan(): PlanInput {
  const login = { port: host.port, user: host.user, auth: { key_file: host.privateKeyPath } };
  return {
    version: 1,
    name: 'bed window',
    id: 'bed-window',
    hosts: { kvm: { role: 'kvm', address: host.address, ...login } },
    networks: {
      lan: { on: 'kvm', bridge: 'br0', uplink: 'eth0' },
      pxe: { on: 'kvm', bridge: 'br1', provisioning: true },
    },
    machines: {
      node: { on: 'kvm', cpus: 1, memory_mib: 256, disks_gib: [1], networks: ['pxe', 'lan'] },
    },
  };
}

async function must(command: string, stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await host.root(command, stdin === undefined ? {} : { stdin });
  if (code !== 0) throw new Error(`${command}: ${stderr || stdout}`);
  return stdout;
}

const virsh = (command: string) => must(`virsh -q -c qemu:///system ${command}`);

/** What is there of the chapters' making, however it came. */
const everything = () =>
  must(`cat /etc/network/interfaces; ip -4 -o addr show dev eth0 | sed 's/.*inet/inet/'
ip -o link show type bridge; id -Gn ubuntu; ls -A /var/lib/libvirt/images 2>/dev/null
ls -A /etc/systemd/system/*labwright* /etc/systemd/system/*/*labwright* 2>/dev/null
virsh -q -c qemu:///system list --all 2>/dev/null; virsh -q -c qemu:///system pool-list --all 2>/dev/null
dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' bridge-utils libvirt-clients 2>/dev/null | grep ^ii; true`);

const panel = () => screens.page.getByRole('complementary', { name: screens.text('nav.side') });
const row = (name: string) =>
  screens.page.getByRole('grid').getByRole('row').filter({ hasText: name });

/** The table of machines says so, without anyone asking. */
const powerIs = (power: 'on' | 'off', timeout = SEEN_MS) =>
  row('node')
    .getByText(screens.text(`nodes.power.${power}`), { exact: true })
    .waitFor({ timeout });

/** Applies all that can be planned now; its preview touches what wants consent. */
async function applyAll(): Promise<void> {
  await screens.button('guide.applyAll').click();
  await panel().getByText(screens.text('risk.agree'), { exact: true }).click();
  await panel()
    .getByRole('button', {
      name: new RegExp(screens.text('guide.applySteps', { n: 0 }).replace('0', '\\d+')),
    })
    .click();
}

const listeners = async () =>
  (await host.root('pgrep -fc "virsh .*[e]vent --event"')).stdout.trim();

beforeAll(async () => {
  bed = await openBed();
  host = await bed.host({ name: 'kvm', kernelSettings: true, recommends: false });
  interfaces = `auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address ${host.address}/16
    gateway ${bed.address}
`;
  await must('apt-get update && apt-get install -y --no-install-recommends ifupdown procps');
  await must('cat > /etc/network/interfaces', interfaces);
  await must('ip addr flush dev eth0; ifup eth0');
  await must('mkdir -p /etc/libvirt && cat > /etc/libvirt/qemu.conf', QEMU_CONF);
  await must('echo force-confold > /etc/dpkg/dpkg.cfg.d/keep');
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  const folder = join(app.home, 'lab');
  mkdirSync(folder);
  path = join(folder, 'lab.yaml');
  writeFileSync(path, stringify(plan()));
}, 120_000);

afterAll(async () => {
  await app?.close();
  await bed?.stop();
});

describe('a KVM host, from a fingerprint to a running machine in the window', () => {
  let before: string;

  test('the chapters are applied from their previews', async () => {
    before = await everything();
    await screens.openAt(path, 'guide');
    await screens.go('hosts');
    await screens.page.getByText(host.hostKeyFingerprint).first().waitFor();
    await screens.button('hosts.trust').click();
    await screens.go('guide');
    await screens.stepIs('kvm.packages', 'todo');
    await applyAll();
    await screens
      .step('kvm.packages')
      .and(screens.page.locator('[data-state="done"]'))
      .waitFor({ timeout: PACKAGES_MS });
    await screens.stepIs('network.bridge', 'done');
    await screens.stepIs('kvm.storage', 'todo');
    await applyAll();
    await screens.allDone(STEPS);
    expect(await must('ip -4 -o addr show dev br0')).toContain(`${host.address}/16`);
    expect((await virsh('list --all --name')).trim()).toBe('node');
  }, 500_000);

  test('a second time there is nothing to do', async () => {
    await screens.button('top.checkAll').click();
    await screens.allDone(STEPS);
    expect(await screens.button('guide.applyAll').isEnabled()).toBe(false);
  }, 60_000);

  test('the machine is switched on from its preview; what others do is seen without asking', async () => {
    await screens.go('nodes');
    await powerIs('off');
    await row('node').click();
    await panel()
      .getByRole('button', { name: screens.text('nodes.powerTo.on') })
      .click();
    await panel().getByText(screens.text('risk.agree')).click();
    await panel()
      .getByRole('button', { name: screens.text('nodes.powerApply.on'), exact: true })
      .click();
    await powerIs('on', 60_000);
    expect(await virsh('domstate node')).toContain('running');
    await virsh('destroy node');
    await powerIs('off');
    await virsh('start node');
    await powerIs('on');
    await virsh('destroy node');
    await powerIs('off');
    // Its daemon is restarted: the listener is back within a beat or two.
    const first = await must('pgrep -f "virsh .*[e]vent --event"');
    await must('systemctl restart libvirtd');
    await until('another listener', 20_000, async () => {
      const { stdout } = await host.root('pgrep -f "virsh .*[e]vent --event"');
      return stdout !== '' && stdout !== first ? true : undefined;
    });
    await virsh('start node');
    await powerIs('on');
  }, 120_000);

  test('nobody listens on the host any more when the link is cut or the app is killed', async () => {
    expect(await listeners()).toBe('1');
    expect(app.pageErrors).toEqual([]);
    await host.linkDown();
    await until('no virsh stays', LEASE_MS, async () =>
      (await listeners()) === '0' ? true : undefined,
    );
    await host.linkUp();
    await virsh('destroy node');
    await powerIs('off', 60_000);
    await until('a listener is back', 30_000, async () =>
      (await listeners()) === '1' ? true : undefined,
    );
    await app.startAgain();
    await until('no virsh of the killed app stays', LEASE_MS, async () =>
      (await listeners()) === '0' ? true : undefined,
    );
    await screens.openAt(path, 'nodes');
    await until('a listener of the new one', 30_000, async () =>
      (await listeners()) === '1' ? true : undefined,
    );
    await virsh('start node');
    await powerIs('on');
    await virsh('destroy node');
    await powerIs('off');
  }, 180_000);

  test('taking both runs back leaves what was there', async () => {
    await screens.go('guide');
    // By a step of each: that of the machine shows its last change of power.
    for (const step of ['kvm.storage', 'kvm.packages']) {
      await screens.step(step).click();
      await screens.button('undo.open').click();
      await panel().getByText(screens.text('risk.agree'), { exact: true }).click();
      await panel()
        .getByRole('button', { name: screens.text('undo.button') })
        .click();
      await screens.stepIs(step, 'drifted');
      await screens.page.getByTestId('run-banner').waitFor({ state: 'detached', timeout: 90_000 });
    }
    expect(await everything()).toBe(before);
    // While the app was killed its page found nobody to talk to.
    expect(app.pageErrors.filter((error) => !error.includes('WebSocket'))).toEqual([]);
  }, 240_000);
});
