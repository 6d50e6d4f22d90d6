import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../src/main/vault/redact.ts';

const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmU
AAAAEbm9uZQAAAAAAAAABAAAAMwAAAA
-----END OPENSSH PRIVATE KEY-----
`;

test('a value is taken out wherever it stands', () => {
  expect(redact('pw=swordfish; echo swordfishswordfish', ['swordfish'])).toBe(
    'pw=••••••; echo ••••••••••••',
  );
});

test('a key is taken out line by line too, as a tool would print it wrapped', () => {
  const clean = redact(`read: AAAAEbm9uZQAAAAAAAAABAAAAMwAAAA done\n${KEY}`, [KEY]);
  expect(clean).not.toContain('AAAAEbm9uZ');
  expect(clean).not.toContain('b3BlbnNz');
  expect(clean).toContain('read: •••••• done');
});

test('a value is taken out without the spaces around it', () => {
  expect(redact('it is hunter22.', ['  hunter22\n'])).toBe('it is ••••••.');
});

test('the frame lines of a key are not secret, and short values would black out words', () => {
  expect(redact('-----BEGIN OPENSSH PRIVATE KEY-----', [KEY])).toContain('BEGIN OPENSSH');
  expect(redact('a cat', ['a', '', '\n', 'cat'])).toBe('a cat');
});

test('of two values that overlap nothing is left of the longer one', () => {
  expect(redact('password-longer', ['password', 'password-longer'])).toBe('••••••');
  expect(redact('password-longer', ['password-longer', 'password'])).toBe('••••••');
});

test('no secret of four characters or more is left in any text, in any order of the secrets', () => {
  const secret = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', '-'),
    minLength: 4,
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 4 }),
      fc.array(fc.oneof(fc.string(), fc.constantFrom('abab', 'cccc')), { maxLength: 6 }),
      (secrets, pieces) => {
        const usable = secrets.filter((value) => !value.startsWith('-----'));
        const text = pieces
          .flatMap((piece, i) => [piece, usable[i % usable.length] ?? ''])
          .join('');
        const clean = redact(text, secrets);
        for (const value of usable) expect(clean).not.toContain(value);
      },
    ),
  );
});
