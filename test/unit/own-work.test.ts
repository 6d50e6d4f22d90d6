import { expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { LabwrightError } from '../../src/contract/error.ts';
import { message } from '../../src/contract/message.ts';
import { digestOf, isCovered } from '../../src/main/engine/preview.ts';
import { FakeRun, plannedStep } from './support/fake-run.ts';

const IMAGE = { url: 'https://images.example/x.img', sha256: 'ab'.repeat(32), size: 1000 };
const fetching: Action = {
  kind: 'image',
  id: 'fetch-image',
  title: message('x'),
  target: 'site',
  image: IMAGE,
  equivalent: [],
};
const run = () => new FakeRun([plannedStep('image@site', [fetching])]);

test('what this computer does itself tells amount, rate and time left', async () => {
  const fake = run();
  fake.fetchImage = async (_action, { onAmount }) => {
    onAmount(0, 1000);
    fake.elapsed += 2000;
    onAmount(400, 1000);
    await fake.until(({ steps }) => steps[0]?.actions[0]?.progress?.doneBytes === 400);
    fake.done.add('image@site');
  };
  await fake.executor.execute();
  expect(fake.run.state).toBe('succeeded');
  expect(fake.run.steps[0]?.actions[0]?.progress).toEqual({
    doneBytes: 400,
    totalBytes: 1000,
    bytesPerSecond: 200,
    secondsLeft: 3,
  });
  expect(fake.run.cancel).toBeUndefined();
});

/** Work that goes on until it is told to stop. */
const endless = (fake: FakeRun) => {
  const begun = Promise.withResolvers<void>();
  fake.fetchImage = (_action, { signal }) => {
    begun.resolve();
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new LabwrightError('cancelled')));
    });
  };
  return begun.promise;
};

test('it can be cancelled at any time, and the button says so', async () => {
  const fake = run();
  const begun = endless(fake);
  const over = fake.executor.execute();
  await begun;
  expect(fake.run.cancel).toBe('kill');
  await fake.executor.cancel();
  await over;
  expect(fake.run.state).toBe('cancelled');
  expect(fake.rows()).toContain('action-ended image@site fetch-image cancelled');
});

test('an app that closes ends it, and the run is interrupted and not failed', async () => {
  const fake = run();
  const begun = endless(fake);
  const over = fake.executor.execute();
  await begun;
  fake.executor.suspend();
  await over;
  expect(fake.run.state).toBe('interrupted');
  expect(fake.rows().at(-1)).toBe('action-started image@site fetch-image');
});

test('what it fails of is told', async () => {
  const fake = run();
  fake.fetchImage = () => Promise.reject(new LabwrightError('image-wrong-hash', { url: 'x' }));
  await fake.executor.execute();
  expect(fake.run.steps[0]?.failure).toMatchObject({ code: 'image-wrong-hash' });
});

test('how large an image is, is a forecast: another one does not stop a run', () => {
  const { size: _, ...image } = IMAGE;
  const disk = (of: typeof image): Action => ({
    kind: 'site',
    id: 'put-disk',
    title: message('x'),
    target: 'site',
    equivalent: [],
    call: {
      kind: 'put-disk',
      datastore: 'd',
      folder: 'f',
      seed: 's',
      disk: 'f.vmdk',
      image: of,
      bytes: 5,
    },
  });
  expect(isCovered([{ ...fetching, image }], [fetching])).toBe(true);
  expect(digestOf([disk(image)])).toBe(digestOf([disk(IMAGE)]));
  const other = { ...IMAGE, sha256: 'cd'.repeat(32) };
  expect(isCovered([{ ...fetching, image: other }], [fetching])).toBe(false);
  expect(isCovered([disk(other)], [disk(IMAGE)])).toBe(false);
});
