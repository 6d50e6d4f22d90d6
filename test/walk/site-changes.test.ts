import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../src/contract/change.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LAB_FOLDER, LabSession } from '../../src/main/app/lab-session.ts';
import { type EsxiApiLab, startEsxiApiLab } from '../../src/main/practice/esxi/esxi-api-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { withPracticeSecrets } from '../../src/main/vault/practice-secrets.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { actionsOf, LabWalk } from '../unit/support/lab-walk.ts';

let lab: EsxiApiLab;
let walk: LabWalk;
let clock: number;
/** Called between two words of each task. */
let between: () => void;

const host = () => lab.site.host;
const findings = () => walk.session.state.findings;
const writes = () =>
  lab.site.requests.filter(({ method }) =>
    /^(Add|Create.*_Task|Reconfig|Re|Power|Destroy)/.test(method),
  );

async function open(): Promise<void> {
  const folder = join(dirname(lab.path), LAB_FOLDER);
  walk = new LabWalk(
    await LabSession.open({
      path: lab.path,
      practice: false,
      chapters: CHAPTERS,
      vault: await withPracticeSecrets(new MemoryVault(), folder),
      connect: connectSsh2,
      userKnownHosts: undefined,
      now: () => clock,
      wait: () => Promise.resolve(),
      who: 'ann',
    }),
  );
}

beforeEach(async () => {
  clock = Date.UTC(2026, 10, 26, 10, 15);
  between = () => {};
  lab = await startEsxiApiLab({
    directory: mkdtempSync(join(tmpdir(), 'labwright-site-changes-')),
    now: () => clock,
    wait: async () => between(),
  });
  const plan = await readFile(lab.path, 'utf8');
  await writeFile(lab.path, plan.replace('count: 3', 'count: 2'));
  await open();
  await walk.check();
});

afterEach(async () => {
  await walk.session.close();
  await lab.close();
});

