import { describe, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { directory, diskRoom } from '../../src/main/engine/probes/files.ts';
import { clock, system } from '../../src/main/engine/probes/host.ts';
import { aptCandidates, dpkg } from '../../src/main/engine/probes/packages.ts';
import {
  clockStep,
  disk,
  MIRROR_PACKAGES,
  packages,
  webRoot,
} from '../../src/main/guide/mirror-server.ts';
import { catalogues } from '../../src/messages/catalogues.ts';
import { AT, GuideFacts, guidePlan } from './support/guide-facts.ts';

const BOTH = ['trusty/kernel', 'trusty/root-image.gz'];
const UBUNTU = {
  id: 'ubuntu',
  version: '14.04',
  name: 'Ubuntu 14.04.6 LTS',
  machineId: 'm',
  systemd: 0,
  user: 'ubuntu',
};
const state = (status: string) => ({
  installed: status.startsWith('ii'),
  status,
  version: status === '' ? '' : '1.0',
});
const states = (...list: string[]) =>
  Object.fromEntries(MIRROR_PACKAGES.map((name, i) => [name, state(list[i] ?? 'ii')]));

test('every step has a title and a reason in both languages', () => {
  for (const chapter of CHAPTERS) {
    for (const { id } of chapter.steps) {
      for (const language of ['en', 'ja'] as const) {
        const catalogue: Record<string, string> = catalogues[language];
        expect(catalogue[`step.${id}.title`], `${language} ${id}`).toBeTruthy();
        expect(catalogue[`step.${id}.why`], `${language} ${id}`).toBeTruthy();
      }
    }
  }
});

test('every step comes after the ones that it needs, and no id is used twice', () => {
  const ids = CHAPTERS.flatMap(({ steps }) => steps.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const { steps } of CHAPTERS) {
    for (const { id, needs } of steps) {
      for (const need of needs) expect(ids.indexOf(need)).toBeLessThan(ids.indexOf(id));
    }
  }
});

describe('the clock', () => {
  test.each([
    [0, 'done', 'host.clock.done'],
    [60, 'done', 'host.clock.done'],
    [61, 'todo', 'host.clock.ahead'],
    [-3600, 'todo', 'host.clock.behind'],
  ])('that is %i s off', (seconds, expected, reason) => {
    const facts = new GuideFacts().put(clock, AT / 1000 + seconds).put(system, UBUNTU);
    expect(facts.check(clockStep)).toMatchObject({ state: expected, reason });
    // Without systemd there is no timedatectl to switch on.
    expect(facts.scripts(clockStep)).toEqual([]);
    facts.put(system, { ...UBUNTU, systemd: 249 });
    expect(facts.scripts(clockStep)).toHaveLength(1);
  });
});

describe('the disk', () => {
  const GIB = 1024 ** 3;
  const room = (availableBytes: number, have: readonly string[], partial = 0) => {
    const facts = new GuideFacts();
    const { mirror } = facts;
    facts.put(diskRoom(mirror.directory), { availableBytes, mount: '/' });
    return facts.files(have, partial).source().check(disk);
  };

  test('that is too small is said to be, with both numbers, before anything is downloaded', () => {
    expect(room(GIB, [])).toMatchObject({
      state: 'manual',
      reason: 'mirror.disk.short',
      params: { needed: GIB + 2000, available: GIB, files: 2, total: 2000 },
    });
    expect(room(GIB + 2000, []).state).toBe('done');
  });

  test('need not hold again what is there already, whole or in part', () => {
    expect(room(GIB + 1000, ['trusty/kernel']).state).toBe('done');
    expect(room(GIB + 1500, [], 500).state).toBe('done');
    expect(room(0, BOTH).state).toBe('done');
  });
});

describe('the packages', () => {
  const apt = (versions: Record<string, string>, listsCurrent = true, has = true) => ({
    versions,
    origins: {},
    listsCurrent,
    apt: has,
  });
  const all = Object.fromEntries(MIRROR_PACKAGES.map((name) => [name, '1.0']));
  const facts = (list: string[], candidates = apt(all)) =>
    new GuideFacts()
      .put(dpkg(...MIRROR_PACKAGES), states(...list))
      .put(aptCandidates(...MIRROR_PACKAGES), candidates)
      .put(system, UBUNTU);

  test('that are half configured by a broken installation are to do, and named', () => {
    const found = facts(['iF', 'ii', 'ii']);
    expect(found.check(packages)).toMatchObject({
      state: 'todo',
      params: { names: 'simplestreams' },
      notes: ['packages.half'],
    });
    expect(found.scripts(packages)[0]).toContain('dpkg --configure -a');
  });

  test('that were removed but left their settings are not half configured', () => {
    expect(facts(['rc', 'ii', 'ii']).check(packages)).toMatchObject({ state: 'todo', notes: [] });
  });

  test('that the sources do not offer are for a person, unless the lists are old', () => {
    expect(facts(['', '', ''], apt({})).check(packages)).toMatchObject({
      state: 'manual',
      reason: 'packages.not-offered',
    });
    expect(facts(['', '', ''], apt({}, false)).check(packages).state).toBe('todo');
    expect(facts(['', '', ''], apt({}, false, false)).check(packages)).toMatchObject({
      state: 'manual',
      reason: 'packages.no-apt',
    });
  });

  test('an undo removes only what was not there before, settings and all', () => {
    const context = facts([]).context(packages);
    const undo = (list: string[]) => {
      const before = { [dpkg(...MIRROR_PACKAGES).key]: states(...list) };
      return packages.undo?.({ ...context, before, made: [] }) ?? [];
    };
    expect(undo(['ii', 'rc', 'iF'])).toEqual([]);
    expect(undo(['', 'ii', 'ii'])).toMatchObject([
      { script: expect.stringMatching(/apt-get remove -y .* simplestreams\n$/) },
    ]);
    expect(packages.undo?.({ ...context, before: {}, made: [] })).toEqual([]);
  });
});

test('the directory of the guide’s text, which its command does not use, is noticed', () => {
  const check = (path: string) => {
    const plan = guidePlan((text) => text.replace('/mirror/images/ephemeral-v2/releases\n', path));
    const facts = new GuideFacts(plan);
    const there = { exists: true, firstMissing: undefined, readable: true };
    return facts.put(directory(facts.mirror.directory), there).check(webRoot);
  };
  expect(check('/maas/images/streams\n')).toMatchObject({
    state: 'done',
    notes: ['mirror.web-root.other-path'],
  });
  expect(check('/anything/images/ephemeral-v2/releases\n').notes).toEqual([]);
});
