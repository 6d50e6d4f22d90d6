import { z } from 'zod';
import type { VaultInfo } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { Sealer, Vault } from './vault.ts';
import { VaultFile } from './vault-file.ts';

const Content = z.strictObject({
  version: z.literal(1),
  values: z.record(z.string(), z.strictObject({ backend: z.string(), sealed: z.base64() })),
});
type Content = z.infer<typeof Content>;

/**
 * Values sealed by the computer's keychain. The backend is kept beside each value: after a switch of
 * desktops (KDE, GNOME) a value may not open, and is then asked for again; nothing is deleted.
 */
export class SealedVault implements Vault {
  readonly #file: VaultFile<Content>;
  readonly #sealer: Sealer;
  readonly #damaged: LabwrightError | undefined;
  readonly #opened = new Map<string, string>();
  readonly #unreadable = new Set<string>();
  #content: Content;
  /** One write at a time: each builds on the one before. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    file: VaultFile<Content>,
    sealer: Sealer,
    content: Content,
    damaged: LabwrightError | undefined,
  ) {
    this.#damaged = damaged;
    this.#file = file;
    this.#sealer = sealer;
    this.#content = content;
  }

  static async open(options: { file: string; sealer: Sealer }): Promise<SealedVault> {
    const file = new VaultFile(options.file, Content);
    const { content, damaged } = await file.load();
    return new SealedVault(file, options.sealer, content ?? { version: 1, values: {} }, damaged);
  }

  async info(): Promise<VaultInfo> {
    return {
      store: 'system',
      backend: this.#sealer.backend,
      locked: false,
      persistent: true,
      canProtect: false,
      names: Object.keys(this.#content.values)
        .sort()
        .map((name) => ({ name, readable: !this.#unreadable.has(name) })),
      ...(this.#damaged === undefined ? {} : { notice: this.#damaged.reason }),
    };
  }

  async get(name: string): Promise<string> {
    const opened = this.#opened.get(name);
    if (opened !== undefined) return opened;
    const entry = this.#content.values[name];
    if (entry === undefined) throw new LabwrightError('secret-missing', { name });
    try {
      const value = await this.#sealer.open(Buffer.from(entry.sealed, 'base64'));
      this.#opened.set(name, value);
      this.#unreadable.delete(name);
      return value;
    } catch (cause) {
      this.#unreadable.add(name);
      throw new LabwrightError('secret-unreadable', { name }, { cause });
    }
  }

  async set(name: string, value: string): Promise<void> {
    const sealed = (await this.#sealer.seal(value)).toString('base64');
    const entry = { backend: this.#sealer.backend, sealed };
    await this.#save((values) => ({ ...values, [name]: entry }));
    this.#opened.set(name, value);
    this.#unreadable.delete(name);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.set(to, await this.get(from));
    await this.remove(from);
  }

  async remove(name: string): Promise<void> {
    await this.#save(({ [name]: _, ...rest }) => rest);
    this.#opened.delete(name);
    this.#unreadable.delete(name);
  }

  async unlock(): Promise<void> {}

  async protect(): Promise<void> {
    throw new LabwrightError('vault-insecure-store');
  }

  known(): readonly string[] {
    return [...this.#opened.values()];
  }

  async #save(change: (values: Content['values']) => Content['values']): Promise<void> {
    const write = this.#writing.then(async () => {
      const content = { version: 1 as const, values: change(this.#content.values) };
      await this.#file.save(content);
      this.#content = content;
    });
    this.#writing = write.catch(() => {});
    await write;
  }
}
