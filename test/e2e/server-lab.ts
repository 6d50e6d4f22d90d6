import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EsxiApiLab, startEsxiApiLab } from '../../src/main/practice/esxi/esxi-api-lab.ts';
import { type LoopbackPublisher, publishOnLoopback } from '../unit/support/loopback-publisher.ts';
import { smallCloudImage } from '../unit/support/server-image.ts';

export interface ServerLab {
  readonly path: string;
  readonly lab: EsxiApiLab;
  readonly publisher: LoopbackPublisher;
  close(): Promise<void>;
}

/** The practice ESXi with an image server in its plan, whose image is published and signed on loopback. */
export async function startServerLab(): Promise<ServerLab> {
  const folder = await mkdtemp(join(tmpdir(), 'labwright-server-lab-'));
  const publisher = await publishOnLoopback(smallCloudImage().image);
  const keyring = join(folder, 'keyring.gpg');
  await writeFile(keyring, publisher.keyring);
  const lab = await startEsxiApiLab({ directory: join(folder, 'lab'), now: Date.now });
  const plan = await readFile(lab.path, 'utf8');
  const machines = `networks:
  lan: { on: esxi, portgroup: VM Network }
proxy: {}
machines:
  images:
    on: esxi
    role: mirror
    disks_gib: [40]
    networks: [lan]
    install:
      image: { url: "${publisher.url}", keyring: ${keyring} }
      authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here]
      addresses: { lan: 192.0.2.12/24 }
`;
  await writeFile(lab.path, plan.replace(/networks:[\s\S]*$/, machines));
  const close = async () => {
    await lab.close();
    await publisher.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { path: lab.path, lab, publisher, close };
}
