import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { FakeRun, plannedStep } from './support/fake-run.ts';
import { script } from './support/steps.ts';

/** A run whose first job does not end before the gate opens. */
function held(cancel: 'kill' | 'after-this' | 'never', kind: 'apply' | 'undo' = 'apply') {
  const actions = [
    { ...script('one', 'a', 'make y'), cancel },
    { ...script('two', 'a', 'make x@a'), cancel },
  ];
  const fake = new FakeRun([plannedStep('x@a', actions), plannedStep('z@a')], {}, kind);
  const gate = Promise.withResolvers<void>();
  const host = fake.host('a');
  const { work } = host;
  host.work = async (text, print) => {
    if (text === 'make y') await gate.promise;
    return work(text, print);
  };
  const ended = fake.executor.execute();
  const running = fake.until(({ steps }) => steps[0]?.actions[0]?.state === 'running');
  return { fake, host, gate, ended, running };
}

describe('cancelling', () => {
  test('an action that may be killed ends its job at once', async () => {
    const { fake, host, ended, running } = held('kill');
    expect((await running).cancel).toBe('kill');
    // The job is there once it is followed; before that the wish is remembered.
    await fake.executor.cancel();
    await ended;
    expect([...host.jobs.values()].map(({ state }) => state)).toEqual(['cancelled']);
    expect(fake.states1).toEqual({ 'x@a': 'cancelled', 'z@a': 'cancelled' });
    expect(fake.run).toMatchObject({ state: 'cancelled', cancelRequested: true });
    expect(fake.rows()).toContain('action-ended x@a one cancelled');
  });

  test.each(['after-this', 'never'] as const)(
    'an action that is cancelled %s runs to its end, and the next does not start',
    async (how) => {
      const { fake, host, gate, ended, running } = held(how);
      await running;
      await fake.executor.cancel();
      gate.resolve();
      await ended;
      expect([...host.jobs.values()].map(({ state }) => state)).toEqual(['0']);
      expect(fake.run.steps[0]?.actions.map(({ state }) => state)).toEqual([
        'succeeded',
        'not-run',
      ]);
      expect(fake.states1).toEqual({ 'x@a': 'cancelled', 'z@a': 'cancelled' });
    },
  );

  test('while a job is only being started ends it as soon as it is there', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    const starting = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const host = fake.host('a');
    host.work = () => new Promise(() => {});
    host.beforeStart = () => {
      starting.resolve();
      return go.promise;
    };
    const ended = fake.executor.execute();
    await starting.promise;
    await fake.executor.cancel();
    go.resolve();
    await ended;
    expect([...host.jobs.values()].map(({ state }) => state)).toEqual(['cancelled']);
    expect(fake.run.state).toBe('cancelled');
  });

  test('over a broken link ends the job once the link is back', async () => {
    const { fake, host, ended, running } = held('kill');
    await running;
    await new Promise(setImmediate);
    host.trouble.push(new LabwrightError('host-closed'));
    await fake.executor.cancel();
    expect(host.trouble).toEqual([]);
    host.trouble.push(new LabwrightError('host-closed'));
    // The call that was waiting for news breaks with the link.
    for (const job of host.jobs.values()) for (const wake of job.news.splice(0)) wake();
    await ended;
    expect([...host.jobs.values()].map(({ state }) => state)).toEqual(['cancelled']);
    expect(fake.run.state).toBe('cancelled');
  });
});

describe('closing the app', () => {
  test('leaves the job running, records no end, and shows the run as interrupted', async () => {
    const { fake, host, ended, running } = held('kill');
    await running;
    fake.executor.suspend();
    await ended;
    expect(fake.run.state).toBe('interrupted');
    expect([...host.jobs.values()].map(({ state }) => state)).toEqual(['']);
    expect(fake.rows()).toEqual(['step-started x@a', 'action-started x@a one']);
  });

  test('while a step is looked at does not record it as failed', async () => {
    const fake = new FakeRun([plannedStep('x@a'), plannedStep('x@b')]);
    fake.found['x@a'] = 'unknown';
    const ended = fake.executor.execute();
    fake.executor.suspend();
    await ended;
    expect(fake.run.state).toBe('interrupted');
    expect(fake.rows()).toEqual([]);
  });

  test('while a step waits for a decision does not decide it', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    fake.replanned['x@a'] = plannedStep('x@a', [script('make', 'a', 'other')]);
    const ended = fake.executor.execute();
    await fake.until(({ state }) => state === 'paused');
    fake.executor.suspend();
    await ended;
    expect(fake.run.state).toBe('interrupted');
    expect(fake.rows()).toEqual([]);
  });
});

describe('going on with an interrupted run', () => {
  async function interrupted(work?: (text: string) => Promise<number | string>) {
    const first = held('kill');
    if (work) first.host.work = work;
    await first.running;
    await new Promise(setImmediate);
    first.fake.executor.suspend();
    await first.ended;
    const [job = ''] = first.host.jobs.keys();
    const { run, journal, planned } = first.fake;
    for (const step of run.steps) step.state = 'waiting';
    run.state = 'running';
    const second = new FakeRun(planned, {}, 'apply', { run, journal });
    second.hosts.set('a', first.host);
    first.host.work = (text) => {
      second.finish(text);
      return 0;
    };
    return { ...first, second, inFlight: [{ step: 'x@a', action: 'one', job }] };
  }

  test('waits for the job that was under way before anything else is started', async () => {
    const { second, inFlight, gate, host } = await interrupted();
    const ended = second.executor.execute(inFlight);
    await second.until(({ steps }) => steps[0]?.actions[0]?.state === 'running');
    expect(host.jobs.size).toBe(1);
    gate.resolve();
    await ended;
    expect(second.run.state).toBe('succeeded');
    const first = second.rows().indexOf('action-ended x@a one succeeded');
    expect(first).toBeGreaterThan(0);
    expect(second.rows().lastIndexOf('step-started x@a')).toBeGreaterThan(first);
  });

  test('says so when that job is lost, and plans from what is true now', async () => {
    const { second, host } = await interrupted();
    const inFlight = [{ step: 'x@a', action: 'one', job: 'never-created' }];
    host.jobs.clear();
    await second.executor.execute(inFlight);
    expect(second.rows()).toContain('action-ended x@a one lost');
    expect(second.run.state).toBe('succeeded');
  });
});

