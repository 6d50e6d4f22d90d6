import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Document } from 'yaml';
import type { PlanInput } from '../../../contract/plan.ts';
import { PRACTICE_SECRETS } from '../../vault/practice-secrets.ts';
import type { Licence } from './esxi-host.ts';
import { type PracticeSite, startPracticeSite } from './practice-site.ts';

export interface EsxiApiLabOptions {
  /** Made at the start and removed at the end: the simulated host starts fresh, so must the lab. */
  readonly directory: string;
  readonly now: () => number;
  /** Evaluation unless given. */
  readonly licence?: Licence;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

export interface EsxiApiLab {
  readonly path: string;
  readonly site: PracticeSite;
  close(): Promise<void>;
}

const HEAD = ` A practice lab: a simulated ESXi on this computer, reached by its real API. Nothing here touches
 another machine. Break it, mend it; it is made anew each time it is opened.`;
const SECRET = 'esxi-password';

/** Starts the simulated ESXi and writes a lab whose folder holds its own trust and password. */
export async function startEsxiApiLab(options: EsxiApiLabOptions): Promise<EsxiApiLab> {
  const { directory, now, licence = 'evaluation', wait } = options;
  const site = await startPracticeSite({ licence, now, ...(wait ? { wait } : {}) });
  const folder = join(directory, '.labwright');
  await rm(directory, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keep = (name: string, value: Readonly<Record<string, string>>) =>
    writeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await keep('certificates.json', { [`${site.address}:${site.port}`]: site.fingerprint });
  await keep(PRACTICE_SECRETS, { [SECRET]: site.password });
  const path = join(directory, 'lab.yaml');
  const document = new Document(practicePlan(site));
  document.commentBefore = HEAD;
  await writeFile(path, document.toString({ lineWidth: 0 }));
  const close = async () => {
    await site.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { path, site, close };
}

function practicePlan({ address, port, user }: PracticeSite): PlanInput {
  return {
    version: 1,
    name: 'Practice ESXi',
    id: 'practice-esxi',
    sites: { esxi: { address, port, user, password: SECRET, datastore: 'datastore1' } },
    networks: { pxe: { on: 'esxi', portgroup: 'maas-pxe', provisioning: true } },
    machines: {
      node: { on: 'esxi', count: 3, memory_mib: 4096, disks_gib: [40], networks: ['pxe'] },
    },
  };
}
