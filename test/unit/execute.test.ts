import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { LabwrightError } from '../../src/contract/error.ts';
import { message } from '../../src/contract/message.ts';
import { FakeRun, plannedStep } from './support/fake-run.ts';
import { script } from './support/steps.ts';

const closed = () => new LabwrightError('host-closed');

describe('a run', () => {
  test('is in the journal before and after everything it does', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    const seen: string[][] = [];
    fake.host('a').beforeStart = () => void seen.push(fake.rows());
    await fake.executor.execute();
    expect(seen).toEqual([['step-started x@a', 'action-started x@a make']]);
    expect(fake.rows()).toEqual([
      'step-started x@a',
      'action-started x@a make',
      'action-ended x@a make succeeded',
      'step-ended x@a done',
      'run-ended succeeded',
    ]);
    const started = fake.journal
      .ofRun(fake.run.id)
      .find((row) => row.entry.kind === 'action-started');
    expect([...fake.host('a').jobs.keys()]).toEqual([(started!.entry as { job: string }).job]);
  });

  test('records what was true before a step, for undo', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    await fake.executor.execute();
    expect(fake.journal.ofRun(fake.run.id)[0]?.entry).toMatchObject({ before: { before: 'x@a' } });
  });

  describe('with a step that was asked for beside the rest', () => {
    const aside = { ...plannedStep('keep@b'), aside: true as const };
    const waiting = { ...plannedStep('x@a'), after: ['keep@b'] };

    test('does it as it was shown, though its check is satisfied, before what waits for it on another host', async () => {
      const fake = new FakeRun([waiting, aside]);
      fake.found['keep@b'] = 'done';
      await fake.executor.execute();
      expect(fake.events.filter((event) => event.startsWith('make'))).toEqual([
        'make keep@b',
        'make x@a',
      ]);
      expect(fake.run.state).toBe('succeeded');
    });

    test('does not what waits for it when it fails', async () => {
      const fake = new FakeRun([aside, waiting, plannedStep('y@a')]);
      fake.host('b').work = () => 1;
      await fake.executor.execute();
      expect(fake.states1).toEqual({ 'keep@b': 'failed', 'x@a': 'skipped', 'y@a': 'done' });
    });

    test('that names its run is told the name, and is shown without it', async () => {
      const action = { ...script('make', 'b', 'make keep@b'), namesRun: true as const };
      const fake = new FakeRun([{ ...plannedStep('keep@b', [action]), aside: true as const }]);
      const scripts: string[] = [];
      fake.host('b').beforeStart = (text) => void scripts.push(text);
      await fake.executor.execute();
      expect(scripts).toEqual([`RUN=${fake.run.id}\nmake keep@b`]);
      expect(fake.run.steps[0]?.actions[0]?.action).toMatchObject({ script: 'make keep@b' });
    });
  });

  test('keeps the order of each host and lets hosts go on beside each other', async () => {
    const fake = new FakeRun(['x@a', 'x@b', 'y@a', 'y@b'].map((id) => plannedStep(id)));
    const gate = Promise.withResolvers<void>();
    const { work } = fake.host('a');
    fake.host('a').work = async (...job) => {
      await gate.promise;
      return work(...job);
    };
    const ended = fake.executor.execute();
    await fake.until((run) => run.steps.filter(({ state }) => state === 'done').length === 2);
    expect(fake.states1).toEqual({
      'x@a': 'running',
      'x@b': 'done',
      'y@a': 'waiting',
      'y@b': 'done',
    });
    gate.resolve();
    await ended;
    expect(fake.events.filter((event) => event.startsWith('make'))).toEqual([
      'make x@b',
      'make y@b',
      'make x@a',
      'make y@a',
    ]);
  });

  test('of which one host fails goes on with the others, and skips what needs the failed step', async () => {
    const fake = new FakeRun(
      ['x@a', 'y@a', 'z@a', 'x@b', 'y@b'].map((id) => plannedStep(id)),
      { 'y@a': ['x@a'], 'y@b': ['x@b'] },
    );
    const { work } = fake.host('a');
    fake.host('a').work = (text, print) => (text === 'make x@a' ? 1 : work(text, print));
    await fake.executor.execute();
    expect(fake.states1).toEqual({
      'x@a': 'failed',
      'y@a': 'skipped',
      'z@a': 'done',
      'x@b': 'done',
      'y@b': 'done',
    });
    expect(fake.run.steps[1]?.failure?.reason).toEqual(
      message('run.needs-failed', { step: 'x@a' }),
    );
    expect(fake.run.state).toBe('failed');
  });

  test('a step that is done already does nothing', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    fake.done.add('x@a');
    await fake.executor.execute();
    expect(fake.host('a').jobs.size).toBe(0);
    expect(fake.rows()).toEqual(['step-ended x@a done', 'run-ended succeeded']);
  });

  test('a step that cannot be observed is not touched', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    fake.found['x@a'] = 'unknown';
    await fake.executor.execute();
    expect(fake.host('a').jobs.size).toBe(0);
    expect(fake.run.steps[0]?.failure).toMatchObject({ advice: [message('run.cannot-observe')] });
  });

  test('a step is done when its check says so, not when its action exited 0', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    fake.host('a').work = () => 0;
    await fake.executor.execute();
    expect(fake.run.steps[0]).toMatchObject({
      state: 'failed',
      actions: [{ state: 'succeeded' }],
      failure: { code: 'proof-failed', output: 'seen' },
    });
  });

  test('a failed action names its cause, keeps its last lines, and stops its step', async () => {
    const fake = new FakeRun([plannedStep('x@a', [script('one', 'a'), script('two', 'a')])]);
    fake.host('a').work = (_text, print) => {
      print('\x1b[31mknown cause swordfish\n');
      return 100;
    };
    await fake.executor.execute();
    const [one, two] = fake.run.steps[0]!.actions;
    expect(one).toMatchObject({
      state: 'failed',
      exitCode: 100,
      tail: 'known cause ***',
      failure: { code: 'job-failed', reason: message('known-cause') },
    });
    expect(two?.state).toBe('not-run');
    expect(fake.host('a').jobs.size).toBe(1);
  });

  test('an upload is written and announced like any action', async () => {
    const upload: Action = {
      kind: 'upload',
      id: 'write',
      title: message('t'),
      target: 'a',
      path: '/etc/x',
      content: 'text',
      mode: '644',
    };
    const fake = new FakeRun([plannedStep('x@a', [upload])]);
    fake.host('a').trouble.push(closed());
    fake.journal.append({ kind: 'note', text: message('n') });
    await fake.executor.execute();
    expect(fake.host('a').uploads).toEqual(['text']);
    expect(fake.events).toContain('written a');
    expect(fake.run.steps[0]?.actions[0]?.state).toBe('succeeded');
  });

  test('what only a person can do stops the step with the instructions', async () => {
    const action: Action = {
      kind: 'manual',
      id: 'by-hand',
      title: message('t'),
      target: 'a',
      instructions: message('press the button'),
    };
    const fake = new FakeRun([plannedStep('x@a', [action])]);
    await fake.executor.execute();
    expect(fake.run.steps[0]?.failure).toMatchObject({
      code: 'manual',
      reason: message('press the button'),
    });
  });

  test('output in parts that cut a character is shown whole, and silence is noticed', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    const gate = Promise.withResolvers<void>();
    fake.host('a').work = async (text, print) => {
      print('first ');
      await gate.promise;
      print('second');
      fake.finish(text);
      return 0;
    };
    const ended = fake.executor.execute();
    await fake.until((run) => run.steps[0]?.actions[0]?.state === 'running');
    gate.resolve();
    await ended;
    expect(fake.run.steps[0]?.actions[0]?.tail).toBe('first second');
  });
});

