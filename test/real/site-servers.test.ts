import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { mustRun } from '../bed/run-command.ts';
import { makeSigningKey, type SigningKey } from '../bed/signing-key.ts';
import { readBack } from '../bed/vcsim/read-back.ts';
import { startVcsim, type Vcsim } from '../bed/vcsim.ts';
import { type Publisher, publishImage } from './image-publisher.ts';
import { RealLab } from './real-lab.ts';

const MEBIBYTE = 1024 ** 2;
const GIBIBYTE = 1024 ** 3;
/** Of the image; odd, so that nothing fits by chance. */
const DISK = 67 * MEBIBYTE;

let folder: string;
let key: SigningKey;
let stranger: SigningKey;
let publisher: Publisher;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-site-servers-'));
  [key, stranger] = await Promise.all([
    makeSigningKey(folder, 'publisher'),
    makeSigningKey(folder, 'stranger'),
  ]);
  const raw = join(folder, 'disk.raw');
  const image = join(folder, 'disk.img');
  const content = Buffer.alloc(DISK);
  randomBytes(9 * MEBIBYTE).copy(content, 3 * MEBIBYTE);
  content.write('the end', DISK - 7);
  await writeFile(raw, content);
  await mustRun('qemu-img', ['convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, image]);
  publisher = await publishImage('127.0.0.1', await readFile(image), key);
}, 60_000);

afterAll(async () => {
  await publisher?.close();
  await key?.close();
  await stranger?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe.each(['esx', 'vcenter'] as const)(
  'a server machine on %s',
  { timeout: 120_000 },
  (mode) => {
    let sim: Vcsim;
    let lab: RealLab;
    let secret: string[];
    let before: Awaited<ReturnType<typeof readBack>>;

    const plan = (): PlanInput => ({
      version: 1,
      name: 'bed site',
      id: 'bed-site',
      // The machine that runs the tests may have a proxy of its own.
      proxy: {},
      sites: {
        rack: { address: sim.host, port: sim.port, user: sim.user, password: 'rack-password' },
      },
      networks: { lan: { on: 'rack', portgroup: 'VM Network' } },
      machines: {
        images: {
          on: 'rack',
          role: 'mirror',
          memory_mib: 1024,
          disks_gib: [3, 1],
          networks: ['lan'],
          install: {
            image: { url: publisher.url, keyring: key.keyringPath },
            authorized_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here'],
            addresses: { lan: '192.0.2.12/24' },
          },
        },
      },
    });

    const apply = (...steps: string[]) =>
      lab.run('apply', '--yes', '--json', ...secret, ...steps.flatMap((each) => ['--step', each]));
    const finding = async (step: string) => {
      const { findings } = await lab.check(...secret, '--step', step);
      return { state: findings[step]?.state, key: findings[step]?.reason.key };
    };

    beforeAll(async () => {
      sim = await startVcsim({ mode });
      lab = await RealLab.make(plan());
      const file = join(lab.directory, 'password');
      await writeFile(file, sim.password, { mode: 0o600 });
      secret = ['--secret', `rack-password=@${file}`];
      const { findings } = await lab.check(...secret);
      const fingerprint = String(findings['site.reachable']?.reason.params?.fingerprint);
      await lab.run('trust', '--host', 'rack', '--fingerprint', fingerprint, ...secret);
      before = await readBack(sim, 'images');
    }, 240_000);

    afterAll(async () => {
      await lab?.remove();
      await sim?.stop();
    });

    test('an image that another signed is refused before anything is fetched', async () => {
      await publisher.publish(stranger);
      const fetches = publisher.fetches.length;
      expect(await finding('servers.image')).toEqual({
        state: 'manual',
        key: 'servers.image.wrong-key',
      });
      await publisher.publish(key, true);
      expect(await finding('servers.image')).toMatchObject({ key: 'servers.image.tampered' });
      await publisher.publish(key);
      expect(await finding('servers.image')).toMatchObject({ state: 'todo' });
      expect(publisher.fetches.length).toBe(fetches);
    });

    test('a download that is cut off goes on, and the machine is made as pyvmomi reads it back', async () => {
      publisher.troubles.push('cut');
      const { code, stdout, stderr } = await apply('servers.image', 'servers.machine');
      expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
      expect(await finding('servers.machine')).toMatchObject({ state: 'done' });
      const { machines, files } = await readBack(sim, 'images');
      expect(machines).toHaveLength(1);
      const [seen] = machines;
      expect(seen).toMatchObject({
        power: 'poweredOff',
        annotation: 'labwright lab=bed-site machine=images',
        extra: { 'disk.EnableUUID': 'TRUE', 'answer.msg.serial.file.open': 'Append' },
      });
      const disks = seen?.devices.filter(({ type }) => type.endsWith('VirtualDisk')) ?? [];
      const at = `images/images-${publisher.sha256.slice(0, 8)}`;
      expect(disks.map(({ file }) => file?.replace(/^\[[^\]]+\] /, ''))).toEqual([
        `${at}.vmdk`,
        'images/images-2.vmdk',
      ]);
      expect(disks[0]?.capacityKB).toBe((3 * GIBIBYTE) / 1024);
      const drive = seen?.devices.find(({ type }) => type.endsWith('VirtualCdrom'));
      expect(drive).toMatchObject({ startConnected: true });
      expect(drive?.file).toMatch(/\] images\/labwright-seed-[0-9a-f-]{36}\.iso$/);
      expect(seen?.boot[0]?.key).toBe(disks[0]?.key);
      const made = files.filter((file) => file.includes(']images/'));
      expect(made.some((file) => file.endsWith(`${at}-flat.vmdk ${DISK}`))).toBe(true);
      expect(made.some((file) => /labwright-seed-.*\.iso \d{4,}$/.test(file))).toBe(true);
    });

    test('the second time there is nothing to do', async () => {
      const seen = await readBack(sim, 'images');
      const { stdout } = await apply('servers.image', 'servers.machine');
      expect(JSON.parse(stdout)).not.toHaveProperty('run');
      expect(await readBack(sim, 'images')).toEqual(seen);
    });

    test('undo leaves the datastores as they were', async () => {
      const { stdout } = await lab.run('journal', '--json', '--limit', '400');
      const { rows } = JSON.parse(stdout) as { rows: { entry: { kind: string; run?: string } }[] };
      const runs = rows.filter(({ entry }) => entry.kind === 'run-started');
      for (const { entry } of runs) {
        await lab.run('undo', '--run', entry.run ?? '', '--yes', ...secret);
      }
      expect(await readBack(sim, 'images')).toEqual(before);
    });
  },
);
