import { describe, expect, test } from 'vitest';
import { diskRoom, unitState } from '../../src/main/engine/probes/files.ts';
import {
  indexStamp,
  notedFiles,
  served,
  signatures,
  verifiedFiles,
} from '../../src/main/engine/probes/mirror.ts';
import { mirrorUrl } from '../../src/main/guide/mirror-commands.ts';
import { files, images, servedStep, signature } from '../../src/main/guide/mirror-images.ts';
import { disk } from '../../src/main/guide/mirror-server.ts';
import { GuideFacts, SHA, selection } from './support/guide-facts.ts';

const BOTH = ['trusty/kernel', 'trusty/root-image.gz'];

describe('the images', () => {
  test('that no filter matches are for a person: the tool would publish an empty mirror', () => {
    const none = selection({ files: [], counts: [0] });
    const nothing = { stamp: undefined, indexSha256: undefined, unsigned: false };
    const facts = new GuideFacts();
    facts.put(indexStamp(facts.mirror), nothing).files([]).source(none);
    expect(facts.check(images)).toMatchObject({
      state: 'manual',
      reason: 'mirror.images.filter-none',
      params: { releases: 'precise, trusty, xenial' },
    });
    expect(facts.scripts(images)).toEqual([]);
    expect(new GuideFacts().published([], none).check(images).state).toBe('manual');
  });

  test('that a search takes beyond what it names are noticed, with the better filter', () => {
    const unanchored = [{ filter: 'release~(trusty|precise)', also: ['trusty-proposed'] }];
    const facts = new GuideFacts().published(BOTH, selection({ unanchored }));
    const { notes = [] } = images.check(facts.context(images));
    expect(notes).toEqual([
      {
        key: 'mirror.note.unanchored',
        params: {
          filter: 'release~(trusty|precise)',
          also: 'trusty-proposed',
          better: 'release~^(trusty|precise)$',
        },
      },
    ]);
  });

  test('that are missing are fetched again, after the tool has forgotten that it had them', () => {
    const facts = new GuideFacts().published(['trusty/kernel']);
    expect(facts.check(images)).toMatchObject({
      state: 'todo',
      params: { have: 1, count: 2, first: 'trusty/root-image.gz' },
    });
    // A pass that never ran is simply run; what the tool believes to have must be forgotten first.
    expect(facts.scripts(images)[0]).not.toContain('rm -rf .data');
    const lost = ['trusty/root-image.gz'];
    facts.put(notedFiles(facts.mirror, lost), { noted: lost });
    expect(facts.scripts(images)[0]).toContain('rm -rf .data');
    expect(facts.scripts(images)[1]).toContain('sstream-mirror');
  });

  test('are done when all are there, also while the source has newer ones', () => {
    const newer = selection({ files: [{ ...selection().files[0]!, path: 'trusty/newer' }] });
    expect(new GuideFacts().published(BOTH).source(newer).check(images)).toMatchObject({
      state: 'done',
      notes: ['mirror.images.newer'],
    });
  });

  test('an undo removes the files that were not there before, and no others', () => {
    const facts = new GuideFacts().published(BOTH);
    const context = facts.context(images);
    const before = { [`listing ${facts.mirror.directory}`]: { sizes: { 'trusty/kernel': 1 } } };
    const [action] = images.undo?.({ ...context, before, made: [] }) ?? [];
    expect(action).toMatchObject({ script: expect.stringContaining('\ntrusty/root-image.gz\n') });
    expect(JSON.stringify(action)).not.toContain('trusty/kernel');
    expect(images.undo?.({ ...context, before: {}, made: [] })).toEqual([]);
    expect(images.undo?.({ ...context, before, made: [], keepData: true })).toEqual([]);
  });
});