describe('a snapshot first', () => {
  beforeEach(async () => {
    await walk.apply();
    host().machine('node-1')!.memoryMb = 1024;
    await walk.check();
  });

  test('is offered for a machine that is changed, and for none that is only made', async () => {
    const { snapshots } = await walk.session.runs.preview(undefined);
    expect(snapshots).toEqual([{ machine: 'node-1' }]);
    host().machines.delete(host().machine('node-2')!.id);
    await walk.check();
    expect((await walk.session.runs.preview(['nodes.machine@node-2'])).snapshots).toEqual([]);
  });

  test('is part of what is shown and agreed to, taken once, before the step that it is for', async () => {
    const plain = await walk.session.runs.preview(undefined);
    const shown = await walk.session.runs.preview(undefined, true);
    expect(shown.digest).not.toBe(plain.digest);
    expect((await walk.session.runs.preview(undefined, true)).digest).toBe(shown.digest);
    expect(actionsOf(shown.steps)).toEqual([
      ['nodes.snapshot@node-1', 'take-snapshot'],
      ['nodes.machine@node-1', 'change-machine'],
    ]);
    await expect(walk.session.runs.apply(undefined, plain.digest, true)).rejects.toMatchObject({
      code: 'preview-outdated',
    });
    const { id } = await walk.apply(undefined, true);
    const [snapshot] = host().machine('node-1')!.snapshots;
    expect(snapshot).toMatchObject({ name: `labwright-${id}`, settings: { memoryMb: 1024 } });
    expect(host().machine('node-1')).toMatchObject({ memoryMb: 4096 });
    expect(writes().filter(({ method }) => method === 'CreateSnapshot_Task')).toHaveLength(1);
    // It is said at the machine until it is gone.
    expect(walk.said('nodes.machine@node-1')).toEqual(['machine.done', 'snapshot.stays']);
    expect(findings()['nodes.machine@node-1']?.notes[0]?.params).toEqual({
      name: 'node-1',
      run: id,
      at: '2026-11-26 10:15 UTC',
    });
  });

  test('that fails stops the step that waits for it, and no other', async () => {
    host().machine('node-2')!.memoryMb = 1024;
    await walk.check();
    const { digest } = await walk.session.runs.preview(undefined, true);
    // Somebody takes the mark off one of them in between.
    host().machine('node-1')!.annotation = '';
    const run = await walk.session.runs.apply(undefined, digest, true);
    await walk.session.runs.settled();
    const ended = walk.session.state.runs.find(({ id }) => id === run.id)!;
    expect(ended.steps.map(({ id, state }) => [id, state])).toEqual([
      ['nodes.snapshot@node-1', 'failed'],
      ['nodes.machine@node-1', 'skipped'],
      ['nodes.snapshot@node-2', 'done'],
      ['nodes.machine@node-2', 'done'],
    ]);
    expect(host().machine('node-1')).toMatchObject({ memoryMb: 1024, snapshots: [] });
  });

  test('is a way back from its run: everything since is gone, and the run counts as taken back', async () => {
    const { id } = await walk.apply(undefined, true);
    host().machine('node-1')!.cpus = 1;
    await walk.check();
    const shown = walk.session.runs.previewChange({ what: 'revert', run: id });
    expect(actionsOf(shown.steps)).toEqual([
      ['nodes.snapshot@node-1', 'revert-snapshot', 'remove-snapshot'],
    ]);
    expect(shown.steps[0]?.risks).toContain('removes-data');
    expect(shown.left).toEqual([]);
    await walk.change({ what: 'revert', run: id });
    expect(host().machine('node-1')).toMatchObject({ memoryMb: 1024, cpus: 2, snapshots: [] });
    expect(() => walk.session.runs.previewUndo(id)).toThrow('run-undone');
    const again = walk.session.runs.previewChange({ what: 'revert', run: id });
    expect([again.steps, again.left.map(({ reason }) => reason.key)]).toEqual([
      [],
      ['snapshot.gone'],
    ]);
  });

  test('goes when all is well, or with an undo step by step', async () => {
    const one = await walk.apply(undefined, true);
    await walk.change({ what: 'drop-snapshots', run: one.id });
    expect(host().machine('node-1')).toMatchObject({ memoryMb: 4096, snapshots: [] });
    expect(walk.said('nodes.machine@node-1')).toEqual(['machine.done']);

    host().machine('node-1')!.memoryMb = 1024;
    clock += 60_000;
    await walk.check();
    const two = await walk.apply(undefined, true);
    expect(actionsOf((await walk.undo(two.id)).steps)).toEqual([
      ['nodes.machine@node-1', 'restore-machine'],
      ['nodes.snapshot@node-1', 'remove-snapshot'],
    ]);
    expect(host().machine('node-1')).toMatchObject({ memoryMb: 1024, snapshots: [] });
  });

  test('can come before a change of power; after a revert the machine runs as it ran then', async () => {
    const { runs } = walk.session;
    const uuid = host().machine('node-2')!.instanceUuid;
    host().machine('node-2')!.power = 'poweredOn';
    await walk.check();
    const shown = runs.previewPower('esxi', uuid, 'off', true);
    expect(shown.snapshots).toEqual([{ machine: 'node-2' }]);
    const { id } = runs.power('esxi', uuid, 'off', shown.digest, true);
    await runs.settled();
    expect(host().machine('node-2')).toMatchObject({
      power: 'poweredOff',
      snapshots: [{ name: `labwright-${id}`, power: 'poweredOn' }],
    });
    const reverted = await walk.change({ what: 'revert', run: id });
    expect(actionsOf(reverted.steps)[0]).toEqual([
      'nodes.snapshot@node-2',
      'revert-snapshot',
      'power-on',
      'remove-snapshot',
    ]);
    expect(host().machine('node-2')).toMatchObject({ power: 'poweredOn', snapshots: [] });
  });

  test('of a run that was cut off is not taken twice', async () => {
    const shown = await walk.session.runs.preview(undefined, true);
    let words = 0;
    const cut = new Promise<void>((done) => {
      between = () => {
        words += 1;
        // The task goes on at the site while we are gone.
        if (words === 1) done();
      };
    });
    const { id } = await walk.session.runs.apply(undefined, shown.digest, true);
    await cut;
    await walk.session.close();
    await open();
    expect(walk.session.state.runs.find((run) => run.id === id)).toMatchObject({
      state: 'interrupted',
    });
    await walk.check();
    walk.session.runs.resume(id);
    await walk.session.runs.settled();
    expect(host().machine('node-1')).toMatchObject({
      memoryMb: 4096,
      snapshots: [{ name: `labwright-${id}` }],
    });
  });
});

