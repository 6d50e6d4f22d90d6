import ssh2 from 'ssh2';
import type { PlanInput } from '../../contract/plan.ts';
import type { StreamImage } from './maas/images.ts';
import { libvirtIron } from './maas/libvirt-iron.ts';
import { startPracticeMaas } from './maas/practice-maas.ts';
import type { RegionTime } from './maas/region-time.ts';
import { UPLINK } from './network.ts';
import { type PracticeHost, startPracticeHost } from './practice-host.ts';
import {
  closeLab,
  KVM_DISK_BYTES,
  type PracticeLab,
  type PracticeLabOptions,
  writeLab,
} from './practice-lab.ts';

/**
 * What takes a real MAAS minutes takes this much less here, so that it can be watched. Its clock is the
 * real one: requests are dated by it.
 */
const HURRY = 12;

const hurried = (times: number): RegionTime => ({
  now: Date.now,
  after: (milliseconds, happens) => void setTimeout(happens, milliseconds / times).unref(),
});

/** On the wire that the KVM host's card is on, too: its machines meet MAAS over a bridge. */
const MAAS_ADDRESS = '192.0.2.10';
const MAAS_UPLINK = { ...UPLINK, mac: '52:54:00:00:02:10', address: `${MAAS_ADDRESS}/24` };

/** The key that the room's administrator has; the lab's folder holds it, as it does the SSH key. */
const API_KEY = 'PracticeRoomConsumer:PracticeRoomToken0:PracticeRoomSecret';

const HEAD = ` The practice room with MAAS: a server on which MAAS runs, and a KVM host with two machines, all
 simulated on this computer and reached over real SSH. MAAS works twelve times as fast as a real one.`;

const image = (release: string): StreamImage => ({
  os: 'ubuntu',
  release,
  arch: 'amd64',
  kernel: 'generic',
  subarches: 'generic',
  version: '20260101',
  label: 'stable',
  files: { squashfs: { size: 400_000_000, sha256: 'ab'.repeat(32) } },
});

export interface MaasRoomOptions extends Pick<PracticeLabOptions, 'directory' | 'now'> {
  readonly line: '1.7' | '3.3';
  /** What takes MAAS minutes takes this much less. */
  readonly hurry?: number;
}

/** A MAAS server whose API answers, and a KVM host whose machines it switches. */
export async function startMaasRoom(
  options: MaasRoomOptions,
): Promise<PracticeLab & { readonly kvm: PracticeHost }> {
  const { directory, now, line, hurry = HURRY } = options;
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const release = line === '1.7' ? 'trusty' : 'focal';
  const common = { authorizedKeys: [keys.public], sudo: 'no-password', now } as const;
  const kvm = await startPracticeHost({
    ...common,
    hostname: 'kvm',
    kvm: true,
    diskBytes: KVM_DISK_BYTES,
  });
  const region = await startPracticeMaas({
    line,
    time: hurried(hurry),
    iron: libvirtIron(kvm.domains),
    streams: () => [image(release)],
    admin: { name: 'admin', email: 'admin@example.com', password: 'practice' },
    key: API_KEY,
    rack: { id: 'rack01', hostname: 'maas' },
    networks: [{ cidr: '192.0.2.0/24', address: MAAS_ADDRESS }],
  });
  const api = Number(new URL(region.address).port);
  const apiPort = line === '1.7' ? 80 : 5240;
  const host = await startPracticeHost({
    ...common,
    hostname: 'maas',
    release: line === '1.7' ? 'trusty' : 'jammy',
    uplink: MAAS_UPLINK,
    service: (port) => (port === apiPort ? api : undefined),
  });
  const plan = maasRoomPlan({ host, kvm, line, release, publicKey: keys.public });
  const path = await writeLab(directory, host, keys.private, plan, HEAD, {
    secrets: { 'maas-api-key': API_KEY },
    hosts: [kvm],
  });
  return {
    path,
    host,
    kvm,
    close: async () => {
      await closeLab(directory, host);
      await Promise.all([kvm.close(), region.close()]);
    },
  };
}

interface MaasRoomPlan {
  readonly host: PracticeHost;
  readonly kvm: PracticeHost;
  readonly line: '1.7' | '3.3';
  readonly release: string;
  readonly publicKey: string;
}

function maasRoomPlan({ host, kvm, line, release, publicKey }: MaasRoomPlan): PlanInput {
  const login = ({ address, port, user }: PracticeHost) => ({
    address,
    port,
    user,
    auth: { key_file: '.labwright/practice-key' },
  });
  return {
    version: 1,
    name: 'Practice room: MAAS',
    id: 'practice-maas',
    hosts: {
      kvm: { role: 'kvm', ...login(kvm) },
      maas: { role: 'maas', ...login(host) },
    },
    networks: { lan: { on: 'kvm', bridge: 'br0', uplink: 'eth0', provisioning: true } },
    machines: {
      node: {
        on: 'kvm',
        count: 2,
        cpus: 1,
        memory_mib: 2048,
        disks_gib: [16],
        networks: ['lan'],
        maas: { tags: ['practice'], deploy: { release } },
      },
    },
    maas: {
      host: 'maas',
      line: line === '1.7' ? '1.7' : '3.x',
      admin: { email: 'admin@example.com' },
      settings: { upstream_dns: ['192.0.2.1'], kernel_options: 'console=ttyS0,115200n8' },
      ssh_keys: [publicKey.trim().split(/\s+/).slice(0, 2).join(' ')],
      images: {
        source: 'http://images.maas.io/ephemeral-v3/stable/',
        releases: [release],
      },
      subnets: {
        lan: {
          cidr: '192.0.2.0/24',
          network: 'lan',
          interface: 'eth0',
          gateway: UPLINK.gateway,
          dynamic: { from: '192.0.2.100', to: '192.0.2.150' },
          ...(line === '1.7' ? { static: { from: '192.0.2.160', to: '192.0.2.190' } } : {}),
        },
      },
    },
  };
}
