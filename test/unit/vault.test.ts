import { createCipheriv, scryptSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PassphraseVault } from '../../src/main/vault/passphrase-vault.ts';
import { PRACTICE_SECRETS, withPracticeSecrets } from '../../src/main/vault/practice-secrets.ts';
import { SealedVault } from '../../src/main/vault/sealed-vault.ts';
import { MemoryVault, type Sealer } from '../../src/main/vault/vault.ts';

const PASSPHRASE = 'correct horse battery';
const SECRET = 'swordfish with ünïcode\nand lines';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-vault-'));
  path = join(folder, 'vault.json');
});

afterEach(() => rm(folder, { recursive: true }));

/**
 * A vault file made by these tests themselves, as the format is documented, with the least costly key
 * that is allowed: deriving the real one takes a fifth of a second each time, as it should.
 */
async function protectedVault(): Promise<PassphraseVault> {
  const kdf = { name: 'scrypt', salt: Buffer.from('salt').toString('base64'), N: 1024, r: 8, p: 1 };
  const key = scryptSync(PASSPHRASE, 'salt', 32, kdf);
  const nonce = Buffer.alloc(12, 1);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('labwright-check'));
  const data = Buffer.concat([cipher.update('ok'), cipher.final()]);
  const sealed = { nonce, tag: cipher.getAuthTag(), data };
  const check = Object.fromEntries(
    Object.entries(sealed).map(([name, bytes]) => [name, bytes.toString('base64')]),
  );
  await writeFile(path, JSON.stringify({ version: 1, kdf, check, values: {} }), { mode: 0o600 });
  const vault = await reopened(PASSPHRASE);
  await vault.set('mirror-password', SECRET);
  return vault;
}

async function reopened(passphrase?: string): Promise<PassphraseVault> {
  const { vault } = await PassphraseVault.open(path);
  if (passphrase !== undefined) await vault.unlock(passphrase);
  return vault;
}

