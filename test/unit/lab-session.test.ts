import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LabState } from '../../src/contract/lab-state.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { type PracticeLab, startPracticeLab } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { PassphraseVault } from '../../src/main/vault/passphrase-vault.ts';
import { MemoryVault, type Vault } from '../../src/main/vault/vault.ts';

const DIRECTORY = '/var/www/html/maas/images/ephemeral-v3/stable';

let lab: PracticeLab;
let open: LabSession[] = [];

async function start(bytesPerSecond = 500_000_000, line: 'v2' | 'v3' = 'v3'): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-session-'));
  lab = await startPracticeLab({ directory, now: Date.now, bytesPerSecond, line });
}

async function session(vault: Vault = new MemoryVault()): Promise<LabSession> {
  const opened = await LabSession.open({
    path: lab.path,
    practice: true,
    chapters: CHAPTERS,
    vault,
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    who: 'ann',
  });
  open.push(opened);
  return opened;
}

async function closeSession(one: LabSession): Promise<void> {
  open = open.filter((other) => other !== one);
  await one.close();
}

/** Follows the lab as a page does, until it is so. */
async function until(one: LabSession, condition: (state: LabState) => unknown): Promise<void> {
  for await (const _ of one.watch()) if (condition(one.state)) return;
}

/** State of each step by its short name. */
function ticks(one: LabSession): Record<string, string> {
  const all = Object.values(one.state.findings);
  return Object.fromEntries(all.map(({ step, state }) => [step.replace('mirror.', ''), state]));
}

async function applyAll(one: LabSession): Promise<string> {
  const { digest } = await one.runs.preview(undefined);
  const { id } = await one.runs.apply(undefined, digest);
  await one.runs.settled();
  return one.state.runs.find((run) => run.id === id)?.state ?? '?';
}

const onHost = async (script: string) => (await lab.host.run(script)).stdout;

beforeEach(() => {
  open = [];
});

afterEach(async () => {
  for (const one of open) await one.close();
  await lab.close();
});

