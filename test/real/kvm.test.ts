import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/contract/finding.ts';
import type { Inventory } from '../../src/contract/inventory.ts';
import type { PlanInput } from '../../src/contract/plan.ts';
import { INVENTORY_KEY } from '../../src/main/engine/hypervisor.ts';
import { dhcpAnswersByMac } from '../../src/main/engine/probes/kvm.ts';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { notDone, RealLab } from './real-lab.ts';

/**
 * QEMU in a container: its own control groups, name spaces and ownership of files are the outer
 * machine's business.
 */
const QEMU_CONF = `cgroup_controllers = [ ]
namespaces = [ ]
security_driver = "none"
remember_owner = 0
`;

/** No hardware virtualization can be had here: that step is honest and stays manual. */
const EMULATED = { 'kvm.acceleration': 'manual' };

let bed: Bed;
let host: Host;
let lab: RealLab;

function plan(): PlanInput {
  return {
    version: 1,
    name: 'bed kvm',
    id: 'bed-kvm',
    hosts: {
      kvm: {
        role: 'kvm',
        address: host.address,
        port: host.port,
        user: host.user,
        auth: { key_file: host.privateKeyPath },
      },
    },
    networks: {
      lan: { on: 'kvm', bridge: 'br0', uplink: 'eth0' },
      pxe: { on: 'kvm', bridge: 'br1', provisioning: true },
    },
    machines: {
      node: {
        on: 'kvm',
        count: 2,
        cpus: 1,
        memory_mib: 512,
        disks_gib: [1, 1],
        networks: ['pxe', 'lan'],
      },
      booter: { on: 'kvm', cpus: 1, memory_mib: 256, disks_gib: [1], networks: ['lan'] },
    },
  };
}

/** Runs a command on a host that must succeed for the test to mean anything. */
async function must(on: Host, command: string, options: { stdin?: string } = {}): Promise<void> {
  const { code, stderr, stdout } = await on.root(command, options);
  if (code !== 0) throw new Error(`${command}: ${stderr || stdout}`);
}

/** Runs virsh on the host as a person would. */
async function virsh(command: string): Promise<string> {
  const { stdout, stderr } = await host.root(`virsh -q -c qemu:///system ${command}`);
  return stdout + stderr;
}

/** Defines a machine past us, as someone else would. */
async function define(xml: string): Promise<void> {
  await must(host, 'cat > /tmp/domain.xml && virsh -q -c qemu:///system define /tmp/domain.xml', {
    stdin: xml,
  });
}

async function apply(...steps: string[]): Promise<void> {
  const args = steps.flatMap((step) => ['--step', step]);
  const { code, stderr, stdout } = await lab.run('apply', '--yes', ...args);
  expect({ code, said: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, said: '' });
}

/** What PortFast's step finds when a machine is switched on while it measures. */
async function measured(switchOn: () => Promise<unknown>) {
  const run = lab.launch('check', '--json', '--step', 'network.portfast', '--measure');
  await run.waitFor('the watch on the bridge', 40_000, async () => {
    const { stdout } = await host.root('cat /var/lib/labwright/jobs/probe-*/log');
    return stdout.includes('watching') ? true : undefined;
  });
  await switchOn();
  const { findings } = JSON.parse((await run.ended).stdout) as { findings: Finding[] };
  return findings[0];
}

/** Hears what machines report, one request at a time. */
async function listen(address: string) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.end('ok');
    server.emit('heard');
  });
  server.listen(0, address);
  await once(server, 'listening');
  let taken = 0;
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}/report`,
    get count() {
      return heard.length;
    },
    async next(deadlineMs: number): Promise<string> {
      while (heard.length <= taken) {
        await once(server, 'heard', { signal: AbortSignal.timeout(deadlineMs) });
      }
      taken += 1;
      return heard[taken - 1] ?? '';
    },
    close: () => new Promise((done) => server.close(done)),
  };
}

beforeAll(async () => {
  bed = await openBed();
  host = await bed.host({
    name: 'kvm',
    kernelSettings: true,
    ownNetwork: true,
    recommends: false,
  });
  lab = await RealLab.make(plan());
  await lab.trust(host, 'kvm');
  // As the guide has it: the network is configured in /etc/network/interfaces.
  const interfaces = `# made by hand
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address ${host.address}/16
    gateway ${bed.address}