/** The texts of all that was set aside. */
async function damagedFiles(): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.includes('.damaged-'));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('the passphrase vault', () => {
  test('without a file keeps values for the session and writes nothing', async () => {
    const { vault } = await PassphraseVault.open(path);
    await vault.set('a', 'value');
    expect(await vault.get('a')).toBe('value');
    expect(await vault.info()).toMatchObject({ store: 'memory', persistent: false });
    expect(await readdir(folder)).toEqual([]);
  });

  test('gives back under the passphrase what was put in, after a restart', async () => {
    const { vault: first } = await PassphraseVault.open(path);
    await first.set('mirror-password', SECRET);
    await first.protect(PASSPHRASE);
    expect(JSON.parse(await readFile(path, 'utf8')).kdf.N).toBeGreaterThanOrEqual(65536);
    const vault = await reopened(PASSPHRASE);
    expect(await vault.get('mirror-password')).toBe(SECRET);
    expect(vault.known()).toEqual([SECRET]);
    await vault.set('second', 'later value');
    expect(await (await reopened(PASSPHRASE)).get('second')).toBe('later value');
  });

  test('is for its owner alone and holds nothing of a secret or the passphrase', async () => {
    const vault = await protectedVault();
    await vault.set('second', SECRET);
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8');
      for (const value of [SECRET, PASSPHRASE, 'swordfish']) {
        expect(text).not.toContain(value);
        expect(text).not.toContain(Buffer.from(value).toString('base64').slice(0, -2));
      }
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  test('refuses a wrong passphrase and stays locked', async () => {
    await protectedVault();
    const vault = await reopened();
    await expect(vault.unlock('wrong')).rejects.toEqual(code('vault-wrong-passphrase'));
    expect((await vault.info()).locked).toBe(true);
    await expect(vault.get('mirror-password')).rejects.toEqual(code('vault-locked'));
    await expect(vault.get('never-set')).rejects.toEqual(code('secret-missing'));
  });

  test('that is locked takes values for the session, and keeps them once it is unlocked', async () => {
    await protectedVault();
    const vault = await reopened();
    await vault.set('new', 'typed while locked');
    expect(await vault.get('new')).toBe('typed while locked');
    expect(await readFile(path, 'utf8')).not.toContain('"new"');
    await vault.unlock(PASSPHRASE);
    expect(await (await reopened(PASSPHRASE)).get('new')).toBe('typed while locked');
    expect(await vault.get('mirror-password')).toBe(SECRET);
  });

  test('a value replaced while locked stays replaced', async () => {
    await protectedVault();
    const vault = await reopened();
    await vault.set('mirror-password', 'changed on the host');
    await vault.unlock(PASSPHRASE);
    expect(await vault.get('mirror-password')).toBe('changed on the host');
    expect(await (await reopened(PASSPHRASE)).get('mirror-password')).toBe('changed on the host');
  });

  test('a value removed while locked stays removed', async () => {
    await protectedVault();
    const vault = await reopened();
    await vault.remove('mirror-password');
    await vault.unlock(PASSPHRASE);
    await expect(vault.get('mirror-password')).rejects.toEqual(code('secret-missing'));
    const later = await reopened(PASSPHRASE);
    await expect(later.get('mirror-password')).rejects.toEqual(code('secret-missing'));
  });

  test('a tampered value is asked for again, kept in the file, and harms no other', async () => {
    const first = await protectedVault();
    await first.set('other', 'fine');
    const content = JSON.parse(await readFile(path, 'utf8'));
    const { data } = content.values['mirror-password'];
    content.values['mirror-password'].data = `${data[0] === 'A' ? 'B' : 'A'}${data.slice(1)}`;
    await writeFile(path, JSON.stringify(content));
    const vault = await reopened(PASSPHRASE);
    await expect(vault.get('mirror-password')).rejects.toEqual(code('secret-unreadable'));
    expect(await vault.get('other')).toBe('fine');
    expect((await vault.info()).names).toEqual([
      { name: 'mirror-password', readable: false },
      { name: 'other', readable: true },
    ]);
    await vault.set('other', 'changed');
    expect(JSON.parse(await readFile(path, 'utf8')).values['mirror-password']).toEqual(
      content.values['mirror-password'],
    );
    await vault.set('mirror-password', 'anew');
    expect(await (await reopened(PASSPHRASE)).get('mirror-password')).toBe('anew');
  });

  test('a value moved under another name does not open there', async () => {
    const first = await protectedVault();
    await first.set('other', 'fine');
    const content = JSON.parse(await readFile(path, 'utf8'));
    content.values.other = content.values['mirror-password'];
    await writeFile(path, JSON.stringify(content));
    const vault = await reopened(PASSPHRASE);
    await expect(vault.get('other')).rejects.toEqual(code('secret-unreadable'));
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -20)],
    ['emptied', () => ''],
    ['rubbish', () => '\0\0\0'],
    ['asking for gigabytes', (text: string) => text.replace('"N": 1024', '"N": 1073741824')],
  ])('a file that is %s is kept aside and the backup is used', async (_how, damage) => {
    const first = await protectedVault();
    await first.set('second', 'in both? only in the newer');
    const bad = damage(await readFile(path, 'utf8'));
    await writeFile(path, bad);
    const { vault, damaged } = await PassphraseVault.open(path);
    expect(damaged).toEqual(code('vault-damaged'));
    expect(await damagedFiles()).toEqual([bad]);
    const [kept = ''] = (await readdir(folder)).filter((name) => name.includes('.damaged-'));
    const notice = { key: 'error.vault-damaged', params: { kept: join(folder, kept) } };
    expect(await vault.info()).toMatchObject({ notice });
    await vault.unlock(PASSPHRASE);
    expect(await vault.get('mirror-password')).toBe(SECRET);
    await vault.set('third', 'x');
    expect(await (await reopened(PASSPHRASE)).get('third')).toBe('x');
  });

  test('what the backup held survives the next restart and the next damage', async () => {
    const first = await protectedVault();
    await first.set('second', 'x');
    await writeFile(path, 'rubbish');
    await reopened();
    const again = await reopened(PASSPHRASE);
    expect(await again.get('mirror-password')).toBe(SECRET);
  });

  test('every damaged file is kept, however often it happens and however fast', async () => {
    await protectedVault();
    for (const text of ['first rubbish', 'second rubbish', 'third rubbish']) {
      await writeFile(path, text);
      await reopened();
    }
    expect((await damagedFiles()).sort()).toEqual([
      'first rubbish',
      'second rubbish',
      'third rubbish',
    ]);
  });

  test('a damaged file without a backup does not stop the start, and says that values are gone', async () => {
    await writeFile(path, 'rubbish');
    const { vault, damaged } = await PassphraseVault.open(path);
    expect(damaged).toEqual(code('vault-lost'));
    expect(await vault.info()).toMatchObject({
      store: 'memory',
      locked: false,
      notice: { key: 'error.vault-lost' },
    });
  });

  test('a damaged backup is kept, too', async () => {
    await writeFile(path, 'rubbish');
    await writeFile(`${path}.bak`, 'old rubbish');
    expect((await PassphraseVault.open(path)).damaged).toEqual(code('vault-lost'));
    expect((await damagedFiles()).sort()).toEqual(['old rubbish', 'rubbish']);
  });

  test('renames and removes, in the file too', async () => {
    const first = await protectedVault();
    await first.rename('mirror-password', 'renamed');
    const vault = await reopened(PASSPHRASE);
    expect(await vault.get('renamed')).toBe(SECRET);
    await expect(vault.get('mirror-password')).rejects.toEqual(code('secret-missing'));
    await vault.remove('renamed');
    await expect((await reopened(PASSPHRASE)).get('renamed')).rejects.toEqual(
      code('secret-missing'),
    );
  });

  test('two values set at once are both kept', async () => {
    const vault = await protectedVault();
    await Promise.all([vault.set('a', 'value a'), vault.set('b', 'value b')]);
    const later = await reopened(PASSPHRASE);
    expect([await later.get('a'), await later.get('b')]).toEqual(['value a', 'value b']);
  });
});