describe('the chapter in the practice lab', { timeout: 60_000 }, () => {
  test('who waits for the end of a check sees all that it found', async () => {
    await start();
    const one = await session();
    const ended = until(one, ({ checking, checkedAt }) => checkedAt && checking.length === 0);
    const checked = one.findings.check({ fresh: false });
    await ended;
    const atTheEnd = await one.runs.preview(undefined);
    await checked;
    const said = Object.values(one.state.findings).map(({ id, state, reason, evidence }) => [
      id,
      state,
      reason,
      evidence.map(({ output }) => output.slice(-400)),
    ]);
    expect(atTheEnd.steps.length, JSON.stringify(said)).toBeGreaterThan(2);
    expect((await one.runs.preview(undefined)).digest).toBe(atTheEnd.digest);
  });

  test('is checked, previewed, applied and proven; a second time nothing is to do; what breaks is mended; an undo takes all back', async () => {
    await start();
    const one = await session();
    await one.findings.check({ fresh: false });
    expect(ticks(one)).toMatchObject({ reachable: 'done', sudo: 'done', packages: 'todo' });

    const shown = await one.runs.preview(undefined);
    expect(shown.steps.map(({ step }) => step)).toContain('mirror.images');
    await expect(one.runs.apply(undefined, 'another digest')).rejects.toMatchObject({
      code: 'preview-outdated',
    });
    expect(await applyAll(one)).toBe('succeeded');
    expect(new Set(Object.values(ticks(one)))).toEqual(new Set(['done']));
    // Nothing of the run is left out of what was shown.
    const [run] = one.state.runs;
    const ran = run!.steps.flatMap(({ id, actions }) => actions.map((a) => `${id}/${a.action.id}`));
    const announced = shown.steps.flatMap(({ id, actions }) => actions.map((a) => `${id}/${a.id}`));
    for (const action of ran) expect(announced).toContain(action);

    const again = await one.runs.preview(undefined);
    expect(again).toMatchObject({ steps: [], left: [] });

    const [image = ''] = (await onHost(`cd ${DIRECTORY}; find . -name squashfs | sort`)).split(
      '\n',
    );
    expect(image).toContain('squashfs');
    await lab.host.run(`rm ${DIRECTORY}/${image}`);
    await one.findings.check({ fresh: true });
    expect(ticks(one).images).toBe('drifted');
    expect(await applyAll(one)).toBe('succeeded');
    expect(ticks(one).images).toBe('done');
    expect(await onHost(`ls ${DIRECTORY}/${image}`)).toContain('squashfs');

    const undo = one.runs.previewUndo(run!.id);
    expect(undo.steps.length).toBeGreaterThan(2);
    one.runs.undo(run!.id, undo.digest);
    await one.runs.settled();
    expect(one.state.runs.at(-1)).toMatchObject({ kind: 'undo', of: run!.id, state: 'succeeded' });
    expect(
      await onHost(`ls ${DIRECTORY} 2>&1; dpkg-query -W -f='\${db:Status-Abbrev}' apache2`),
    ).not.toMatch(/squashfs|^ii/m);
    expect(ticks(one)).toMatchObject({ packages: 'drifted', reachable: 'done' });

    // Someone else makes the same again: that is not ours to remove.
    expect(() => one.runs.previewUndo(run!.id)).toThrow('run-undone');
    expect(() => one.runs.undo(run!.id, undo.digest)).toThrow('run-undone');
  });

  test('what an undo took back stays taken back; what it failed at may be tried again', async () => {
    await start();
    const one = await session();
    await one.findings.check({ fresh: false });
    await applyAll(one);
    const applied = one.state.runs[0]!.id;
    const shown = one.runs.previewUndo(applied);
    const [first, second, ...others] = shown.steps;
    expect(others.length).toBeGreaterThan(0);
    const { steps, digest } = shown;
    const run = 'undo-1';
    one.journal.append({ kind: 'run-started', run, what: 'undo', of: applied, steps, digest });
    one.journal.append({ kind: 'step-ended', run, id: first!.id, state: 'done' });
    one.journal.append({ kind: 'step-ended', run, id: second!.id, state: 'failed' });
    one.journal.append({ kind: 'run-ended', run, state: 'failed' });
    const left = one.runs.previewUndo(applied);
    expect(left.steps.map(({ id }) => id)).toEqual([second!, ...others].map(({ id }) => id));
    expect(() => one.runs.undo(applied, digest)).toThrow('preview-outdated');

    // The run that is gone on with after that makes its step anew, so it can be undone anew.
    one.journal.append({
      kind: 'step-started',
      run: applied,
      id: first!.id,
      planned: first!,
      before: {},
    });
    one.journal.append({
      kind: 'action-ended',
      run: applied,
      id: first!.id,
      action: first!.actions[0]!.id,
      state: 'succeeded',
      output: '',
    });
    expect(one.runs.previewUndo(applied).steps.map(({ id }) => id)).toContain(first!.id);
    one.runs.undo(applied, one.runs.previewUndo(applied).digest);
    await one.runs.settled();
    expect(one.state.runs.at(-1)).toMatchObject({ kind: 'undo', state: 'succeeded' });
    expect(() => one.runs.previewUndo(applied)).toThrow('run-undone');
  });

  // Line v3 has two passes: the first is planned again with the second, and finds nothing to fetch.
  test.each([
    ['v2', 1],
    ['v3', 2],
  ] as const)(
    'goes on after the app was closed in the middle of the download, line %s',
    async (line, starting) => {
      await start(4_000_000, line);
      const one = await session();
      await one.findings.check({ fresh: false });
      const { digest } = await one.runs.preview(undefined);
      const { id } = await one.runs.apply(undefined, digest);
      await until(one, ({ runs }) =>
        runs[0]?.steps.some(({ actions }) => (actions[0]?.progress?.doneBytes ?? 0) > 0),
      );
      await closeSession(one);

      const two = await session();
      expect(two.state.runs[0]).toMatchObject({ id, state: 'interrupted' });
      expect(two.journal.ofRun(id).at(-1)?.entry.kind).toBe('run-interrupted');
      const starts = () =>
        two.journal
          .ofRun(id)
          .filter(
            ({ entry }) => entry.kind === 'action-started' && entry.action === 'mirror-images',
          );
      expect(starts()).toHaveLength(1);
      two.runs.resume(id);
      await two.runs.settled();
      expect(two.state.runs[0]).toMatchObject({ id, state: 'succeeded' });
      expect(starts()).toHaveLength(starting);
      const files = lab.host.fetchLog
        .map(({ path }) => path)
        .filter((path) => !path.endsWith('json'));
      expect(new Set(files).size).toBe(files.length);
      expect(new Set(Object.values(ticks(two)))).toEqual(new Set(['done']));
      expect(() => two.runs.resume(id)).toThrow('run-unknown');
    },
  );

  test('an interrupted run can be closed without going on', async () => {
    await start(1_000_000);
    const one = await session();
    await one.findings.check({ fresh: false });
    const { id } = await one.runs.apply(undefined, (await one.runs.preview(undefined)).digest);
    await until(one, ({ runs }) => runs[0]?.steps[0]?.state === 'running');
    await closeSession(one);
    const two = await session();
    two.runs.dismiss(id);
    expect(two.state.runs[0]?.state).toBe('cancelled');
    await closeSession(two);
    expect((await session()).state.runs[0]?.state).toBe('cancelled');
  });
});

