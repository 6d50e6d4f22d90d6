import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proveInWorker } from '../../../src/main/images/prove-in-worker.ts';
import { hashIn } from '../../../src/main/images/published-image.ts';
import { proveSignature } from '../../../src/main/images/signature.ts';

const of = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../fixtures/signed-sums', name));
const text = of('SHA256SUMS');
const changed = Buffer.from(text);
changed[3] = 0x31;

describe('a signature of GnuPG', () => {
  test.each([
    ['good', 'publisher.gpg', 'SHA256SUMS.gpg', text],
    ['good', 'publisher.gpg', 'SHA256SUMS.sig', text],
    ['tampered', 'publisher.gpg', 'SHA256SUMS.gpg', changed],
    ['tampered', 'publisher.gpg', 'SHA256SUMS', text],
    ['tampered', 'publisher.gpg', 'armored.gpg', text],
    ['wrong-key', 'other.gpg', 'SHA256SUMS.gpg', text],
    ['future', 'publisher.gpg', 'SHA256SUMS.future.sig', text],
    ['keyring-armored', 'armored.gpg', 'SHA256SUMS.gpg', text],
    ['keyring-unreadable', 'keybox.gpg', 'SHA256SUMS.gpg', text],
    ['keyring-unreadable', 'SHA256SUMS', 'SHA256SUMS.gpg', text],
  ])('is %s by %s: %s', async (verdict, keyring, signature, signed) => {
    const proof = { text: signed, keyring: of(keyring), signature: of(signature) };
    expect(await proveSignature(proof)).toEqual({ verdict });
  });

  test('by a hash that can be forged does not count, and the reason is told', async () => {
    const signature = of('SHA256SUMS.sha1.sig');
    expect(await proveSignature({ text, keyring: of('publisher.gpg'), signature })).toEqual({
      verdict: 'unproved',
      why: expect.stringMatching(/sha1/i),
    });
  });

  test('is good by one key of many', async () => {
    const keyring = Buffer.concat([of('other.gpg'), of('publisher.gpg')]);
    const proof = { text, keyring, signature: of('SHA256SUMS.gpg') };
    expect(await proveSignature(proof)).toEqual({ verdict: 'good' });
  });

  test('that is cut off is none', async () => {
    const signature = of('SHA256SUMS.sig').subarray(0, 100);
    const proof = { text, keyring: of('publisher.gpg'), signature };
    expect(await proveSignature(proof)).toEqual({ verdict: 'tampered' });
  });

  test('is proved off the main thread with the same verdict', async () => {
    const proof = { text, keyring: of('other.gpg'), signature: of('SHA256SUMS.gpg') };
    expect(await proveInWorker(proof)).toEqual({ verdict: 'wrong-key' });
  });
});

test('a hash is found by the whole name of its file', () => {
  const list = `${'a'.repeat(64)} *x.img\n${'b'.repeat(64)}  img\n${'c'.repeat(64)} *img\r\n`;
  expect(hashIn(list, 'img')).toBe('b'.repeat(64));
  expect(hashIn(list, 'x.img')).toBe('a'.repeat(64));
  expect(hashIn(list, '.img')).toBeUndefined();
  expect(hashIn('not a list', 'img')).toBeUndefined();
});
