import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import type { VaultInfo } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { Vault } from './vault.ts';
import { VaultFile } from './vault-file.ts';

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const Sealed = z.strictObject({ nonce: base64, tag: base64, data: base64 });
const Content = z.strictObject({
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    salt: base64,
    // Bounds keep a tampered file from making us allocate gigabytes.
    N: z
      .int()
      .min(1024)
      .max(1 << 20),
    r: z.int().min(1).max(32),
    p: z.int().min(1).max(16),
  }),
  /** A known text under the key, so that a wrong passphrase is told from a damaged value. */
  check: Sealed,
  values: z.record(z.string(), Sealed),
});
type Content = z.infer<typeof Content>;
type Sealed = z.infer<typeof Sealed>;

/** RFC 7914 parameters: about 64 MB and 0.2 s, off the main thread in libuv's pool. */
const SCRYPT = { N: 1 << 16, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const CHECK_NAME = 'labwright-check';

function deriveKey(passphrase: string, kdf: Content['kdf']): Promise<Buffer> {
  const { N, r, p } = kdf;
  const salt = Buffer.from(kdf.salt, 'base64');
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** AES-256-GCM with the name as additional data: a value cannot be moved under another name. */
function seal(key: Buffer, name: string, value: string): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return {
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

function unseal(key: Buffer, name: string, sealed: Sealed): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'), {
    authTagLength: 16,
  })
    .setAAD(Buffer.from(name))
    .setAuthTag(Buffer.from(sealed.tag, 'base64'));
  const data = Buffer.from(sealed.data, 'base64');
  return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
}

/**
 * The vault of the browser shell and the CLI. Without a file it keeps secrets in memory; `protect`
 * writes them under a passphrase. A locked vault still takes new values, for this session.
 */
export class PassphraseVault implements Vault {
  readonly #file: VaultFile<Content>;
  readonly #damaged: LabwrightError | undefined;
  readonly #session = new Map<string, string>();
  readonly #unreadable = new Set<string>();
  /** What was set, or removed (`undefined`), while locked; unlocking writes it. */
  readonly #pending = new Map<string, string | undefined>();
  #content: Content | undefined;
  #key: Buffer | undefined;
  /** One write at a time: each builds on the one before. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    file: VaultFile<Content>,
    content: Content | undefined,
    damaged: LabwrightError | undefined,
  ) {
    this.#file = file;
    this.#content = content;
    this.#damaged = damaged;
  }

  /** Never fails for a damaged file: start-up must not be blocked by it. */
  static async open(path: string): Promise<{ vault: PassphraseVault; damaged?: LabwrightError }> {
    const file = new VaultFile(path, Content);
    const { content, damaged } = await file.load();
    const vault = new PassphraseVault(file, content, damaged);
    return damaged === undefined ? { vault } : { vault, damaged };
  }

  get #locked(): boolean {
    return this.#content !== undefined && this.#key === undefined;
  }

  async info(): Promise<VaultInfo> {
    const stored = Object.keys(this.#content?.values ?? {});
    const names = new Set([...this.#session.keys(), ...stored.filter((name) => !this.#gone(name))]);
    return {
      store: this.#content === undefined ? 'memory' : 'passphrase',
      locked: this.#locked,
      persistent: this.#content !== undefined,
      canProtect: this.#content === undefined,
      names: [...names].sort().map((name) => ({ name, readable: !this.#unreadable.has(name) })),
      ...(this.#damaged === undefined ? {} : { notice: this.#damaged.reason }),
    };
  }

  async get(name: string): Promise<string> {
    const value = this.#session.get(name);
    if (value !== undefined) return value;
    if (this.#content?.values[name] === undefined || this.#gone(name))
      throw new LabwrightError('secret-missing', { name });
    if (this.#locked) throw new LabwrightError('vault-locked');
    throw new LabwrightError('secret-unreadable', { name });
  }

  async set(name: string, value: string): Promise<void> {
    this.#session.set(name, value);
    this.#unreadable.delete(name);
    await this.#store([[name, value]]);
  }

  async rename(from: string, to: string): Promise<void> {
    const value = await this.get(from);
    await this.set(to, value);
    await this.remove(from);
  }

  async remove(name: string): Promise<void> {
    this.#session.delete(name);
    this.#unreadable.delete(name);
    await this.#store([[name, undefined]]);
  }

  async unlock(passphrase: string): Promise<void> {
    if (this.#content === undefined) return;
    const key = await deriveKey(passphrase, this.#content.kdf);
    try {
      unseal(key, CHECK_NAME, this.#content.check);
    } catch (cause) {
      throw new LabwrightError('vault-wrong-passphrase', {}, { cause });
    }
    this.#key = key;
    for (const [name, sealed] of Object.entries(this.#content.values)) {
      if (this.#session.has(name) || this.#gone(name)) continue;
      try {
        this.#session.set(name, unseal(key, name, sealed));
      } catch {
        // Kept in the file; the person is asked for this one value again.
        this.#unreadable.add(name);
      }
    }
    const pending = [...this.#pending];
    this.#pending.clear();
    if (pending.length > 0) await this.#store(pending);
  }

  #gone(name: string): boolean {
    return this.#pending.has(name) && this.#pending.get(name) === undefined;
  }

  async protect(passphrase: string): Promise<void> {
    if (this.#content !== undefined) throw new LabwrightError('vault-locked');
    const kdf = { name: 'scrypt' as const, salt: randomBytes(16).toString('base64'), ...SCRYPT };
    const key = await deriveKey(passphrase, kdf);
    const values = Object.fromEntries(
      [...this.#session].map(([name, value]) => [name, seal(key, name, value)]),
    );
    const content = { version: 1 as const, kdf, check: seal(key, CHECK_NAME, 'ok'), values };
    await this.#file.save(content);
    this.#content = content;
    this.#key = key;
  }

  known(): readonly string[] {
    return [...this.#session.values()];
  }

  async #store(changes: readonly (readonly [string, string | undefined])[]): Promise<void> {
    if (this.#locked) for (const [name, value] of changes) this.#pending.set(name, value);
    const write = this.#writing.then(async () => {
      if (this.#content === undefined || this.#key === undefined) return;
      const values = { ...this.#content.values };
      for (const [name, value] of changes) {
        if (value === undefined) delete values[name];
        else values[name] = seal(this.#key, name, value);
      }
      const content = { ...this.#content, values };
      await this.#file.save(content);
      this.#content = content;
    });
    this.#writing = write.catch(() => {});
    await write;
  }
}
