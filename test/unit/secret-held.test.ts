import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { Observer } from '../../src/main/engine/observe.ts';
import { on, type SecretHeld, secretHeld } from '../../src/main/engine/probe.ts';
import { secretHeldBy } from '../../src/main/vault/secret-held.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

const KEY = `${'a'.repeat(18)}:${'b'.repeat(18)}:${'c'.repeat(32)}`;

test('of an API key its digest is told, of a password nothing but that it is there', async () => {
  const vault = new MemoryVault([
    ['key', KEY],
    ['password', 'hunter2'],
    ['short', 'a:b:c'],
  ]);
  const sha256 = createHash('sha256').update(KEY).digest('hex');
  expect(await secretHeldBy(vault, 'key')).toEqual({ held: true, sha256 });
  expect(await secretHeldBy(vault, 'password')).toEqual({ held: true });
  expect(await secretHeldBy(vault, 'short')).toEqual({ held: true });
  expect(await secretHeldBy(vault, 'nothing')).toEqual({ held: false });
});

function observer(store: FactStore, askVault: (name: string) => Promise<SecretHeld>) {
  return new Observer({
    store,
    link: () => {
      throw new Error('no host is asked');
    },
    redact: (text) => text,
    now: () => 1,
    machineId: () => undefined,
    elapsed: () => 0,
    wait: async () => {},
    closed: new AbortController().signal,
    askApi: () => Promise.reject(new Error('no site')),
    askHere: async (question) => {
      if (question.what !== 'secret-held') throw new Error('not asked');
      return JSON.stringify(await askVault(question.name));
    },
  });
}

test('the vault is asked as a host is, and its answer is a fact with evidence', async () => {
  const store = new FactStore();
  const read = on('maas', secretHeld('key'));
  const held = { held: true, sha256: 'f' };
  await observer(store, async (name) => (name === 'key' ? held : { held: false })).observe([read], {
    fresh: false,
  });
  expect(store.view().need(read)).toEqual(held);
  expect(store.get(read)).toMatchObject({ command: 'secret key', output: JSON.stringify(held) });
});

test('a vault that is locked leaves it open, and says so', async () => {
  const store = new FactStore();
  const read = on('maas', secretHeld('key'));
  const locked = () => Promise.reject(new LabwrightError('vault-locked'));
  await observer(store, locked).observe([read], { fresh: false });
  expect(store.get(read)?.error?.code).toBe('vault-locked');
});
