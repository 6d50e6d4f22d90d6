import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  describeKey,
  hostToken,
  judgeHostKey,
  KnownHosts,
  keyTypeOfBlob,
  namesHost,
  parseKnownHosts,
} from '../../src/main/ssh/known-hosts.ts';

/** A public key blob as servers send it (RFC 8709): two fields, each with its length. */
function keyBlob(seed: string, type = 'ssh-ed25519'): Buffer {
  const field = (content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  const body = createHash('sha256').update(seed).digest();
  return Buffer.concat([field(Buffer.from(type)), field(body)]);
}

const ours = keyBlob('ours');
const other = keyBlob('other');
const line = (hosts: string, blob = ours) => `${hosts} ssh-ed25519 ${blob.toString('base64')}\n`;
const judge = (text: string, address: string, port = 22, blob = ours) =>
  judgeHostKey(parseKnownHosts(text), address, port, blob).verdict;

function hashed(token: string): string {
  const salt = Buffer.alloc(20, 7);
  const digest = createHmac('sha1', salt).update(token).digest('base64');
  return `|1|${salt.toString('base64')}|${digest}`;
}

describe('a line names a host', () => {
  test.each([
    ['by name', 'mirror', 'mirror', 22, true],
    ['whatever its case', 'Mirror', 'MIRROR', 22, true],
    ['in a list', 'a,mirror,b', 'mirror', 22, true],
    ['only as a whole', 'mirror', 'mirror2', 22, false],
    ['with a dot that is a dot', 'a.b', 'axb', 22, false],
    ['by *', '*.lab', 'mirror.lab', 22, true],
    ['by ?', 'node?', 'node7', 22, true],
    ['by ? for one character only', 'node?', 'node17', 22, false],
    ['but not when negated', '*.lab,!mirror.lab', 'mirror.lab', 22, false],
    ['wherever the negation stands', '!mirror.lab,*.lab', 'mirror.lab', 22, false],
    ['for others of a negated list', '*.lab,!mirror.lab', 'maas.lab', 22, true],
    ['never by a negation alone', '!other', 'mirror', 22, false],
    ['with a port', '[mirror]:2222', 'mirror', 2222, true],
    ['with another port', '[mirror]:2222', 'mirror', 22, false],
    ['without the port that it has', 'mirror', 'mirror', 2222, false],
    ['by IPv6 address and port', '[fe80::1]:2222', 'fe80::1', 2222, true],
    ['hashed', hashed('mirror'), 'mirror', 22, true],
    ['hashed, whatever its case', hashed('mirror'), 'MIRROR', 22, true],
    ['hashed with a port', hashed('[mirror]:2222'), 'mirror', 2222, true],
    ['hashed for another', hashed('mirror'), 'other', 22, false],
    ['hashed in an unknown way', '|2|AAAA|AAAA', 'mirror', 22, false],
    ['hashed and cut off', '|1|AAAA', 'mirror', 22, false],
  ])('%s', (_what, patterns, address, port, expected) => {
    expect(namesHost(patterns, address, port)).toBe(expected);
  });
});

describe('an offered key', () => {
  test('is a match, unknown or changed', () => {
    expect(judge(line('mirror'), 'mirror')).toBe('match');
    expect(judge(line('mirror'), 'elsewhere')).toBe('unknown');
    expect(judge(line('mirror', other), 'mirror')).toBe('changed');
    expect(judge('', 'mirror')).toBe('unknown');
  });

  test('of another type than the known one is a changed key', () => {
    const rsa = `mirror ssh-rsa ${keyBlob('x', 'ssh-rsa').toString('base64')}\n`;
    expect(judge(rsa, 'mirror')).toBe('changed');
    expect(judge(rsa + line('mirror'), 'mirror')).toBe('match');
  });

  test('that is revoked is refused even when another line trusts it', () => {
    expect(judge(`${line('mirror')}@revoked ${line('*')}`, 'mirror')).toBe('revoked');
    expect(judge(`@revoked ${line('*', other)}${line('mirror')}`, 'mirror')).toBe('match');
  });

  test('never matches by a certificate authority, and that does not make it changed', () => {
    expect(judge(`@cert-authority ${line('mirror')}`, 'mirror')).toBe('unknown');
  });

  test.each([
    ['comments and blank lines', `# mirror\n\n   \n${line('mirror')}`],
    ['Windows line ends', line('mirror').replace('\n', '\r\n')],
    ['half a line', `mirror ssh-ed25519\nmirror\n${line('mirror')}`],
    ['a key that is no base64', `mirror ssh-ed25519 !!!\n${line('mirror')}`],
    ['an unknown marker', `@weird ${line('mirror', other)}${line('mirror')}`],
    ['a trailing comment', line('mirror').replace('\n', ' root@mirror since 2020\n')],
  ])('is still found beside %s', (_what, text) => {
    expect(judge(text, 'mirror')).toBe('match');
  });
});

test('a key is described as ssh-keygen -l does', () => {
  const digest = createHash('sha256').update(ours).digest('base64').replace(/=+$/, '');
  expect(describeKey(ours)).toEqual({
    type: 'ssh-ed25519',
    fingerprint: `SHA256:${digest}`,
    line: `ssh-ed25519 ${ours.toString('base64')}`,
  });
});

test('rubbish of a server has no key type, and nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (rubbish) => {
      expect(keyTypeOfBlob(Buffer.from(rubbish)).length).toBeLessThanOrEqual(64);
    }),
  );
  expect(keyTypeOfBlob(Buffer.from([0, 0, 1, 0, 65]))).toBe('');
});