describe('a lab', () => {
  beforeEach(() => start());

  test('that is open elsewhere can be read, and says that it cannot be changed', async () => {
    const one = await session();
    const two = await session();
    expect(two.state.access).toBe('read-only');
    expect(two.state.notices).toMatchObject([
      { key: 'error.lab-locked', params: { pid: process.pid } },
    ]);
    await expect(two.findings.check({ fresh: false })).rejects.toMatchObject({ code: 'read-only' });
    expect(() => two.findings.claim('mirror.clock@mirror', 'skipped', 'x')).toThrow('read-only');
    await expect(two.savePlan('x', 'y')).rejects.toMatchObject({ code: 'read-only' });
    await closeSession(two);
    await closeSession(one);
    expect((await session()).state.access).toBe('owner');
  });

  test('says and remembers that a lost journal cannot tell whether a machine is the same', async () => {
    const one = await session();
    await one.findings.check({ fresh: false });
    await closeSession(one);
    await writeFile(join(dirname(lab.path), '.labwright', 'journal.db'), 'rubbish'.repeat(1000));
    const two = await session();
    const said = [
      { key: 'error.journal-damaged', params: { kept: expect.stringContaining('.damaged-') } },
      { key: 'journal.identities-anew', params: { hosts: 'mirror' } },
    ];
    expect(two.state.notices).toEqual(said);
    await closeSession(two);
    const three = await session();
    expect(three.state.notices).toEqual([]);
    const notes = three.journal.ofKinds('note').map(({ entry }) => entry);
    expect(notes).toEqual(said.map((text) => ({ kind: 'note', text })));
  });

  test('says when the file of the secrets was damaged', async () => {
    const path = join(dirname(lab.path), 'vault.json');
    await writeFile(path, 'rubbish');
    const { vault } = await PassphraseVault.open(path);
    expect((await session(vault)).state.notices).toMatchObject([{ key: 'error.vault-lost' }]);
  });

  test('shows what was last known when it is opened again, before anything is asked', async () => {
    const one = await session();
    await one.findings.check({ fresh: false });
    const before = ticks(one);
    await closeSession(one);
    lab.host.setReachable(false);
    expect(ticks(await session())).toEqual(before);
  });

  test('notices a change of lab.yaml from outside, and remembers it', async () => {
    const one = await session();
    const text = await readFile(lab.path, 'utf8');
    const changed = until(one, ({ plan }) => plan.plan?.mirror?.refresh === 'off');
    await writeFile(lab.path, text.replace('refresh: nightly', 'refresh: off'));
    await changed;
    expect(one.state.findings['mirror.refresh@mirror']).toBeUndefined();
    expect(one.journal.list({ limit: 1, kinds: ['plan-changed'] }).rows[0]?.entry).toMatchObject({
      how: 'outside',
    });
  });

  test('with a broken lab.yaml says where, and does nothing', async () => {
    const one = await session();
    const broken = until(one, ({ plan }) => plan.plan === null);
    await writeFile(lab.path, 'version: 1\nname: [\n');
    await broken;
    expect(one.state.plan.problems[0]).toMatchObject({ reason: { key: 'plan.syntax' } });
    await expect(one.findings.check({ fresh: false })).rejects.toMatchObject({
      code: 'plan-invalid',
    });
  });

  test('asks for trust in a host that it does not know, and remembers the answer', async () => {
    await rm(join(dirname(lab.path), '.labwright', 'known_hosts'));
    const one = await session();
    await one.findings.check({ fresh: false });
    expect(ticks(one)).toMatchObject({ reachable: 'unknown', packages: 'blocked' });
    const { offered, connection } = one.state.hosts.mirror!;
    expect(connection).toBe('untrusted');
    expect(offered?.fingerprint).toBe(lab.host.hostKeyFingerprint);
    await expect(one.identities.trust('mirror', 'SHA256:another', false)).rejects.toMatchObject({
      code: 'fingerprint-differs',
    });
    await one.identities.trust('mirror', lab.host.hostKeyFingerprint, false);
    await one.findings.check({ fresh: false });
    expect(ticks(one).reachable).toBe('done');
    expect(one.state.hosts.mirror).toMatchObject({
      connection: 'connected',
      trusted: [{ fingerprint: lab.host.hostKeyFingerprint, since: expect.any(Number) }],
    });
    expect(one.journal.ofKinds('trust')[0]).toMatchObject({
      who: 'ann',
      entry: { what: 'host-key-accepted', value: lab.host.hostKeyFingerprint },
    });
  });

  test('stops at a changed host key until the person replaces it', async () => {
    const known = join(dirname(lab.path), '.labwright', 'known_hosts');
    const line = await readFile(known, 'utf8');
    await writeFile(
      known,
      line.replace(/(AAAA\S+)/, (key) => `${key.slice(0, -5)}AAAA${key.at(-1)}`),
    );
    const one = await session();
    await one.findings.check({ fresh: false });
    expect(one.state.hosts.mirror).toMatchObject({
      connection: 'changed',
      error: { code: 'host-key-changed' },
    });
    expect(lab.host.commandLog).toEqual([]);
    const { hostKeyFingerprint } = lab.host;
    await expect(one.identities.trust('mirror', hostKeyFingerprint, false)).rejects.toMatchObject({
      code: 'host-key-changed',
    });
    await one.identities.trust('mirror', hostKeyFingerprint, true);
    await one.findings.check({ fresh: false });
    expect(ticks(one).reachable).toBe('done');
  });

  test('shows the key that is trusted today beside the one that is offered', async () => {
    const known = join(dirname(lab.path), '.labwright', 'known_hosts');
    const one = await session();
    await one.findings.check({ fresh: false });
    // By another program, while the lab is open.
    const line = await readFile(known, 'utf8');
    await writeFile(
      known,
      line.replace(/(AAAA\S+)/, (key) => `${key.slice(0, -5)}AAAA${key.at(-1)}`),
    );
    await one.reset('mirror');
    await one.meet('mirror');
    await until(one, ({ hosts }) => {
      const { offered, trusted = [] } = hosts.mirror ?? {};
      return offered && trusted.length === 1 && trusted[0]?.fingerprint !== offered.fingerprint;
    });
    expect(one.state.hosts.mirror?.offered?.fingerprint).toBe(lab.host.hostKeyFingerprint);
  });

  test('takes another machine behind a known key for another machine', async () => {
    const one = await session();
    await one.findings.check({ fresh: false });
    await lab.host.run('chmod 644 /etc/machine-id; echo 0123 >/etc/machine-id');
    await one.findings.check({ fresh: false });
    expect(one.state.findings['mirror.reachable@mirror']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.host-identity-changed' },
    });
  });

  test('remembers a claim with who and why over a restart, and forgets a withdrawn one', async () => {
    const one = await session();
    one.findings.claim('mirror.clock@mirror', 'skipped', 'no time server here');
    await closeSession(one);
    const two = await session();
    expect(two.state.findings['mirror.clock@mirror']).toMatchObject({
      state: 'skipped',
      by: { who: 'ann', why: 'no time server here' },
    });
    two.findings.claim('mirror.clock@mirror', 'withdrawn', '');
    expect(two.state.findings['mirror.clock@mirror']?.state).not.toBe('skipped');
    expect(() => two.findings.claim('mirror.nothing@mirror', 'skipped', '')).toThrow(
      'step-unknown',
    );
  });
});