/** Stands for the computer's keychain: what one backend sealed, another cannot open. */
class FakeSealer implements Sealer {
  backend = 'kwallet';

  async seal(value: string): Promise<Buffer> {
    return Buffer.from(`${this.backend}:${Buffer.from(value).toString('hex')}`);
  }

  async open(sealed: Buffer): Promise<string> {
    const [backend, hex = ''] = sealed.toString().split(':');
    if (backend !== this.backend) throw new Error('cannot open');
    return Buffer.from(hex, 'hex').toString();
  }
}

describe('the vault of the keychain', () => {
  const open = (sealer: Sealer) => SealedVault.open({ file: path, sealer });

  test('gives back after a restart what was put in, and its file holds no secret', async () => {
    const sealer = new FakeSealer();
    await (await open(sealer)).set('a', SECRET);
    const vault = await open(sealer);
    expect(await vault.get('a')).toBe(SECRET);
    expect(await readFile(path, 'utf8')).not.toContain('swordfish');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('says where a damaged file was kept', async () => {
    await writeFile(path, 'rubbish');
    const vault = await open(new FakeSealer());
    expect(await vault.info()).toMatchObject({ notice: { key: 'error.vault-lost' } });
    expect(await damagedFiles()).toEqual(['rubbish']);
  });

  test('after a change of the keychain asks again, keeps the old value, and finds it when back', async () => {
    const sealer = new FakeSealer();
    await (await open(sealer)).set('a', SECRET);
    sealer.backend = 'gnome_libsecret';
    const vault = await open(sealer);
    await expect(vault.get('a')).rejects.toEqual(code('secret-unreadable'));
    expect(await vault.info()).toMatchObject({
      backend: 'gnome_libsecret',
      names: [{ name: 'a', readable: false }],
    });
    await vault.set('b', 'new');
    sealer.backend = 'kwallet';
    expect(await (await open(sealer)).get('a')).toBe(SECRET);
    await expect((await open(sealer)).get('b')).rejects.toEqual(code('secret-unreadable'));
  });

  test('a value entered anew is readable again', async () => {
    const sealer = new FakeSealer();
    await (await open(sealer)).set('a', SECRET);
    sealer.backend = 'gnome_libsecret';
    const vault = await open(sealer);
    await expect(vault.get('a')).rejects.toEqual(code('secret-unreadable'));
    await vault.set('a', 'anew');
    expect((await vault.info()).names).toEqual([{ name: 'a', readable: true }]);
    expect(await (await open(sealer)).get('a')).toBe('anew');
  });

  test('two values set at once are both kept', async () => {
    const sealer = new FakeSealer();
    const vault = await open(sealer);
    await Promise.all([vault.set('a', 'value a'), vault.set('b', 'value b')]);
    const later = await open(sealer);
    expect([await later.get('a'), await later.get('b')]).toEqual(['value a', 'value b']);
  });
});

test('the memory vault forgets with the process and says so', async () => {
  const vault = new MemoryVault([['a', 'x']]);
  expect(await vault.info()).toMatchObject({ store: 'memory', persistent: false });
  await vault.rename('a', 'b');
  expect(await vault.get('b')).toBe('x');
  await vault.remove('b');
  await expect(vault.get('b')).rejects.toEqual(code('secret-missing'));
  await expect(vault.protect()).rejects.toEqual(code('vault-insecure-store'));
});

describe('what a practice lab brings along', () => {
  const brought = (text: string) => writeFile(join(folder, PRACTICE_SECRETS), text);

  test('is known to that lab alone, and nothing of it goes into the vault', async () => {
    const vault = new MemoryVault([['mine', 'x']]);
    expect(await withPracticeSecrets(vault, folder)).toBe(vault);
    await brought('{"esxi-password": "practice"}');
    const seen = await withPracticeSecrets(vault, folder);
    expect(await seen.get('esxi-password')).toBe('practice');
    expect(await seen.get('mine')).toBe('x');
    await seen.set('later', 'y');
    expect(await vault.get('later')).toBe('y');
    await expect(vault.get('esxi-password')).rejects.toEqual(code('secret-missing'));
    await expect(seen.get('other')).rejects.toEqual(code('secret-missing'));
  });

  test('is never taken for nothing when it cannot be read', async () => {
    await brought('{"esxi-password": 7}');
    const opened = withPracticeSecrets(new MemoryVault(), folder);
    await expect(opened).rejects.toEqual(code('plan-unreadable'));
  });
});