describe('any file', () => {
  test('is read without throwing and never trusts what it does not hold', () => {
    const rough = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('@revoked ', '@cert-authority ', '|1|', 'mirror', '[', ']:22', ' ', '\n'),
      ),
    );
    fc.assert(
      fc.property(rough, (parts) => {
        const text = parts.join('');
        expect(judge(text, 'mirror')).not.toBe('match');
      }),
    );
  });

  test('with patterns of any kind is judged by the same rule as a plain glob', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1 });
    // A matcher of its own kind, by recursion, as the reference.
    const reference = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === '';
      const [head = '', rest] = [pattern[0], pattern.slice(1)];
      if (head === '*') {
        return reference(rest, text) || (text !== '' && reference(pattern, text.slice(1)));
      }
      return text !== '' && (head === '?' || head === text[0]) && reference(rest, text.slice(1));
    };
    fc.assert(
      fc.property(glob, name, (pattern, address) => {
        expect(namesHost(pattern, address, 22)).toBe(reference(pattern, address));
      }),
    );
  });

  test('hostile patterns do not take forever', () => {
    const patterns = `${'*a'.repeat(40)}b`;
    const started = performance.now();
    namesHost(patterns, 'a'.repeat(200), 22);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the lab’s own file', () => {
  let folder: string;
  let own: string;
  let user: string;
  let hosts: KnownHosts;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labwright-known-'));
    own = join(folder, 'lab', 'known_hosts');
    user = join(folder, 'user_known_hosts');
    hosts = new KnownHosts(own, user);
  });

  afterEach(() => rm(folder, { recursive: true }));

  test('and the user’s need not be there', async () => {
    expect((await hosts.judge('mirror', 22, ours)).verdict).toBe('unknown');
    expect(await hosts.trusted('mirror', 22)).toEqual([]);
  });

  test('an added key matches for exactly that host and port, in a file of ours alone', async () => {
    await hosts.add('Mirror', 2222, describeKey(ours));
    expect((await hosts.judge('mirror', 2222, ours)).verdict).toBe('match');
    expect((await hosts.judge('mirror', 22, ours)).verdict).toBe('unknown');
    expect((await hosts.judge('mirror', 2222, other)).verdict).toBe('changed');
    expect(await readFile(own, 'utf8')).not.toMatch(/mirror/i);
    expect((await stat(own)).mode & 0o777).toBe(0o600);
    expect(await hosts.trusted('mirror', 2222)).toEqual([{ ...describeKey(ours), file: 'lab' }]);
  });

  test.skipIf(spawnSync('ssh-keygen', ['-?']).error !== undefined)(
    'is found by ssh-keygen -F',
    async () => {
      await hosts.add('mirror.lab', 22, describeKey(ours));
      await hosts.add('10.0.0.9', 2222, describeKey(other));
      for (const [name, blob] of [
        ['mirror.lab', ours],
        ['[10.0.0.9]:2222', other],
      ] as const) {
        const { stdout } = spawnSync('ssh-keygen', ['-F', name, '-f', own], { encoding: 'utf8' });
        expect(stdout).toContain(describeKey(blob).line);
      }
      expect(spawnSync('ssh-keygen', ['-F', 'other', '-f', own]).status).toBe(1);
    },
  );

  test('outranks the user’s file after a replacement, and the user’s file stays as it was', async () => {
    await writeFile(user, line('mirror', other));
    expect((await hosts.judge('mirror', 22, ours)).verdict).toBe('changed');
    await hosts.replace('mirror', 22, describeKey(ours));
    expect((await hosts.judge('mirror', 22, ours)).verdict).toBe('match');
    expect((await hosts.judge('mirror', 22, other)).verdict).toBe('changed');
    expect(await readFile(user, 'utf8')).toBe(line('mirror', other));
  });

  test('a replacement keeps other hosts, comments and revocations', async () => {
    await hosts.add('mirror', 22, describeKey(other));
    await hosts.add('maas', 22, describeKey(other));
    const before = await readFile(own, 'utf8');
    const third = keyBlob('third');
    await writeFile(own, `# mine\n${before}@revoked ${line('*', third)}`);
    await hosts.replace('mirror', 22, describeKey(ours));
    expect((await hosts.judge('mirror', 22, other)).verdict).toBe('changed');
    expect((await hosts.judge('maas', 22, other)).verdict).toBe('match');
    expect((await hosts.judge('mirror', 22, third)).verdict).toBe('revoked');
    expect(await readFile(own, 'utf8')).toContain('# mine\n');
  });

  test('a key revoked in the user’s file is refused although the lab trusts it', async () => {
    await hosts.add('mirror', 22, describeKey(ours));
    await writeFile(user, `@revoked ${line('*')}`);
    expect((await hosts.judge('mirror', 22, ours)).verdict).toBe('revoked');
  });

  test('a file whose last line has no line end is not spoilt by an addition', async () => {
    await hosts.add('maas', 22, describeKey(other));
    await writeFile(own, line('maas', other).trimEnd());
    await hosts.add('mirror', 22, describeKey(ours));
    expect((await hosts.judge('mirror', 22, ours)).verdict).toBe('match');
    expect((await hosts.judge('maas', 22, other)).verdict).toBe('match');
  });

  test('any hosts and ports that were added are found again, and no others', async () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);
    const place = fc.tuple(name, fc.integer({ min: 1, max: 65535 }));
    await fc.assert(
      fc.asyncProperty(fc.array(place, { maxLength: 4 }), place, async (added, asked) => {
        await rm(own, { force: true });
        for (const [address, port] of added) await hosts.add(address, port, describeKey(ours));
        const known = added.some(([a, p]) => hostToken(a, p) === hostToken(...asked));
        const { verdict } = await hosts.judge(...asked, ours);
        expect(verdict).toBe(known ? 'match' : 'unknown');
        for (const [address, port] of added) {
          expect((await hosts.judge(address, port, other)).verdict).toBe('changed');
        }
      }),
      { numRuns: 40 },
    );
  });
});