describe('the signature', () => {
  const check = (exitCode: number, keyring: 'binary' | 'armored' | 'absent', good = false) => {
    const facts = new GuideFacts().published(BOTH);
    const { mirror } = facts;
    return facts.put(signatures(mirror), {
      good,
      exitCode,
      keyring,
      fromFuture: false,
      file: 'streams/v1/index.sjson',
    });
  };

  test.each([
    ['armored keyring', 2, 'armored', 'mirror.fail.keyring-armored'],
    ['missing keyring', 2, 'absent', 'mirror.fail.keyring-absent'],
    ['key of another source', 2, 'binary', 'mirror.signature.wrong-key'],
  ] as const)(
    'by an %s is for a person, named, and nothing is fetched',
    (_w, code, ring, reason) => {
      const facts = check(code, ring);
      expect(facts.check(signature)).toMatchObject({ state: 'manual', reason });
      expect(facts.scripts(signature)).toEqual([]);
    },
  );

  test('that is bad has the changed file fetched again', () => {
    const facts = check(1, 'binary');
    expect(facts.check(signature)).toMatchObject({ state: 'todo', reason: 'mirror.signature.bad' });
    expect(facts.scripts(signature)[0]).toContain('rm -f -- streams/v1/index.sjson');
  });

  test('that is missing altogether is no tick, even if gpgv has nothing to complain of', () => {
    const facts = check(0, 'binary', true);
    facts.put(indexStamp(facts.mirror), {
      stamp: undefined,
      indexSha256: undefined,
      unsigned: true,
    });
    expect(facts.check(signature)).toMatchObject({
      state: 'manual',
      reason: 'mirror.signature.unsigned',
    });
  });
});

test.each(['missing', 'size', 'hash'] as const)('a file with trouble (%s) is to do', (what) => {
  const facts = new GuideFacts().published(BOTH);
  const trouble = [{ path: 'trusty/kernel', what }];
  facts.put(verifiedFiles(facts.mirror, selection().files, 'listing'), { checked: 2, trouble });
  expect(facts.check(files)).toMatchObject({ state: 'todo', reason: `mirror.files.${what}` });
  expect(facts.scripts(files)[0]).toContain('rm -f -- trusty/kernel');
});

describe('what is served', () => {
  const good = { status: 200, indexSha256: SHA, trouble: [] as string[], detail: '' };
  const check = (found: Partial<typeof good> & { indexSha256?: string }, active = true) => {
    const facts = new GuideFacts().published(BOTH);
    const url = mirrorUrl(facts.plan.hosts.mirror!, facts.mirror);
    facts.put(served(url, selection().files, 'mirror'), { ...good, ...found });
    return facts.put(unitState('apache2'), { enabled: active, active }).check(servedStep);
  };

  test.each([
    ['all of it', {}, 'done', 'mirror.served.done'],
    [
      'the index of another server',
      { indexSha256: 'b'.repeat(64) },
      'manual',
      'mirror.served.other',
    ],
    ['an error', { status: 403 }, 'manual', 'mirror.served.status'],
    ['not every file', { trouble: ['trusty/kernel'] }, 'manual', 'mirror.served.files'],
    ['nothing though apache2 runs', { status: 0 }, 'manual', 'mirror.served.unreachable'],
  ])('is %s', (_what, found, expected, reason) => {
    expect(check(found)).toMatchObject({ state: expected, reason });
  });

  test('is nothing when the web server is stopped: it is started', () => {
    expect(check({ status: 0 }, false)).toMatchObject({
      state: 'todo',
      reason: 'mirror.served.stopped',
    });
  });
});

describe('enough disk space', () => {
  const room = (facts: GuideFacts, availableBytes = 5_000_000_000) =>
    facts.put(diskRoom(facts.mirror.directory), { availableBytes, mount: '/' });

  test('tells what is still to fetch from what is to be kept free', () => {
    const facts = room(new GuideFacts().source().files(['trusty/kernel']));
    expect(facts.check(disk)).toMatchObject({
      state: 'done',
      reason: 'mirror.disk.done',
      params: { files: 2, total: 2000, fetch: 1000, reserve: 1024 ** 3 },
    });
    expect(room(facts.files(BOTH)).check(disk).reason).toBe('mirror.disk.nothing-to-fetch');
    expect(room(facts.files([]), 1_000_000_000).check(disk)).toMatchObject({ state: 'manual' });
  });

  test('does not fall with the way to the source: a whole mirror needs no more', () => {
    const reason = { key: 'mirror.fail.dns', params: { source: 'http://source' } };
    const whole = room(new GuideFacts().published(BOTH)).noSource(reason);
    expect(whole.check(disk)).toMatchObject({
      state: 'done',
      reason: 'mirror.disk.complete',
      params: { files: 2 },
      notes: ['mirror.fail.dns'],
    });
    // Where something is to be fetched the cause is what matters.
    const part = room(new GuideFacts().published(['trusty/kernel'])).noSource(reason);
    expect(() => part.check(disk)).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ reason }) }),
    );
  });
});