describe.each([
  ['back', -400 * 24 * 3_600_000],
  ['forward', 400 * 24 * 3_600_000],
])('a clock that is set %s by a year and more during a run', (_way, jump) => {
  test('makes no noise of a job that speaks, and loses nothing of it', async () => {
    const fake = new FakeRun([plannedStep('x@a'), plannedStep('y@a')]);
    const gate = Promise.withResolvers<void>();
    fake.host('a').work = async (text, print) => {
      print('before, ');
      await gate.promise;
      fake.now += jump;
      print('after');
      fake.finish(text);
      return 0;
    };
    const ended = fake.executor.execute();
    await fake.until((run) => run.steps[0]?.actions[0]?.state === 'running');
    gate.resolve();
    await ended;
    expect(fake.run.state).toBe('succeeded');
    expect(fake.run.steps.map(({ actions }) => actions[0]?.tail)).toEqual([
      'before, after',
      'before, after',
    ]);
    const silent = fake.states.filter((run) => JSON.stringify(run).includes('silentSince'));
    expect(silent).toEqual([]);
    expect(fake.rows().at(-1)).toMatch(/^run-ended/);
  });

  test('neither lengthens nor shortens a wait', async () => {
    const wait: Action = {
      kind: 'wait',
      id: 'wait',
      title: message('wait'),
      target: 'a',
      finding: 'z@a',
      seconds: 600,
    };
    const fake = new FakeRun([plannedStep('x@a', [wait])]);
    fake.onWait = () => {
      fake.now += jump;
    };
    await fake.executor.execute();
    expect(fake.run.steps[0]?.actions[0]?.state).toBe('failed');
    expect(fake.waited).toBe(600_000);
  });
});

