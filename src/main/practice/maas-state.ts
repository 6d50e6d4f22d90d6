import { randomInt } from 'node:crypto';

interface MaasAccount {
  readonly email: string;
  readonly password: string;
  keys: string[];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Lengths of consumer, token and secret (maasservicelayer/services/tokens.py, KEY_SIZE, SECRET_SIZE). */
const KEY_PARTS = [18, 18, 32];

const randomLetters = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** The users of a simulated MAAS and their API keys; MAAS makes the first key with the user. */
export class MaasState {
  readonly users = new Map<string, MaasAccount>();
  /** Made for the first user instead of a random one: what an API beside this machine takes. */
  firstKey: string | undefined;

  create(name: string, email: string, password: string): boolean {
    const taken = [...this.users.values()].some((user) => user.email === email);
    if (taken || this.users.has(name)) return false;
    this.users.set(name, { email, password, keys: [] });
    this.addKey(name);
    return true;
  }

  addKey(name: string): string {
    const key = this.firstKey ?? KEY_PARTS.map(randomLetters).join(':');
    this.firstKey = undefined;
    this.users.get(name)?.keys.push(key);
    return key;
  }
}
