import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { Journal } from '../../src/main/engine/journal.ts';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { RealLab } from './real-lab.ts';

const FILE = '/etc/netplan/50-cloud-init.yaml';
const WRONG = '    address: 10.99.99.5/24\n';

let bed: Bed;
let host: Host;
let lab: RealLab;
let yaml: string;

function plan(): PlanInput {
  const login = { port: host.port, user: host.user, auth: { key_file: host.privateKeyPath } };
  return {
    version: 1,
    name: 'bed netplan',
    hosts: { kvm: { role: 'kvm', address: host.address, ...login } },
    networks: { lan: { on: 'kvm', bridge: 'br0', uplink: 'eth0' } },
  };
}

async function must(command: string, stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await host.root(command, stdin === undefined ? {} : { stdin });
  if (code !== 0) throw new Error(`${command}: ${stderr || stdout}`);
  return stdout;
}

/** The network as a person would look at it. */
async function network() {
  return {
    eth0: (await must('ip -4 -o addr show dev eth0')).match(/inet (\S+)/)?.[1],
    br0: (await host.root('ip -4 -o addr show dev br0')).stdout.match(/inet (\S+)/)?.[1],
    bridge: (await host.root('ip link show dev br0')).code === 0,
    way: (await must('ip route show default')).match(/default via (\S+) dev (\S+)/)?.slice(1, 3),
    same: (await must(`cat ${FILE}`)) === yaml,
    left: (
      await host.root('ls -A /etc/systemd/system/*labwright* /etc/systemd/system/*/*labwright*')
    ).stdout,
  };
}

const asItWas = () => ({
  eth0: `${host.address}/16`,
  br0: undefined,
  bridge: false,
  way: [bed.address, 'eth0'],
  same: true,
  left: '',
});

beforeAll(async () => {
  bed = await openBed();
  host = await bed.host({ name: 'netplan', kernelSettings: true, ownNetwork: true });
  lab = await RealLab.make(plan());
  await lab.trust(host, 'kvm');
  await must('apt-get update && apt-get install -y --no-install-recommends udev netplan.io');
  // As Ubuntu's installer leaves it.
  yaml = `# made by hand
network:
  version: 2
  ethernets:
    eth0:
      addresses: [${host.address}/16]
      nameservers:
        addresses: [${bed.address}]
      routes:
        - to: default
          via: ${bed.address}
`;
  await must(`cat > ${FILE} && chmod 600 ${FILE}`, yaml);
  await must('systemctl start systemd-udevd && systemctl enable systemd-networkd');
  await must('ip addr flush dev eth0; netplan apply');
  await until('the network of netplan', 20_000, async () => {
    const { stdout } = await host.root('ip route show default');
    return stdout.includes(bed.address) ? true : undefined;
  });
  // Only the network is of interest here: libvirt would take half a minute to install.
  const path = join(lab.directory, '.labwright/journal.db');
  const journal = Journal.open(path, { now: Date.now, who: 'ann' });
  const id = 'kvm.packages@kvm';
  journal.append({ kind: 'claim', id, what: 'skipped', who: 'ann', why: 'not of interest' });
  journal.close();
}, 120_000);

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

describe('a host whose network is netplan’s', () => {
  test('the bridge takes the address over, and a second time nothing is done', async () => {
    const { stdout } = await lab.run('apply', '--yes', '--json', '--step', 'network.bridge');
    expect(JSON.parse(stdout)).toMatchObject({ run: { state: 'succeeded' } });
    expect(await network()).toEqual({
      ...asItWas(),
      eth0: undefined,
      br0: `${host.address}/16`,
      bridge: true,
      way: [bed.address, 'br0'],
      same: false,
    });
    expect(await must(`cat ${FILE}`)).toMatch(/^# made by hand$[\s\S]*^ +addresses: \[10\.77/m);
    expect(await must(`stat -c %a ${FILE}`)).toBe('600\n');
    expect(await must('ip -d link show dev br0')).toContain('stp_state 0');
    const again = await lab.run('apply', '--yes', '--json', '--step', 'network.bridge');
    expect(JSON.parse(again.stdout)).not.toHaveProperty('run');
    expect(again.code).toBe(0);
  }, 60_000);

  test('a restart of the host keeps what was confirmed', async () => {
    await host.reboot();
    expect(await network()).toMatchObject({ br0: `${host.address}/16`, bridge: true, left: '' });
  }, 60_000);

  test('undo restores the file, byte for byte, and the network', async () => {
    const [run] = lab
      .rows()
      .flatMap(({ entry }) => (entry.kind === 'run-started' ? [entry.run] : []));
    const { code, stderr } = await lab.run('undo', '--run', run ?? '', '--yes');
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
    expect(await network()).toEqual(asItWas());
  }, 60_000);

  test('a host that goes down before the new network was confirmed comes back with the old one', async () => {
    await lab.change((text) => text.replace(/( +uplink: eth0\n)/, `$1${WRONG}`));
    const apply = lab.launch('apply', '--yes', '--json', '--step', 'network.bridge');
    await apply.waitFor('the wrong network', 40_000, async () => {
      const jobs = 'for d in /var/lib/labwright/jobs/*; do [ -e $d/exit ] || echo running; done';
      const { stdout } = await host.root(`ip -4 -o addr; ${jobs}`);
      return stdout.includes('10.99.99.5') && !stdout.includes('running') ? true : undefined;
    });
    await host.reboot();
    const { code, stdout } = await apply.ended;
    expect({ code, put: stdout.includes('bridge.put-back') }).toEqual({ code: 2, put: true });
    expect(await network()).toEqual(asItWas());
  }, 120_000);

  test('one that cannot be reached by its new address puts the old network back by itself', async () => {
    const { code, stdout } = await lab.run('apply', '--yes', '--json', '--step', 'network.bridge');
    expect({ code, put: stdout.includes('bridge.put-back') }).toEqual({ code: 2, put: true });
    expect(await network()).toEqual(asItWas());
  }, 140_000);
});
