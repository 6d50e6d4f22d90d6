import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { installedSpecs } from '../../src/main/guide/server-image.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { seedFiles, seedImage } from '../../src/main/seed/cloud-seed.ts';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { ensureCloudImage } from '../bed/cloud-image.ts';
import { mustRun } from '../bed/run-command.ts';
import { makeSigningKey, type SigningKey } from '../bed/signing-key.ts';
import { type Publisher, publishImage } from './image-publisher.ts';
import { RealLab } from './real-lab.ts';

/** As in kvm.test.ts: the outer machine sees to control groups, name spaces and ownership. */
const QEMU_CONF = `cgroup_controllers = [ ]
namespaces = [ ]
security_driver = "none"
remember_owner = 0
`;
const KEYRING = '/etc/image-publisher.gpg';
/** On the wire of the bed, and nobody else's. */
const ADDRESS = '10.77.20.5';
const POOL = '/var/lib/libvirt/images';

let bed: Bed;
let host: Host;
let lab: RealLab;
let folder: string;
let key: SigningKey;
let other: SigningKey;
let publisher: Publisher;
let publicKey: string;

function plan(): PlanInput {
  const login = { port: host.port, user: host.user, auth: { key_file: host.privateKeyPath } };
  return {
    version: 1,
    name: 'bed servers',
    id: 'bed-servers',
    hosts: {
      kvm: { role: 'kvm', address: host.address, ...login },
      images: { role: 'other', address: ADDRESS, ...login },
    },
    networks: { lan: { on: 'kvm', bridge: 'br0', uplink: 'eth0' } },
    machines: {
      images: {
        on: 'kvm',
        role: 'mirror',
        cpus: 2,
        memory_mib: 768,
        disks_gib: [3, 1],
        networks: ['lan'],
        nested: true,
        install: {
          image: { url: publisher.url, keyring: KEYRING },
          authorized_keys: [publicKey],
          addresses: { lan: `${ADDRESS}/16` },
          gateway: bed.address,
          nameservers: [bed.address],
        },
      },
    },
  };
}

async function apply(...steps: string[]) {
  const args = steps.flatMap((step) => ['--step', step]);
  return lab.run('apply', '--yes', '--json', ...args);
}

async function applied(...steps: string[]): Promise<void> {
  const { code, stdout, stderr } = await apply(...steps);
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
}

async function finding(step: string) {
  const { findings } = await lab.check('--step', step);
  const { state, reason } = findings[step] ?? {};
  return { state, key: reason?.key, params: reason?.params };
}

/** Runs a command on the new machine, with the key of the plan. */
const onMachine = (command: string) =>
  mustRun('ssh', [
    '-i',
    host.privateKeyPath,
    ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap(
      (option) => ['-o', option],
    ),
    `ubuntu@${ADDRESS}`,
    command,
  ]);

beforeAll(async () => {
  const image = await ensureCloudImage({ insideBed: true });
  bed = await openBed();
  folder = await mkdtemp(join(tmpdir(), 'labwright-images-'));
  [key, other] = await Promise.all([
    makeSigningKey(folder, 'publisher'),
    makeSigningKey(folder, 'stranger'),
  ]);
  publisher = await publishImage(bed.address, await readFile(image), key);
  host = await bed.host({ name: 'kvm', kernelSettings: true, recommends: false });
  publicKey = (await readFile(`${host.privateKeyPath}.pub`, 'utf8')).trim();
  lab = await RealLab.make(plan());
  await lab.trust(host, 'kvm');
  const interfaces = `auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address ${host.address}/16
    gateway ${bed.address}
`;
  await host.root('apt-get update && apt-get install -y --no-install-recommends ifupdown');
  await host.root('cat > /etc/network/interfaces', { stdin: interfaces });
  await host.root('ip addr flush dev eth0; ifup eth0');
  await host.root(`cat > ${KEYRING}`, { stdin: key.publicKey });
}, 400_000);

