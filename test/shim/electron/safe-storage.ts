import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { answerTo, report } from './control.ts';
import { computerOptions } from './options.ts';

/** The key of this made-up keychain. */
const KEY = Buffer.alloc(32, 'labwright-shim');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const opened = Promise.withResolvers<void>();
answerTo('answer-keychain', () => opened.resolve());

/** Only the calls that are not deprecated; another one is a mistake that must show. */
export const safeStorage = {
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    report('keychain-asked');
    if (computerOptions().slowKeychain) await opened.promise;
    return computerOptions().keychain !== 'none';
  },
  getSelectedStorageBackend(): string {
    const { keychain } = computerOptions();
    return keychain === 'none' ? 'basic_text' : keychain;
  },
  async encryptStringAsync(text: string): Promise<Buffer> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  },
  async decryptStringAsync(bytes: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    const result = Buffer.concat([opened, decipher.final()]).toString('utf8');
    return { result, shouldReEncrypt: false };
  },
};