describe('what left the plan', () => {
  beforeEach(async () => {
    await walk.apply();
    await walk.plan((text) => text.replace('count: 2', 'count: 1'));
  });

  test('is named, left alone by every apply, and removed when that is asked for', async () => {
    expect(findings()['nodes.leftovers@esxi']).toMatchObject({
      state: 'manual',
      reason: { key: 'leftover.found', params: { names: 'node-2' } },
    });
    expect((await walk.session.runs.preview(undefined)).steps).toEqual([]);
    const { instanceUuid } = host().machine('node-2')!;
    const change: Change = { what: 'remove', host: 'esxi', machines: [instanceUuid], networks: [] };
    const shown = walk.session.runs.previewChange(change);
    expect(shown.steps[0]?.risks).toEqual(['removes-data']);
    await walk.change(change);
    expect(host().machine('node-2')).toBeUndefined();
    expect(host().machine('node-1')).toBeDefined();
    expect(findings()['nodes.leftovers@esxi']).toMatchObject({ state: 'done' });
  });

  test('is removed only with our mark: not one of the plan, nor another’s, nor another lab’s', () => {
    const of = (uuid: string) => () =>
      walk.session.runs.previewChange({
        what: 'remove',
        host: 'esxi',
        machines: [uuid],
        networks: [],
      });
    for (const name of ['node-1', 'files']) {
      expect(of(host().machine(name)!.instanceUuid)).toThrow('machine-not-ours');
    }
    host().machine('node-2')!.annotation = 'labwright lab=other-lab machine=node-2';
    const other = host().addForeign({ name: 'x', mac: '00:0c:29:00:00:09' });
    other.annotation = 'labwright lab=other-lab machine=x';
    expect(of(other.instanceUuid)).toThrow('machine-not-ours');
  });

  test('and is only a copy of ours loses the mark and nothing else', async () => {
    const copy = host().addForeign({ name: 'copy', mac: '00:0c:29:00:00:09' });
    copy.annotation = `A copy\n${host().machine('node-2')!.annotation}`;
    await walk.check();
    expect(findings()['nodes.leftovers@esxi']?.reason.params).toEqual({ names: 'node-2, copy' });
    const change = {
      what: 'remove' as const,
      host: 'esxi',
      machines: [copy.instanceUuid],
      networks: [],
    };
    expect(walk.session.runs.previewChange(change).steps[0]?.risks).toEqual([]);
    await walk.change(change);
    expect(host().machine('copy')).toMatchObject({ annotation: 'A copy' });
  });

  test('is still taken back by the undo of the run that made it', async () => {
    const [run] = walk.session.state.runs;
    await walk.undo(run!.id);
    expect([...host().machines.values()].map(({ name }) => name)).toEqual(['files', 'old-proxy']);
    expect(host().portgroups.map(({ name }) => name)).toEqual(['VM Network']);
  });
});