afterAll(async () => {
  await lab?.remove();
  await publisher?.close();
  await key?.close();
  await other?.close();
  await bed?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the seed of a machine', () => {
  const written = async () => {
    const { plan: read } = readPlan(await readFile(lab.path, 'utf8'));
    const [spec] = installedSpecs(read!);
    return { read: read!, spec: spec! };
  };

  test('is a disc that xorriso and blkid take for one, with its label and exactly its files', async () => {
    const { read, spec } = await written();
    const path = join(folder, 'seed.iso');
    await writeFile(path, seedImage(read, spec));
    expect(await mustRun('blkid', ['-p', '-o', 'export', path])).toMatch(
      /^LABEL=cidata$[\s\S]*^TYPE=iso9660$/m,
    );
    const said = await mustRun('xorriso', ['-indev', path, '-pvd_info', '-lsl', '/', '--']);
    for (const { name } of seedFiles(read, spec)) expect(said).toContain(`'${name}'`);
    // Read through each of the three namespaces, xorriso finds every byte where we said it is.
    for (const way of [[], ['-read_fs', 'norock'], ['-read_fs', 'nojoliet']]) {
      for (const { name, content } of seedFiles(read, spec)) {
        const to = join(folder, `out-${name}`);
        await rm(to, { force: true });
        await mustRun('xorriso', ['-osirrox', 'on', ...way, '-indev', path, '-extract', name, to]);
        expect(await readFile(to, 'utf8')).toBe(new TextDecoder().decode(content));
      }
    }
  });

  test('is what cloud-init’s own schema and its own renderers take', async () => {
    const { read, spec } = await written();
    const checker = await bed.host({ name: 'schema' });
    await checker.root('apt-get update && apt-get install -y --no-install-recommends cloud-init', {
      timeoutMs: 200_000,
    });
    for (const { name, content } of seedFiles(read, spec)) {
      await checker.root(`cat > /root/${name}`, { stdin: Buffer.from(content) });
    }
    const schema = await checker.root('cloud-init schema --config-file /root/user-data 2>&1');
    expect(schema.stdout).toMatch(/^Valid (cloud-config|schema)/);
    await checker.root(`printf '%s\\n' '#cloud-config' 'hostnme: x' 'users: 3' > /root/wrong`);
    expect((await checker.root('cloud-init schema --config-file /root/wrong')).code).not.toBe(0);
    for (const kind of ['netplan', 'eni', 'networkd']) {
      const made = await checker.root(
        `cloud-init devel net-convert --network-data /root/network-config --kind yaml --directory /root/${kind} --distro ubuntu --output-kind ${kind} -m nic0,${spec.nics[0]?.mac} 2>&1`,
      );
      expect({ kind, code: made.code, said: made.code === 0 ? '' : made.stdout }).toEqual({
        kind,
        code: 0,
        said: '',
      });
      const config = await checker.root(`find /root/${kind} -type f -exec cat {} +`);
      expect(config.stdout).toContain(`${ADDRESS}/16`);
      expect(config.stdout).toContain(bed.address);
    }
    await checker.stop();
  });
});

