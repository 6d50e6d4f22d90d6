import ssh2 from 'ssh2';
import type { PlanInput } from '../../contract/plan.ts';
import type { StreamImage } from './maas/images.ts';
import type { Iron } from './maas/lifecycle.ts';
import { startPracticeMaas } from './maas/practice-maas.ts';
import type { RegionTime } from './maas/region-time.ts';
import { UPLINK } from './network.ts';
import { type PracticeHost, startPracticeHost } from './practice-host.ts';
import { closeLab, type PracticeLab, type PracticeLabOptions, writeLab } from './practice-lab.ts';

/**
 * What takes a real MAAS minutes takes this much less here, so that it can be watched. Its clock is the
 * real one: requests are dated by it.
 */
const HURRY = 12;

const hurried = (times: number): RegionTime => ({
  now: Date.now,
  after: (milliseconds, happens) => void setTimeout(happens, milliseconds / times).unref(),
});

/** On the wire that the machines are on. */
const MAAS_ADDRESS = '192.0.2.10';
const MAAS_UPLINK = { ...UPLINK, mac: '52:54:00:00:02:10', address: `${MAAS_ADDRESS}/24` };

/** The key that the room's MAAS makes for its administrator. */
const API_KEY = 'PracticeRoomConsumer:PracticeRoomToken0:PracticeRoomSecret';
/** Given to MAAS for its administrator; the lab's folder holds it, as it does the SSH key. */
const ADMIN_PASSWORD = 'practice';

const HEAD = ` The practice room with MAAS: a bare server for MAAS and two physical machines with IPMI, all simulated
 on this computer, the server reached over real SSH. MAAS works twelve times as fast as a real one.`;

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

/** Physical machines that do what they are told. */
const IRON: Iron = {
  query: ({ powerState }) => (powerState === 'on' ? 'on' : 'off'),
  power: () => 'done',
  hardware: () => ({ cpus: 8, memoryMib: 16_384, disksBytes: [480_000_000_000] }),
};

/** A bare server on which MAAS is installed and whose API then answers, and physical machines. */
export async function startMaasRoom(options: MaasRoomOptions): Promise<PracticeLab> {
  const { directory, now, line, hurry = HURRY } = options;
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const release = line === '1.7' ? 'trusty' : 'focal';
  const common = { authorizedKeys: [keys.public], sudo: 'no-password', now } as const;
  const region = await startPracticeMaas({
    line,
    time: hurried(hurry),
    iron: IRON,
    streams: () => [image(release)],
    admin: { name: 'admin', email: 'admin@example.com', password: ADMIN_PASSWORD },
    key: API_KEY,
    rack: { id: 'rack01', hostname: 'maas' },
    networks: [{ cidr: '192.0.2.0/24', address: MAAS_ADDRESS }],
  });
  const api = Number(new URL(region.address).port);
  const apiPort = line === '1.7' ? 80 : 5240;
  const host: PracticeHost = await startPracticeHost({
    ...common,
    hostname: 'maas',
    release: line === '1.7' ? 'trusty' : 'jammy',
    uplink: MAAS_UPLINK,
    // The region answers once MAAS is installed and has an administrator.
    service: (port) => (port === apiPort && host.maas.users.size > 0 ? api : undefined),
  });
  host.maas.firstKey = API_KEY;
  const plan = maasRoomPlan({ host, line, release, publicKey: keys.public });
  const path = await writeLab(directory, host, keys.private, plan, HEAD, {
    secrets: { 'maas-admin-password': ADMIN_PASSWORD, 'bmc-password': 'practice' },
  });
  return {
    path,
    host,
    close: async () => {
      await closeLab(directory, host);
      await region.close();
    },
  };
}

interface MaasRoomPlan {
  readonly host: PracticeHost;
  readonly line: '1.7' | '3.3';
  readonly release: string;
  readonly publicKey: string;
}

function maasRoomPlan({ host, line, release, publicKey }: MaasRoomPlan): PlanInput {
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
      maas: { role: 'maas', ...login(host) },
    },
    nodes: Object.fromEntries(
      [1, 2].map((index) => [
        `node-${index}`,
        {
          macs: [`00:00:5e:00:53:0${index}`],
          power: {
            type: 'ipmi',
            address: `192.0.2.5${index}`,
            user: 'root',
            password: 'bmc-password',
          },
          maas: { tags: ['practice'], deploy: { release } },
        },
      ]),
    ),
    maas: {
      host: 'maas',
      line: line === '1.7' ? '1.7' : '3.x',
      ...(line === '1.7' ? {} : { database: 'test-db' }),
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
          interface: 'eth0',
          gateway: UPLINK.gateway,
          dynamic: { from: '192.0.2.100', to: '192.0.2.150' },
          ...(line === '1.7' ? { static: { from: '192.0.2.160', to: '192.0.2.190' } } : {}),
        },
      },
    },
  };
}