describe('taking the lab down', () => {
  let before: unknown;

  /** Several runs, out of order, over several plans. */
  beforeEach(async () => {
    before = host().inventory();
    await walk.apply(['network.portgroup']);
    clock += 1000;
    await walk.apply();
    clock += 1000;
    // Mended twice, once after the plan had changed; then a machine leaves the plan.
    await walk.plan((text) => text.replace('memory_mib: 4096', 'memory_mib: 2048'));
    await walk.apply();
    clock += 1000;
    await walk.plan((text) => text.replace('count: 2', 'count: 1').replace('maas-pxe', 'maas-two'));
    await walk.apply();
    host().machine('node-1')!.power = 'poweredOn';
    host().takeSpace('datastore1', 2048 * 1024 ** 2, '');
    await walk.check();
  });

  test('is one preview of all that is there, each once, and leaves exactly what was before', async () => {
    const shown = walk.session.runs.previewChange({ what: 'teardown', keepData: false });
    expect(actionsOf(shown.steps)).toEqual([
      ['nodes.machine@node-2', 'remove-machine'],
      ['nodes.machine@node-1', 'remove-machine'],
      // Of another name by then: both are taken back, the younger one first.
      ['network.portgroup@pxe', 'remove-network', 'remove-network-2'],
    ]);
    expect(shown.left).toEqual([]);
    await walk.change({ what: 'teardown', keepData: false });
    expect(host().inventory()).toEqual(before);
    const again = walk.session.runs.previewChange({ what: 'teardown', keepData: false });
    expect(again.steps).toEqual([]);
    for (const run of walk.session.state.runs.filter(({ kind }) => kind === 'apply')) {
      expect(() => walk.session.runs.previewUndo(run.id)).toThrow('run-undone');
    }
  });

  test('skips what is gone and never touches what others made since', async () => {
    host().giveSpace('datastore1', host().machine('node-2')!.bytes);
    host().machines.delete(host().machine('node-2')!.id);
    host().addForeign({ name: 'node-2', mac: '00:0c:29:00:00:09' });
    await walk.check();
    const run = await walk.change({ what: 'teardown', keepData: false });
    expect(run.steps.map(({ id }) => id)).toEqual([
      'nodes.machine@node-1',
      'network.portgroup@pxe',
    ]);
    expect(host().machine('node-2')?.annotation).toContain('Mori');
    expect(host().machine('node-1')).toBeUndefined();
  });

  test('goes on where it was cut off', async () => {
    const shown = walk.session.runs.previewChange({ what: 'teardown', keepData: false });
    let words = 0;
    const cut = new Promise<void>((done) => {
      between = () => {
        words += 1;
        if (words === 2) done();
      };
    });
    const { id } = walk.session.runs.change({ what: 'teardown', keepData: false }, shown.digest);
    await cut;
    await walk.session.close();
    between = () => {};
    await open();
    await walk.check();
    walk.session.runs.resume(id);
    await walk.session.runs.settled();
    expect(walk.session.state.runs.find((run) => run.id === id)).toMatchObject({
      kind: 'teardown',
      state: 'succeeded',
    });
    expect(host().inventory()).toEqual(before);
  });

  test('says what it cannot reach because its host left the plan', async () => {
    const { address, port, fingerprint } = lab.site;
    expect(fingerprint).toBeTruthy();
    await walk.plan(
      () =>
        `version: 1\nname: Empty\nid: practice-site\nsites:\n  other: { address: ${address}, port: ${port}, user: root, password: none }\n`,
    );
    const shown = walk.session.runs.previewChange({ what: 'teardown', keepData: false });
    expect(shown.steps).toEqual([]);
    expect(new Set(shown.left.map(({ reason }) => reason.key))).toEqual(
      new Set(['undo.host-gone']),
    );
    expect(shown.left).toHaveLength(3);
  });
});