test('an undo takes back last things first, over hosts, without waiting for itself', async () => {
  const drop = (id: string) => plannedStep(id, [script('drop', id.split('@')[1]!, `drop ${id}`)]);
  const fake = new FakeRun(
    ['z@a', 'y@b', 'x@a'].map(drop),
    { 'y@b': ['x@a'], 'z@a': ['y@b', 'x@a'] },
    'undo',
  );
  for (const id of ['x@a', 'y@b', 'z@a']) fake.done.add(id);
  await fake.executor.execute();
  expect(fake.events.filter((event) => event.startsWith('drop'))).toEqual([
    'drop z@a',
    'drop y@b',
    'drop x@a',
  ]);
  expect(fake.run.state).toBe('succeeded');
});

describe('in any run', () => {
  const plans = fc
    .array(
      fc.record({
        host: fc.constantFrom('a', 'b', 'c'),
        needs: fc.array(fc.nat(11), { maxLength: 3 }),
        fails: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
        // How many turns of the event loop its job takes.
        turns: fc.nat(3),
      }),
      { minLength: 1, maxLength: 10 },
    )
    .map((items) => items.map((item, index) => ({ ...item, id: `s${index}@${item.host}`, index })));

  test.each(['apply', 'undo'] as const)(
    'every step of an %s ends, after what it waits for, and in the order of its host',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(plans, async (items) => {
          const needs = Object.fromEntries(
            items.map(({ id, index, needs: wanted }) => [
              id,
              wanted.filter((other) => other < index).map((other) => items[other]!.id),
            ]),
          );
          const waitsFor = (id: string) =>
            kind === 'apply'
              ? needs[id]!
              : items.filter((other) => needs[other.id]!.includes(id)).map((other) => other.id);
          const verb = kind === 'apply' ? 'make' : 'drop';
          const order = kind === 'apply' ? items : items.toReversed();
          const fake = new FakeRun(
            order.map(({ id, host }) => plannedStep(id, [script('go', host, `${verb} ${id}`)])),
            needs,
            kind,
          );
          const begun: string[] = [];
          const over: string[] = [];
          const tooEarly: string[] = [];
          for (const name of ['a', 'b', 'c']) {
            fake.host(name).work = async (text) => {
              const item = items.find(({ id }) => text.endsWith(` ${id}`))!;
              begun.push(item.id);
              const early = waitsFor(item.id).filter((id) => !over.includes(id));
              if (early.length > 0) tooEarly.push(item.id);
              for (let i = 0; i < item.turns; i++) await new Promise(setImmediate);
              if (item.fails) return 1;
              fake.finish(text);
              over.push(item.id);
              return 0;
            };
          }
          await fake.executor.execute();
          expect(tooEarly).toEqual([]);
          for (const { id, fails, host } of order) {
            const state = fake.states1[id];
            const unmet = waitsFor(id).some((need) => fake.states1[need] !== 'done');
            expect(['done', 'failed', 'skipped']).toContain(state);
            if (!unmet) expect(state).toBe(fails ? 'failed' : 'done');
            else expect(state).toBe('skipped');
            const mine = begun.filter((other) => other.endsWith(`@${host}`));
            expect(mine).toEqual(
              order.map((item) => item.id).filter((other) => mine.includes(other)),
            );
          }
          const failed = items.some(({ id }) => fake.states1[id] === 'failed');
          expect(fake.run.state).toBe(failed ? 'failed' : 'succeeded');
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('what an action printed', () => {
  const runThat = async (print: (say: (text: string) => void) => void) => {
    const fake = new FakeRun([plannedStep('x@a')]);
    const host = fake.host('a');
    const { work } = host;
    host.work = (text, say) => {
      print(say);
      return work(text, say);
    };
    await fake.executor.execute();
    const entry = fake.journal
      .ofRun(fake.run.id)
      .flatMap((row) => (row.entry.kind === 'action-ended' ? [row.entry] : []))[0];
    return { tail: entry?.output ?? '', kept: fake.journal.outputOf(fake.run.id, 'x@a/make') };
  };

  test('is kept whole, of which its entry has the last lines', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => `line ${n}`);
    const { tail, kept } = await runThat((say) => say(`${lines.join('\n')}\n`));
    expect(kept).toEqual({ text: lines.join('\n'), truncated: false });
    expect(tail).toBe(lines.slice(-40).join('\n'));
  });

  test('is not kept twice when the last lines are all of it', async () => {
    const { tail, kept } = await runThat((say) => say('done\n'));
    expect({ tail, kept }).toEqual({ tail: 'done', kept: undefined });
  });

  test('is cut when it is a flood, without a secret that was cut in half', async () => {
    const { kept } = await runThat((say) => {
      say('swordfish'.repeat(100_000));
      say(`\u001b[31mend`);
    });
    expect(kept?.truncated).toBe(true);
    expect(kept?.text.length).toBeLessThanOrEqual(256 * 1024);
    expect(kept?.text).toMatch(/^[*]+end$/);
  });
});
