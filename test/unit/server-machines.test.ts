import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import type { Inventory, Machine } from '../../src/contract/inventory.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { domainXml, mendedXml, readDomain } from '../../src/main/drivers/libvirt/domain-xml.ts';
import { libvirt } from '../../src/main/drivers/libvirt/libvirt.ts';
import { contextOf } from '../../src/main/engine/compare.ts';
import { copyShell } from '../../src/main/engine/copy-shell.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { seedPath } from '../../src/main/engine/hypervisor.ts';
import type { Probe } from '../../src/main/engine/probe.ts';
import { offeredImage, storedImages } from '../../src/main/engine/probes/cloud-image.ts';
import { diskRoom } from '../../src/main/engine/probes/files.ts';
import { fileDigest, firstBoot, sshAnswer } from '../../src/main/engine/probes/new-machine.ts';
import { instantiate } from '../../src/main/engine/step.ts';
import { POOL } from '../../src/main/guide/kvm-host.ts';
import { departures } from '../../src/main/guide/machine-rules.ts';
import { imagePath, installedSpecs, wantedImage } from '../../src/main/guide/server-image.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { seedImage } from '../../src/main/seed/cloud-seed.ts';
import { serverPlanText } from './support/server-plan.ts';

const plan = readPlan(serverPlanText()).plan!;
const [spec] = installedSpecs(plan);
const images = spec!;
const wanted = wantedImage(images.install);
const SHA = 'ab'.repeat(32);
const PATH = imagePath(wanted.url, SHA);
const stored = { images: [{ url: wanted.url, sha256: SHA, size: 600, path: PATH }] };
const seedSha = createHash('sha256').update(seedImage(plan, images)).digest('hex');

const CHOICES = { accelerated: true, folder: POOL.path, cd: seedPath(POOL, images) };

function inventory(...machines: Machine[]): Inventory {
  const network = { kind: 'bridge' as const, dhcp: false, ports: [], forwardDelaySeconds: 0 };
  return {
    identity: '',
    product: 'libvirt',
    version: '9.0.0',
    accelerated: true,
    nested: true,
    cpus: 8,
    memoryMib: 16_000,
    storages: [{ ...POOL, active: true, capacityBytes: 1e12, availableBytes: 1e12 }],
    networks: ['br0', 'br1'].map((name) => ({ name, ...network })),
    machines,
    unreadable: [],
  };
}

const made = (power = 'shut off') => readDomain(domainXml(images, CHOICES), power);

/** The steps of the image server, with facts made by hand. */
class ServerFacts {
  readonly store = new FactStore();

  put<T>(probe: Probe<T>, value: T, target = 'rack'): this {
    const { key, script: command } = probe;
    this.store.put({ target, key, at: 1, command, output: '', value, stale: false });
    return this;
  }

  at(step: string) {
    const instance = instantiate(CHAPTERS, plan).find(({ id }) => id === `${step}@images`)!;
    const context = contextOf(instance, plan, this.store.view());
    return { step: instance.step, context };
  }

  check(step: string) {
    const { step: found, context } = this.at(step);
    const { state, reason, notes = [] } = found.check(context);
    return { state, key: reason.key, notes: notes.map(({ key }) => key) };
  }

  plan(step: string): readonly Action[] {
    const { step: found, context } = this.at(step);
    return found.plan?.(context) ?? [];
  }
}

const offer = offeredImage(wanted, {});
const offered = { state: 'offered', sha256: SHA, size: 600 } as const;
const room = (availableBytes: number) => ({ availableBytes, mount: '/' });

