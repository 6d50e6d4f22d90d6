import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { stringify } from 'yaml';
import type { PlanInput } from '../../../src/contract/plan.ts';
import { CHAPTERS } from '../../../src/main/app/chapters.ts';
import { LAB_FOLDER, LabSession } from '../../../src/main/app/lab-session.ts';
import type { Licence } from '../../../src/main/practice/esxi/esxi-host.ts';
import {
  type PracticeSite,
  startPracticeSite,
} from '../../../src/main/practice/esxi/practice-site.ts';
import {
  addBundle,
  type PracticeEsxi,
  startPracticeEsxi,
} from '../../../src/main/practice/practice-esxi.ts';
import { connectSsh2 } from '../../../src/main/ssh/ssh2-connection.ts';
import { PRACTICE_SECRETS, withPracticeSecrets } from '../../../src/main/vault/practice-secrets.ts';
import { MemoryVault } from '../../../src/main/vault/vault.ts';

/** One ESXi with two doors: its API (the site `rack`) and its shell (the host `rack-shell`). */
export interface EsxiPairLab {
  readonly site: PracticeSite;
  readonly shell: PracticeEsxi;
  readonly path: string;
  close(): Promise<void>;
}

export interface EsxiPair extends EsxiPairLab {
  readonly session: LabSession;
}

export interface EsxiPairOptions {
  readonly licence?: Licence;
  readonly version?: string;
  readonly build?: string;
  /** Whether a bundle to patch from lies on its datastore and is in the plan. */
  readonly patch?: boolean;
  readonly now?: () => number;
  readonly change?: (plan: PlanInput) => PlanInput;
}

const SECRET = 'rack-password';

/** The API's simulator and the shell's know nothing of each other but the UUID of their hardware. */
export async function startEsxiPairLab(options: EsxiPairOptions = {}): Promise<EsxiPairLab> {
  const { licence = 'free', now = Date.now, change = (plan) => plan } = options;
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const shell = await startPracticeEsxi({
    authorizedKeys: [keys.public],
    now,
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.build === undefined ? {} : { build: options.build }),
  });
  const uuid = shell.esxi.hardwareUuid;
  const site = await startPracticeSite({ licence, now, uuid, wait: async () => {} });
  const directory = mkdtempSync(join(tmpdir(), 'labwright-pair-'));
  const folder = join(directory, LAB_FOLDER);
  await mkdir(folder, { recursive: true });
  const { host } = shell;
  await writeFile(join(folder, 'key'), keys.private, { mode: 0o600 });
  await writeFile(
    join(folder, 'known_hosts'),
    `[${host.address}]:${host.port} ${host.hostKeyPublic}\n`,
  );
  const pins = { [`${site.address}:${site.port}`]: site.fingerprint };
  await writeFile(join(folder, 'certificates.json'), JSON.stringify(pins));
  await writeFile(join(folder, PRACTICE_SECRETS), JSON.stringify({ [SECRET]: site.password }));
  const path = join(directory, 'lab.yaml');
  const { address, port, user } = host;
  const esxi = options.patch === true ? { esxi: addBundle(shell) } : {};
  const plan: PlanInput = {
    version: 1,
    name: 'pair',
    id: 'pair-lab',
    hosts: {
      'rack-shell': {
        role: 'esxi',
        address,
        port,
        user,
        auth: { key_file: `${LAB_FOLDER}/key` },
        ...esxi,
      },
    },
    sites: {
      rack: {
        address: site.address,
        port: site.port,
        user: site.user,
        password: SECRET,
        shell: 'rack-shell',
      },
    },
    networks: { pxe: { on: 'rack', portgroup: 'PROV', provisioning: true } },
    machines: {
      node: { on: 'rack', networks: ['pxe'], nested: true, memory_mib: 2048, disks_gib: [16] },
    },
  };
  await writeFile(path, stringify(change(plan)));
  const close = async () => {
    await Promise.all([site.close(), host.close()]);
    await rm(directory, { recursive: true, force: true });
  };
  return { site, shell, path, close };
}

export async function startEsxiPair(options: EsxiPairOptions = {}): Promise<EsxiPair> {
  const { now = Date.now } = options;
  const lab = await startEsxiPairLab(options);
  const session = await LabSession.open({
    path: lab.path,
    practice: true,
    chapters: CHAPTERS,
    vault: await withPracticeSecrets(new MemoryVault(), join(dirname(lab.path), LAB_FOLDER)),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, Math.min(milliseconds, 50))),
    who: 'ann',
  });
  const close = async () => {
    await session.close();
    await lab.close();
  };
  return { ...lab, session, close };
}