describe('a machine that was there before', () => {
  const uuid = () => host().machine('old-proxy')!.instanceUuid;

  async function adopt(role: 'other' | 'node' = 'other'): Promise<void> {
    const { text, expected, problems } = await walk.session.adopt('esxi', uuid(), role);
    expect(problems).toEqual([]);
    await walk.session.savePlan(text, expected);
    await walk.check();
  }

  test('is put into the plan as it is; comments stay and nothing of it is touched', async () => {
    await walk.plan((text) => `# mine\n${text}`);
    const before = host().inventory();
    const shown = await walk.session.adopt('esxi', uuid(), 'other');
    expect(shown.added).toBe(`networks:
  vm-network:
    on: esxi
    portgroup: VM Network
    switch: vSwitch0
machines:
  old-proxy:
    adopt: ${uuid()}
    on: esxi
    role: other
    cpus: 2
    memory_mib: 2048
    disks_gib: [ 40 ]
    networks: [ vm-network ]
    macs: [ 00:0c:29:5e:10:02 ]
    firmware: bios
`);
    expect(shown.text.startsWith('# mine\n')).toBe(true);
    expect(shown.problems).toEqual([]);
    expect(host().inventory()).toEqual(before);
  });

  test('is held against the rules, and left alone until it is marked', async () => {
    const shown = await walk.session.adopt('esxi', uuid(), 'node');
    expect(shown.added).toContain('disks_gib: [ 40 ]\n');
    expect(shown.departures.map(({ key }) => key)).toEqual(['machine.boot-order']);
    await adopt('node');
    await walk.apply(['network.portgroup']);
    expect(findings()['nodes.machine@old-proxy']).toMatchObject({
      state: 'manual',
      reason: { key: 'adopt.unmarked' },
    });
    const { steps } = await walk.session.runs.preview(undefined);
    expect(steps.map(({ id }) => id)).not.toContain('nodes.machine@old-proxy');
    expect(() => walk.session.runs.previewPower('esxi', uuid(), 'on')).toThrow('machine-not-ours');
  });

  test('is marked only on request, mended then, never removed, and as before once all is taken back', async () => {
    const before = host().inventory();
    await adopt('node');
    const shown = walk.session.runs.previewChange({ what: 'mark', host: 'esxi', uuid: uuid() });
    expect(shown.steps[0]).toMatchObject({ id: 'nodes.mark@old-proxy', risks: ['takes-over'] });
    await walk.apply(['network.portgroup']);
    await walk.change({ what: 'mark', host: 'esxi', uuid: uuid() });
    expect(host().machine('old-proxy')?.annotation).toBe(
      'Ask Mori before you touch this.\nlabwright lab=practice-esxi machine=old-proxy',
    );
    expect(findings()['nodes.machine@old-proxy']?.state).toBe('todo');
    await walk.apply(['nodes.machine@old-proxy']);
    expect(findings()['nodes.machine@old-proxy']?.state).toBe('done');
    const teardown = await walk.change({ what: 'teardown', keepData: false });
    expect(actionsOf(teardown.steps)).toEqual([
      ['nodes.machine@old-proxy', 'restore-machine'],
      ['nodes.mark@old-proxy', 'unmark-machine'],
      ['network.portgroup@pxe', 'remove-network'],
    ]);
    const ours = { bootOrder: expect.anything() };
    const after = host().inventory() as { machines: object[] };
    expect(after).toEqual({
      ...(before as object),
      machines: (before as typeof after).machines.map((each) => ({ ...each, ...ours })),
    });
  });

  test('that leaves the plan again only loses its mark', async () => {
    await adopt();
    await walk.change({ what: 'mark', host: 'esxi', uuid: uuid() });
    await walk.plan((text) => text.replace(/^ {2}old-proxy:\n( {4}.*\n)*/m, ''));
    expect(findings()['nodes.leftovers@esxi']?.reason.params).toEqual({ names: 'old-proxy' });
    await walk.change({ what: 'remove', host: 'esxi', machines: [uuid()], networks: [] });
    expect(host().machine('old-proxy')?.annotation).toBe('Ask Mori before you touch this.');
  });

  test('and is marked by another lab is refused, with the name of that lab', async () => {
    await walk.apply(['network.portgroup']);
    await adopt();
    host().machine('old-proxy')!.annotation = 'labwright lab=rack-7 machine=proxy';
    await walk.check();
    expect(findings()['nodes.machine@old-proxy']).toMatchObject({
      state: 'manual',
      reason: { key: 'adopt.other-lab', params: { lab: 'rack-7' } },
    });
    expect(() =>
      walk.session.runs.previewChange({ what: 'mark', host: 'esxi', uuid: uuid() }),
    ).toThrow('machine-of-other-lab name=old-proxy lab=rack-7');
    const files = host().machine('files')!;
    files.annotation = 'labwright lab=rack-7 machine=files';
    await walk.check();
    await expect(walk.session.adopt('esxi', files.instanceUuid, 'other')).rejects.toThrow(
      'machine-of-other-lab name=files lab=rack-7',
    );
  });
});