describe('the image of a server', () => {
  const facts = (have = { images: [] as (typeof stored)['images'] }, free = 1e9) =>
    new ServerFacts().put(storedImages, have).put(diskRoom(POOL.path), room(free));

  test('is fetched into the pool under a name with its hash, and that hash is proved', () => {
    const absent = facts().put(offer, offered);
    expect(absent.check('servers.image').key).toBe('servers.image.absent');
    const [action] = absent.plan('servers.image');
    expect(action).toMatchObject({
      kind: 'script',
      cancel: 'kill',
      progress: { parser: 'bytes-so-far', totalBytes: 600 },
    });
    const { script } = action as { script: string };
    expect(script).toContain(`f=${PATH}`);
    expect(script).toContain(SHA);
    expect(script).toContain(wanted.url);
  });

  test('is not fetched twice, and a newer build is a note', () => {
    const there = facts(stored).put(offer, { ...offered, sha256: 'cd'.repeat(32) });
    expect(there.check('servers.image')).toEqual({
      state: 'done',
      key: 'servers.image.done',
      notes: ['servers.image.newer'],
    });
    expect(there.plan('servers.image')).toEqual([]);
  });

  test('that has no room is not begun', () => {
    expect(facts(undefined, 100).put(offer, offered).check('servers.image')).toMatchObject({
      state: 'manual',
      key: 'servers.image.no-room',
    });
  });

  test.each([
    [{ text: 'keyring absent', exitCode: 0 }, 'servers.image.keyring-absent'],
    [{ text: 'keyring armored', exitCode: 0 }, 'servers.image.keyring-armored'],
    [
      { text: "gpgv: Can't check signature: No public key\ngpgv 2\nsum x", exitCode: 0 },
      'servers.image.wrong-key',
    ],
    [{ text: 'gpgv: BAD signature\ngpgv 1\nsum x', exitCode: 0 }, 'servers.image.tampered'],
    [
      { text: 'gpgv: key X was created 9 seconds in the future\ngpgv 2\nsum x', exitCode: 0 },
      'servers.image.clock',
    ],
    [{ text: 'gpgv 0\nsum \nhead 200\nsize 3', exitCode: 0 }, 'servers.image.unlisted'],
    [{ text: 'status 404 SHA256SUMS', exitCode: 0 }, 'servers.image.status'],
    [{ text: `gpgv 0\nsum ${SHA}\nhead 302\nhead 404`, exitCode: 0 }, 'servers.image.status'],
    [{ text: 'curl 6 could not resolve', exitCode: 0 }, 'servers.image.dns'],
    [{ text: 'curl 60 certificate', exitCode: 0 }, 'servers.image.tls'],
    [{ text: 'curl 7 refused', exitCode: 0 }, 'servers.image.unreachable'],
  ])('is refused for its own reason: %j', async (output, key) => {
    const found = facts().put(offer, await offer.parse(output));
    expect(found.check('servers.image')).toMatchObject({ state: 'manual', key });
    expect(found.plan('servers.image')).toEqual([]);
  });

  test('that the plan pins asks nobody for a signature', () => {
    const pinned = offeredImage({ ...wanted, sha256: SHA }, {});
    expect(pinned.script).not.toContain('gpgv');
    expect(pinned.parse({ exitCode: 0, text: `sum ${SHA}\nhead 200\nsize 9` })).toEqual({
      state: 'offered',
      sha256: SHA,
      size: 9,
    });
  });
});

