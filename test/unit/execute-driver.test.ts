import { expect, test } from 'vitest';
import type { SiteAction } from '../../src/contract/action.ts';
import { message } from '../../src/contract/message.ts';
import { FakeRun, plannedStep } from './support/fake-run.ts';
import { script } from './support/steps.ts';

const siteAction: SiteAction = {
  kind: 'site',
  id: 'make',
  title: message('title'),
  target: 'rack',
  call: { kind: 'service', service: 'TSM-SSH', running: true },
  equivalent: [],
};

test('a site and the host that is its shell are one machine: their steps take turns', async () => {
  const fake = new FakeRun([plannedStep('x@rack'), plannedStep('x@shell'), plannedStep('x@b')]);
  fake.machines = { shell: 'rack' };
  const gate = Promise.withResolvers<void>();
  const { work } = fake.host('rack');
  fake.host('rack').work = async (...job) => {
    await gate.promise;
    return work(...job);
  };
  const ended = fake.executor.execute();
  await fake.until((run) => run.steps.some(({ state }) => state === 'done'));
  expect(fake.states1).toEqual({ 'x@rack': 'running', 'x@shell': 'waiting', 'x@b': 'done' });
  gate.resolve();
  await ended;
  expect(fake.run.state).toBe('succeeded');
});

test('a step that was shown by the API is never done by the shell, nor offered for it', async () => {
  const fake = new FakeRun(
    [plannedStep('x@rack', [siteAction]), plannedStep('y@rack', [siteAction])],
    { 'y@rack': ['x@rack'] },
  );
  const called: string[] = [];
  fake.call = async ({ target }) => void called.push(target);
  fake.replanned['x@rack'] = plannedStep('x@rack', [script('make', 'shell', 'make x@rack')]);
  await fake.executor.execute();
  expect(fake.run.steps[0]).toMatchObject({
    state: 'failed',
    failure: {
      code: 'driver-changed',
      reason: { key: 'run.driver-changed', params: { from: 'rack', to: 'shell' } },
    },
  });
  expect(fake.states1).toEqual({ 'x@rack': 'failed', 'y@rack': 'skipped' });
  expect([called, fake.host('shell').jobs.size]).toEqual([[], 0]);
});