describe('a broken link', () => {
  test('is tried again, and neither starts a job twice nor loses output', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    const host = fake.host('a');
    host.trouble.push(closed(), new LabwrightError('host-unreachable'));
    await fake.executor.execute();
    expect(fake.states1).toEqual({ 'x@a': 'done' });
    expect(host.jobs.size).toBe(1);
    expect(host.resets).toBe(2);
    expect(fake.waited).toBe(1500);
  });

  test('while a job is followed leaves the job alone and picks it up again', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    const host = fake.host('a');
    host.work = (text, print) => {
      print('output');
      fake.finish(text);
      host.trouble.push(closed(), closed());
      return 0;
    };
    await fake.executor.execute();
    expect(fake.run.steps[0]).toMatchObject({ state: 'done', actions: [{ tail: 'output' }] });
  });

  test('that stays away too long interrupts the run instead of calling it failed', async () => {
    const fake = new FakeRun([plannedStep('x@a'), plannedStep('y@a')]);
    for (let i = 0; i < 200; i++) fake.host('a').trouble.push(closed());
    await fake.executor.execute();
    expect(fake.run.state).toBe('interrupted');
    expect(fake.rows()).toEqual(['step-started x@a', 'action-started x@a make']);
    expect(fake.states1['y@a']).toBe('waiting');
  });

  test.each([
    ['back', -400],
    ['forward', 400],
  ])('is waited for just as long when the clock is set %s meanwhile', async (_way, days) => {
    const jump = days * 24 * 3_600_000;
    const short = new FakeRun([plannedStep('x@a')]);
    for (let i = 0; i < 3; i++) short.host('a').trouble.push(closed());
    short.onWait = () => {
      short.now += jump;
    };
    await short.executor.execute();
    expect(short.states1).toEqual({ 'x@a': 'done' });
    const long = new FakeRun([plannedStep('x@a')]);
    for (let i = 0; i < 200; i++) long.host('a').trouble.push(closed());
    long.onWait = () => {
      long.now += jump;
    };
    await long.executor.execute();
    expect(long.run.state).toBe('interrupted');
    expect(long.waited / 60_000).toBeCloseTo(10, 0);
  });

  test.each(['rebooted', 'killed', 'never-started'])(
    'after which the job is %s is reported, not guessed',
    async (why) => {
      const fake = new FakeRun([plannedStep('x@a')]);
      fake.host('a').work = async () => why;
      await fake.executor.execute();
      expect(fake.run.steps[0]).toMatchObject({
        state: 'failed',
        actions: [
          {
            state: 'lost',
            failure: { code: 'job-lost', reason: { key: `error.job-lost.${why}` } },
          },
        ],
      });
      expect(fake.rows()).toContain('action-ended x@a make lost');
    },
  );

  test('is not what a refused password is: that fails at once', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    fake.host('a').trouble.push(new LabwrightError('sudo-wrong-password'));
    await fake.executor.execute();
    expect(fake.run.steps[0]?.failure?.code).toBe('sudo-wrong-password');
    expect(fake.waited).toBe(0);
  });
});

describe('a step whose actions changed since they were shown', () => {
  const other = plannedStep('x@a', [script('make', 'a', 'make x@a --more')]);

  test('pauses with the difference and goes on as accepted', async () => {
    const fake = new FakeRun([plannedStep('x@a')]);
    fake.replanned['x@a'] = other;
    const ended = fake.executor.execute();
    const paused = await fake.until(({ state }) => state === 'paused');
    expect(paused.steps[0]).toMatchObject({ state: 'paused', changed: { digest: other.digest } });
    expect(fake.host('a').jobs.size).toBe(0);
    expect(() => fake.executor.accept('another digest')).toThrow('preview-outdated');
    fake.executor.accept(other.digest);
    await ended;
    expect(fake.run).toMatchObject({ state: 'succeeded', steps: [{ state: 'done' }] });
    expect([...fake.host('a').jobs.values()][0]?.script).toBe('make x@a --more');
  });

  test('does not pause for a part of what was shown', async () => {
    const both = [script('one', 'a', 'make y'), script('make', 'a', 'make x@a')];
    const fake = new FakeRun([plannedStep('x@a', both)]);
    fake.replanned['x@a'] = plannedStep('x@a', both.slice(1));
    await fake.executor.execute();
    expect(fake.run.steps[0]).toMatchObject({ state: 'done' });
    expect(fake.host('a').jobs.size).toBe(1);
  });

  test('on two hosts leaves the run paused until both are decided', async () => {
    const fake = new FakeRun([plannedStep('x@a'), plannedStep('x@b')]);
    fake.replanned['x@a'] = other;
    const second = plannedStep('x@b', [script('make', 'b', 'make x@b --more')]);
    fake.replanned['x@b'] = second;
    const ended = fake.executor.execute();
    await fake.until(({ steps }) => steps.every(({ state }) => state === 'paused'));
    fake.executor.accept(other.digest);
    const half = await fake.until(({ steps }) => steps[0]?.state === 'done');
    expect(half.state).toBe('paused');
    fake.executor.accept(second.digest);
    await ended;
    expect(fake.run.state).toBe('succeeded');
  });

  test('is cancelled with the run', async () => {
    const fake = new FakeRun([plannedStep('x@a'), plannedStep('y@a')]);
    fake.replanned['x@a'] = other;
    const ended = fake.executor.execute();
    await fake.until(({ state }) => state === 'paused');
    await fake.executor.cancel();
    await ended;
    expect(fake.states1).toEqual({ 'x@a': 'cancelled', 'y@a': 'cancelled' });
    expect(fake.run.state).toBe('cancelled');
  });
});