`;
  await must(host, 'apt-get update && apt-get install -y --no-install-recommends ifupdown');
  await must(host, 'cat > /etc/network/interfaces', { stdin: interfaces });
  await must(host, 'ip addr flush dev eth0; ifup eth0');
}, 240_000);

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

describe('the KVM chapters on a real host', () => {
  test('a host without libvirt is told so, and nothing is changed by looking', async () => {
    const states = await lab.states();
    expect(states).toMatchObject({
      'kvm.reachable': 'done',
      'kvm.sudo': 'done',
      'kvm.packages': 'todo',
      'kvm.service': 'blocked',
      'network.bridge': 'blocked',
      'nodes.machine': 'blocked',
    });
  });

  test('packages, service, group and storage are brought to done', async () => {
    await apply('kvm.packages');
    await must(host, 'cat > /etc/libvirt/qemu.conf && systemctl restart libvirtd', {
      stdin: QEMU_CONF,
    });
    await apply('kvm.service', 'kvm.group', 'kvm.storage');
    const states = await lab.states();
    expect(states).toMatchObject({ 'kvm.group': 'done', 'kvm.storage': 'done', ...EMULATED });
    expect(await virsh('pool-list --name')).toContain('default');
    expect((await host.root('id -Gn ubuntu')).stdout).toContain('libvirt');
  }, 280_000);

  test('a libvirt that cannot be asked is told so, and what rests on it waits', async () => {
    await must(host, 'mv /usr/bin/virsh /usr/bin/virsh.away');
    const { findings } = await lab.check();
    await must(host, 'mv /usr/bin/virsh.away /usr/bin/virsh');
    expect(findings['kvm.service']).toMatchObject({
      state: 'drifted',
      reason: { params: { said: expect.stringContaining('not found') } },
    });
    expect(findings['nodes.machine']?.state).toBe('blocked');
    expect((await lab.states())['kvm.service']).toBe('done');
  }, 60_000);

  test('the bridge takes the address of the uplink over, while we stay logged in', async () => {
    await apply('network.bridge', 'network.isolated');
    const { stdout } = await host.root('ip -4 -o addr show dev br0; cat /etc/network/interfaces');
    expect(stdout).toContain(`${host.address}/16`);
    expect(stdout).toContain('# made by hand');
    expect((await host.root('ip -d link show br1')).stdout).toContain('stp_state 0');
    const states = await lab.states();
    expect(states).toMatchObject({
      'network.bridge': 'done',
      'network.isolated': 'done',
      'network.quiet': 'done',
    });
  }, 120_000);

  test('machines are made switched off, network first, with the addresses of the plan', async () => {
    const before = await virsh('list --all --name');
    expect(before.trim()).toBe('');
    // In the middle of it libvirt is restarted: what was begun is finished by doing it again.
    const run = lab.launch('apply', '--yes', '--step', 'nodes.machine');
    await run.waitFor('the first machine', 60_000, async () =>
      (await virsh('list --all --name')).includes('booter') ||
      (await virsh('list --all --name')).includes('node')
        ? true
        : undefined,
    );
    await must(host, 'systemctl restart libvirtd');
    expect(await run.ended).toMatchObject({ code: expect.toSatisfy((code) => code !== null) });
    await apply('nodes.machine');
    expect((await virsh('list --all --name')).trim().split('\n').sort()).toEqual([
      'booter',
      'node-1',
      'node-2',
    ]);
    expect((await virsh('vol-list default')).match(/\.qcow2\b/g)).toHaveLength(10);
    expect(await virsh('domstate node-1')).toContain('shut off');
    expect(notDone(await lab.states())).toEqual(EMULATED);
    const again = await lab.run('apply', '--yes', '--json');
    expect(JSON.parse(again.stdout)).not.toHaveProperty('run');
  }, 120_000);

  test('a machine that was changed by hand is drift, and mended while it is off', async () => {
    const xml = await virsh('dumpxml --inactive node-1');
    const changed = xml
      .replaceAll(/<boot order='\d'\/>/g, '')
      .replace(/(<os>[\s\S]*?<\/type>)/, "$1<boot dev='hd'/>");
    await define(changed);
    const { findings } = await lab.check('--step', 'nodes.machine@node-1');
    expect(findings['nodes.machine']).toMatchObject({
      state: 'drifted',
      reason: { key: 'machine.boot-order' },
    });
    await apply('nodes.machine@node-1');
    expect(await virsh('dumpxml --inactive node-1')).toContain("<boot order='1'/>");
  }, 60_000);

  test('another one’s machine of the same name is never touched', async () => {
    const foreign = `<domain type='qemu'><name>node-3</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os></domain>`;
    await define(foreign);
    await lab.change((text) => text.replace('count: 2', 'count: 3'));
    const { findings } = await lab.check('--step', 'nodes.machine@node-3');
    expect(findings['nodes.machine']).toMatchObject({
      state: 'manual',
      reason: { key: 'machine.foreign' },
    });
    const { stdout } = await lab.run('plan', '--json', '--step', 'nodes.machine@node-3');
    expect(JSON.parse(stdout).steps).toEqual([]);
    // Nor is one whose description nobody can read; the others are seen as before.
    const library = 'x'.repeat(1_000_000);
    await define(
      foreign
        .replace('node-3', 'library')
        .replace('<os>', `<description>${library}</description><os>`),
    );
    expect((await lab.check('--step', 'nodes.machine@node-1')).findings).toMatchObject({
      'nodes.machine': { state: 'done' },
    });
    const inventory = lab.fact('kvm', INVENTORY_KEY) as Inventory;
    const uuid = (await virsh('domuuid library')).trim();
    expect(inventory.unreadable).toEqual([uuid]);
    expect(inventory.machines.map(({ name }) => name).sort()).toEqual([
      ...['booter', 'node-1', 'node-2', 'node-3'],
    ]);
    expect(await virsh('dumpxml --inactive library')).toContain(library);
    await virsh('undefine library');
    await lab.change((text) => text.replace('count: 3', 'count: 2'));
  }, 60_000);

  test('a machine of ours boots from the network and reports in; spanning tree stops it, and is named', async () => {
    const reports = await listen(bed.address);
    const boots = await bed.host({ name: 'dhcp' });
    await must(boots, 'apt-get update && apt-get install -y --no-install-recommends dnsmasq-base');
    await must(boots, 'mkdir /srv/tftp && cat > /srv/tftp/boot.ipxe', {
      stdin: `#!ipxe\nimgfetch ${reports.url}?mac=\${net0/mac:hexraw}\nsleep 600\n`,
    });
    await must(
      boots,
      'systemd-run dnsmasq --no-daemon --port=0 --interface=eth0 --bind-interfaces --dhcp-range=10.77.50.10,10.77.50.50,255.255.0.0,10m --dhcp-boot=boot.ipxe --enable-tftp --tftp-root=/srv/tftp',
    );
    const mac = /<mac address='([0-9a-f:]+)'/.exec(await virsh('dumpxml booter'))?.[1] ?? '';
    await lab.change((text) =>
      text.replace('uplink: eth0', 'uplink: eth0\n    provisioning: true'),
    );
    expect(
      (await lab.check('--step', 'network.portfast')).findings['network.portfast'],
    ).toMatchObject({ state: 'manual', reason: { key: 'network.portfast.never' } });
    const quick = await measured(() => virsh('start booter'));
    expect(quick).toMatchObject({
      state: 'done',
      reason: { key: 'network.portfast.done', params: { bridge: 'br0', mac } },
    });
    expect(Number(quick?.reason.params?.seconds)).toBeLessThan(15);
    expect(await reports.next(90_000)).toContain(mac.replaceAll(':', ''));
    await virsh('destroy booter');

    // The port of a machine that starts now listens and learns first; its firmware gives up before.
    await host.root('ip link set dev br0 type bridge stp_state 1 forward_delay 1500');
    await until('the host answers again', 60_000, async () => {
      const { findings } = await lab.check('--step', 'network.bridge');
      return findings['network.bridge']?.reason.key === 'bridge.stp' ? true : undefined;
    });
    const closed = await measured(async () => {
      await virsh('start booter');
      await must(
        host,
        'systemd-run -q sh -c "cat $(virsh -q -c qemu:///system ttyconsole booter) > /tmp/serial"',
      );
    });
    expect(closed).toMatchObject({
      state: 'manual',
      reason: { key: 'network.portfast.never-through', params: { bridge: 'br0', mac } },
      keystrokes: expect.stringContaining('spanning-tree portfast'),
    });
    const { seconds } = closed?.reason.params ?? {};
    expect(Number(seconds)).toBeGreaterThan(25);
    expect(Number(seconds)).toBeLessThan(40);
    expect((await host.root('cat /tmp/serial')).stdout).toContain('No configuration methods');
    expect(reports.count).toBe(1);
    await virsh('destroy booter');
    await apply('network.bridge');
    await virsh('start booter');
    await reports.next(90_000);
    await virsh('destroy booter');

    // On the wire that nodes boot from, the same server is a rival of MAAS.
    // So it is for one who asks by the hardware address of an interface, as on a portgroup.
    const { stdout: own } = await host.root('cat /sys/class/net/eth0/address');
    const probe = dhcpAnswersByMac(own.trim());
    const [{ findings }, asked] = await Promise.all([
      lab.check('--step', 'network.quiet@lan'),
      host.root(probe.script),
    ]);
    expect(findings['network.quiet']).toMatchObject({
      state: 'manual',
      reason: { key: 'network.other-dhcp', params: { servers: boots.address } },
    });
    expect(await probe.parse({ exitCode: asked.code ?? 1, text: asked.stdout })).toEqual({
      servers: [boots.address],
    });
    await lab.change((text) => text.replace('    provisioning: true\n', ''));
    await reports.close();
    await boots.stop();
  }, 400_000);

  /** Takes a quarter of its memory from a machine, and mends it after a snapshot. */
  async function mendAfterSnapshot(): Promise<string> {
    const xml = await virsh('dumpxml --inactive node-2');
    await define(xml.replaceAll('524288', '393216'));
    const step = ['--step', 'nodes.machine@node-2', '--snapshot'];
    const planned = JSON.parse((await lab.run('plan', '--json', ...step)).stdout);
    expect(planned.snapshots).toEqual([{ machine: 'node-2' }]);
    const { code, stdout } = await lab.run('apply', '--json', '--expect', planned.digest, ...step);
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { run: { id: string } }).run.id;
  }
  const changed = async (...args: string[]) => {
    const { code, stderr, stdout } = await lab.run(args[0]!, '--yes', ...args.slice(1));
    expect({ code, said: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, said: '' });
  };

  test('a snapshot first is a way back, which real libvirt keeps inside the disk', async () => {
    const memory = async () => /<memory unit='KiB'>(\d+)/.exec(await virsh('dumpxml node-2'))?.[1];
    const run = await mendAfterSnapshot();
    expect(await memory()).toBe('524288');
    expect((await virsh('snapshot-list node-2 --name')).trim()).toBe(`labwright-${run}`);
    const { findings } = await lab.check('--step', 'nodes.machine@node-2');
    expect(findings['nodes.machine']?.notes.map(({ key }) => key)).toContain('snapshot.stays');
    await changed('undo', '--run', run, '--revert');
    expect(await memory()).toBe('393216');
    expect((await virsh('snapshot-list node-2 --name')).trim()).toBe('');

    await apply('nodes.machine@node-2');
    const kept = await mendAfterSnapshot();
    await changed('drop-snapshots', '--run', kept);
    expect(await memory()).toBe('524288');
    expect((await virsh('snapshot-list node-2 --name')).trim()).toBe('');
    // One stays for the teardown to find.
    await mendAfterSnapshot();
  }, 240_000);

  test('what left the plan is named; a machine of another one that came into it is left alone', async () => {
    const uuid = (await virsh('domuuid node-3')).trim();
    const adopted = `theirs:\n    adopt: ${uuid}\n    on: kvm\n    role: other\n    networks: [ pxe ]\n  booter:`;
    await lab.change((text) => text.replace('count: 2', 'count: 1').replace('booter:', adopted));
    const { findings } = await lab.check('--step', 'nodes.leftovers');
    expect(findings['nodes.leftovers']).toMatchObject({
      state: 'manual',
      reason: { params: { names: 'node-2' } },
    });
    const theirs = await lab.check('--step', 'nodes.machine@theirs');
    expect(theirs.findings['nodes.machine']).toMatchObject({
      state: 'manual',
      reason: { key: 'adopt.unmarked' },
    });
    const { stdout } = await lab.run('plan', '--json');
    expect(JSON.parse(stdout).steps).toEqual([]);
  }, 60_000);

  test('the lab is taken down whole, and exactly what was there before is left', async () => {
    const theirs = await virsh('dumpxml --inactive node-3');
    await virsh('start booter');
    const { stdout } = await lab.run('teardown', '--json', '--expect', 'another');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'preview-outdated' } });
    await changed('teardown');
    expect(await virsh('dumpxml --inactive node-3')).toBe(theirs);
    // libvirt stays as long as the machine of another one runs by it.
    const again = await lab.run('teardown', '--yes');
    expect({ code: again.code, said: again.stdout }).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('kvm.packages@kvm');
    expect(again.stdout).toContain('node-3');
    expect((await virsh('list --all --name')).trim()).toBe('node-3');
    expect((await virsh('pool-list --all --name')).trim()).toBe('');
    expect((await virsh('net-list --all --name')).trim()).not.toContain('labwright');
    expect((await host.root('ls /var/lib/libvirt/images')).stdout).toBe('');
    const network = await host.root('ip -4 -o addr show dev eth0; ls /sys/class/net');
    expect(network.stdout).toContain(`${host.address}/16`);
    expect(network.stdout).not.toContain('br0');
    expect((await host.root('id -Gn ubuntu')).stdout).not.toContain('libvirt');
  }, 240_000);

  test('a host that goes down before its new network was confirmed comes back with the old one', async () => {
    await lab.change((text) =>
      text.replace('uplink: eth0', 'uplink: eth0\n    address: 10.99.99.5/24'),
    );
    const apply = lab.launch('apply', '--yes', '--step', 'network.bridge', '--json');
    await apply.waitFor('the wrong network', 40_000, async () => {
      const { stdout } = await host.root('ip -4 -o addr show dev br0');
      return stdout.includes('10.99.99.5') ? true : undefined;
    });
    await host.reboot();
    expect((await apply.ended).code).toBe(2);
    const network = await host.root('ip -4 -o addr show dev eth0; ls /sys/class/net');
    expect(network.stdout).toContain(`${host.address}/16`);
    expect(network.stdout).not.toContain('br0');
    expect((await lab.states())['network.bridge']).toBe('drifted');
  }, 120_000);
});