describe('a server machine on a KVM host', () => {
  test('is not begun before libvirt, network and tools are there', async () => {
    expect((await finding('servers.image')).state).toBe('blocked');
    await applied('kvm.packages');
    await host.root('cat > /etc/libvirt/qemu.conf && systemctl restart libvirtd', {
      stdin: QEMU_CONF,
    });
    await applied('kvm.service', 'kvm.storage', 'network.bridge');
    expect((await apply('servers.packages')).code).toBe(0);
  }, 280_000);

  test('an image is refused that is signed by another, or changed after it was signed', async () => {
    await publisher.publish(other);
    expect(await finding('servers.image')).toMatchObject({
      state: 'manual',
      key: 'servers.image.wrong-key',
    });
    await publisher.publish(key, true);
    expect(await finding('servers.image')).toMatchObject({
      state: 'manual',
      key: 'servers.image.tampered',
    });
    await publisher.publish(key);
    await host.root(`rm ${KEYRING}`);
    expect(await finding('servers.image')).toMatchObject({ key: 'servers.image.keyring-absent' });
    await host.root(`cat > ${KEYRING}`, { stdin: key.publicKey });
    const proxy = 'proxy: { http: "http://10.77.0.1:9" }\n';
    await lab.change((text) => proxy + text);
    expect(await finding('servers.image')).toMatchObject({ key: 'servers.image.proxy' });
    await lab.change((text) => text.replace(proxy, ''));
    await host.root(`mount -t tmpfs -o size=20m none ${POOL}`);
    expect(await finding('servers.image')).toMatchObject({ key: 'servers.image.no-room' });
    await host.root(`umount ${POOL}`);
    expect(await finding('servers.image')).toMatchObject({
      state: 'todo',
      key: 'servers.image.absent',
    });
  }, 120_000);

  test('an image with other bytes than were signed is removed, and named', async () => {
    publisher.troubles.push('spoiled');
    const { code, stdout } = await apply('servers.image');
    expect(code).toBe(2);
    expect(stdout).toContain('servers.image.wrong-hash');
    expect((await host.root(`ls ${POOL}`)).stdout).toBe('');
  }, 120_000);

  test('a download that is cut off goes on where it was, and is never repeated', async () => {
    publisher.troubles.push('cut');
    const before = publisher.fetches.length;
    await applied('servers.image');
    const [first, second, ...rest] = publisher.fetches.slice(before);
    expect({ first, rest }).toEqual({ first: 0, rest: [] });
    expect(second).toBeGreaterThan(0);
    expect(await finding('servers.image')).toMatchObject({
      state: 'done',
      params: { sha256: publisher.sha256 },
    });
    expect(JSON.parse((await apply('servers.image')).stdout)).not.toHaveProperty('run');
    // One that was touched is not believed any more; it is proved again, and not fetched again.
    await host.root(`touch ${POOL}/*.img`);
    expect((await finding('servers.image')).state).toBe('drifted');
    await applied('servers.image');
    expect(publisher.fetches.length).toBe(before + 2);
  }, 120_000);

  test('the machine is made of it: disk first, grown, with its seed in the drive', async () => {
    await applied('servers.machine');
    const { stdout: xml } = await host.root('virsh -q -c qemu:///system dumpxml images');
    expect(xml).toMatch(/<boot order='1'\/>[\s\S]*<interface[\s\S]*<boot order='2'\/>/);
    expect(xml).toMatch(/device='cdrom'[\s\S]*labwright-seed-/);
    const disk = await host.root(`qemu-img info ${POOL}/images.qcow2; ls -A ${POOL}`);
    expect(disk.stdout).toContain('virtual size: 3 GiB');
    expect(disk.stdout).not.toContain('labwright-new');
    const seed = await host.root(`blkid -p -o value -s LABEL ${POOL}/labwright-seed-*.iso`);
    expect(seed.stdout.trim()).toBe('cidata');
    expect(await finding('servers.machine')).toMatchObject({ state: 'done' });
    expect(await finding('servers.started')).toMatchObject({ key: 'servers.started.off' });
  }, 120_000);

  test('it starts without a question, and is watched until our key logs in', async () => {
    await applied('servers.started');
    const { params } = await finding('servers.started');
    const fingerprint = /ED25519 (SHA256:\S+?)(,|$)/.exec(String(params?.keys))?.[1] ?? '';
    expect((await finding('servers.installed')).state).toBe('unknown');
    // cloud-init starts sshd anew once it has set its passwords aside, so it may be away for a moment.
    await until('the machine is trusted', 120_000, async () => {
      const { code } = await lab.run('trust', '--host', 'images', '--fingerprint', fingerprint);
      return code === 0 ? true : undefined;
    });
    const state = await until('our key logs in', 120_000, async () => {
      const found = await finding('servers.installed');
      return found.state === 'unknown' ? undefined : found.state;
    });
    if (state === 'todo') await applied('servers.installed');
    expect(await finding('servers.installed')).toMatchObject({ state: 'done' });

    expect((await onMachine('hostname; sudo -n id -u')).split('\n').slice(0, 2)).toEqual([
      'images',
      '0',
    ]);
    expect(await onMachine('ip -4 -o addr show dev nic0')).toContain(`${ADDRESS}/16`);
    expect(await onMachine('ip route')).toContain(`default via ${bed.address}`);
    expect(await onMachine('sudo sshd -T')).toContain('passwordauthentication no');
    expect(await onMachine('sudo getent shadow ubuntu')).toMatch(/^ubuntu:!/);
    expect(Number(await onMachine("df -Pk / | awk 'END { print $2 }'"))).toBeGreaterThan(2_000_000);
    // Of its own account, too.
    expect(
      await onMachine(
        'cloud-init status --long || sudo grep -E "WARN|ERR|Traceback" /var/log/cloud-init.log; true',
      ),
    ).toContain('status: done');
  }, 560_000);

  test('whether it can run machines itself is asked inside it, and the cause is named', async () => {
    // QEMU emulates SVM too, so that Linux inside really gets its /dev/kvm.
    expect(await finding('servers.nested')).toMatchObject({
      state: 'done',
      key: 'servers.nested.done',
      params: { extension: 'svm' },
    });
    await onMachine('sudo modprobe -r kvm_amd');
    expect(await finding('servers.nested')).toMatchObject({
      state: 'manual',
      key: 'servers.nested.module',
      params: { module: 'kvm_amd' },
    });
    await onMachine(
      'sed "s/ svm / /" /proc/cpuinfo > /tmp/cpuinfo; sudo mount --bind /tmp/cpuinfo /proc/cpuinfo',
    );
    expect(await finding('servers.nested')).toMatchObject({
      state: 'manual',
      key: 'servers.nested.emulated',
    });
    await onMachine('sudo umount /proc/cpuinfo; sudo modprobe kvm_amd');
    expect((await finding('servers.nested')).state).toBe('done');
  }, 60_000);

  test('undo takes back the machine, its seed and the image, and nothing else', async () => {
    await host.root(`echo mine > ${POOL}/mine.img`);
    const { stdout } = await lab.run('journal', '--json', '--limit', '400');
    const { rows } = JSON.parse(stdout) as {
      rows: { entry: { kind: string; run?: string; what?: string; steps?: unknown } }[];
    };
    const runs = rows
      .filter(({ entry }) => entry.kind === 'run-started' && entry.what === 'apply')
      .filter(({ entry }) => /servers\.(image|machine|started)/.test(JSON.stringify(entry)))
      .map(({ entry }) => entry.run ?? '');
    for (const run of runs) await lab.run('undo', '--run', run, '--yes');
    expect((await host.root('virsh -q -c qemu:///system list --all --name')).stdout.trim()).toBe(
      '',
    );
    expect((await host.root(`ls -A ${POOL}`)).stdout.trim()).toBe('mine.img');
  }, 120_000);
});