describe('the server itself', () => {
  const facts = (found: Inventory, seed: string | undefined, have = stored) =>
    new ServerFacts()
      .put(libvirt.inventory, found)
      .put(storedImages, have)
      .put(libvirt.description(images.uuid), domainXml(images, CHOICES))
      .put(fileDigest(seedPath(POOL, images)), { sha256: seed });

  test('is made after its seed, as a copy of the image that grows to its size', () => {
    const [seed, create, ...rest] = facts(inventory(), undefined).plan('servers.machine');
    expect(rest).toEqual([]);
    expect(seed).toMatchObject({ kind: 'upload', encoding: 'base64', sha256: seedSha });
    const { script } = create as { script: string };
    // What takes long comes first, and into its place last: what is defined has its disk.
    const order = ['qemu-img convert', 'v define', 'mv '].map((word) => script.indexOf(word));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(script).toContain(`qemu-img convert -O qcow2 ${PATH}`);
    expect(script).toContain('40G');
  });

  test('is not made while its image is not there', () => {
    expect(facts(inventory(), undefined, { images: [] }).plan('servers.machine')).toEqual([]);
  });

  test('starts from its disk; one that would start from the network is mended', () => {
    expect(departures(images, made())).toEqual([]);
    const node = { ...images, role: 'node' as const };
    const wrong = readDomain(domainXml(node, CHOICES), 'shut off');
    expect(departures(images, wrong).map(({ reason }) => reason.key)).toEqual([
      'machine.boot-order-server',
    ]);
    const mended = mendedXml(domainXml(node, CHOICES), images);
    expect(readDomain(mended, 'shut off').boot).toEqual(['disk', 'network']);
    expect(mended).toContain(seedPath(POOL, images));
  });

  test('has its disks counted without the drive', () => {
    expect(made().disks).toHaveLength(1);
    expect(domainXml(images, CHOICES)).toContain('device="cdrom"');
  });

  test('gets a changed seed while it is off, and only a note once it runs', () => {
    const off = facts(inventory(made()), 'other');
    expect(off.check('servers.machine').state).toBe('todo');
    expect(off.plan('servers.machine').map(({ kind }) => kind)).toEqual(['upload']);
    const on = facts(inventory(made('running')), 'other');
    expect(on.check('servers.machine')).toMatchObject({
      state: 'done',
      notes: ['servers.machine.seed-old'],
    });
    expect(on.plan('servers.machine')).toEqual([]);
    expect(facts(inventory(made()), seedSha).check('servers.machine').state).toBe('done');
  });

  test('is removed with its seed, also when it was never defined', () => {
    const [remove] = libvirt.remove(images, POOL);
    const { script } = remove as { script: string };
    expect(script.split(seedPath(POOL, images))).toHaveLength(3);
  });

  test('is started and waited for, and nothing is done once it answers', async () => {
    const answer = sshAnswer('192.0.2.12');
    const off = facts(inventory(made()), seedSha).put(answer, { fingerprints: [] });
    expect(off.check('servers.started').key).toBe('servers.started.off');
    expect(off.plan('servers.started').map(({ id }) => id)).toEqual(['power-on', 'wait-for-ssh']);
    const silent = facts(inventory(made('running')), seedSha).put(answer, { fingerprints: [] });
    expect(silent.check('servers.started').key).toBe('servers.started.silent');
    expect(silent.plan('servers.started').map(({ id }) => id)).toEqual(['wait-for-ssh']);
    const said = await answer.parse({ exitCode: 0, text: '256 SHA256:abc 192.0.2.12 (ED25519)\n' });
    expect(said).toEqual({ fingerprints: ['ED25519 SHA256:abc'] });
    const there = facts(inventory(made('running')), seedSha).put(answer, said);
    expect(there.check('servers.started').state).toBe('done');
  });

  test.each([
    ['instance UUID\n{"v1": {"errors": []}}', 'done', 'servers.installed.done'],
    ['instance UUID\n', 'todo', 'servers.installed.running'],
    ['instance i-other\n', 'manual', 'servers.installed.other'],
    ['instance UUID\n{"v1": {"err', 'todo', 'servers.installed.running'],
    // As cloud-init 22.4 wrote it on a machine without locales, brackets and quotes included.
    [
      `instance UUID\n${JSON.stringify({
        v1: {
          datasource: 'DataSourceNoCloud [seed=/dev/sr0][dsmode=net]',
          errors: [`('locale', ProcessExecutionError("Command: ['update-locale', 'LANG=x']"))`],
        },
      })}`,
      'manual',
      'servers.installed.errors',
    ],
  ])(
    'is installed when our key logs in and its first start is over: %j',
    async (text, state, key) => {
      const value = await firstBoot.parse({ exitCode: 0, text: text.replace('UUID', images.uuid) });
      const found = new ServerFacts().put(firstBoot, value, 'images');
      expect(found.check('servers.installed')).toMatchObject({ state, key });
    },
  );
});

test('the copied shell writes bytes as they are', () => {
  const action: Action = {
    kind: 'upload',
    id: 'x',
    title: { key: 't' },
    target: 'rack',
    path: '/x.iso',
    mode: '644',
    content: 'AAEC/w==',
    encoding: 'base64',
  };
  const step = { id: 's@rack', step: 's', target: 'rack', risks: [], predicted: false, digest: '' };
  const text = copyShell([{ ...step, actions: [action] }], ({ key }) => key);
  expect(text).toContain('printf %s AAEC/w== | base64 -d | sudo tee /x.iso');
});
