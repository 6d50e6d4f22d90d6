import { createHash } from 'node:crypto';
import { badText, conflict, noHeader, unauthorized } from './answer.ts';
import type { RegionTime } from './region-time.ts';
import type { Fields } from './request-form.ts';

export interface RegionUser {
  readonly name: string;
  readonly email: string;
  readonly admin: boolean;
  readonly password: string;
}

interface Token {
  readonly user: RegionUser;
  readonly label: string;
  readonly consumer: string;
  readonly token: string;
  readonly secret: string;
}

/** The limit of a clock that is behind, in seconds; one that is ahead is let pass (recorded). */
const TIMESTAMP_LIMIT = 300;
const WORKERS = [
  { name: 'MAAS', email: 'maas@localhost', admin: false, password: '' },
  { name: 'maas-init-node', email: 'node-init-user@localhost', admin: false, password: '' },
];

/** People, their API keys, and who signed a request. */
export class Users {
  readonly #time: RegionTime;
  readonly #users: RegionUser[] = [...WORKERS];
  readonly #tokens: Token[] = [];
  readonly #nonces = new Set<string>();
  readonly admin: RegionUser;

  constructor(time: RegionTime, admin: Omit<RegionUser, 'admin'>, key: string) {
    this.#time = time;
    this.admin = { ...admin, admin: true };
    this.#users.push(this.admin);
    const [consumer = '', token = '', secret = ''] = key.split(':');
    this.#tokens.push({ user: this.admin, label: 'MAAS consumer', consumer, token, secret });
  }

  get all(): readonly RegionUser[] {
    return this.#users.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  create(form: Fields): RegionUser {
    const [name = '', email = '', password = ''] = ['username', 'email', 'password'].map(
      (field) => {
        const value = form.get(field);
        if (value === undefined) throw badText(`No provided ${field}!`);
        return value;
      },
    );
    if (this.#users.some((user) => user.name === name)) throw conflict();
    const user = { name, email, password, admin: form.truth('is_superuser') ?? false };
    this.#users.push(user);
    return user;
  }

  byPassword(name: string, password: string): RegionUser | undefined {
    const people = this.#users.filter((user) => user.password !== '');
    return people.find((user) => user.name === name && user.password === password);
  }

  /** Each call makes a new one. */
  newKey(user: RegionUser, label: string): Token {
    const made = (what: string, length: number) =>
      createHash('sha256')
        .update(`${what} ${user.name} ${label} ${this.#tokens.length}`)
        .digest('hex')
        .slice(0, length);
    const token: Token = {
      user,
      label,
      consumer: made('consumer', 18),
      token: made('token', 18),
      secret: made('secret', 32),
    };
    this.#tokens.push(token);
    return token;
  }

  /** As if somebody had taken it away. */
  revoke(key: string): void {
    const at = this.#tokens.findIndex(
      ({ consumer, token, secret }) => `${consumer}:${token}:${secret}` === key,
    );
    if (at >= 0) this.#tokens.splice(at, 1);
  }

  keysOf(user: RegionUser): readonly Token[] {
    return this.#tokens.filter((token) => token.user === user);
  }

  /** Undefined where there is no signature at all. */
  signedBy(header: string | undefined): RegionUser | undefined {
    if (header === undefined) return undefined;
    const fields = Object.fromEntries(
      [...header.matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value = '']) => [
        name,
        decodeURIComponent(value),
      ]),
    );
    const { oauth_consumer_key, oauth_token, oauth_signature, oauth_nonce, oauth_timestamp } =
      fields;
    const whole = [oauth_consumer_key, oauth_token, oauth_signature, oauth_nonce, oauth_timestamp];
    if (!header.startsWith('OAuth ') || whole.includes(undefined)) throw noHeader();
    if (!this.#tokens.some(({ consumer }) => consumer === oauth_consumer_key))
      throw unauthorized('Invalid API key.');
    const token = this.#tokens.find((known) => known.token === oauth_token);
    if (token === undefined) throw unauthorized(`'Invalid access token: ${oauth_token}'`);
    const now = Math.floor(this.#time.now() / 1000);
    if (now - Number(oauth_timestamp) > TIMESTAMP_LIMIT)
      throw unauthorized(
        `'Expired timestamp: given ${oauth_timestamp} and now ${now} has a greater difference than threshold ${TIMESTAMP_LIMIT}'`,
      );
    const nonce = `${oauth_nonce} ${oauth_token}`;
    if (this.#nonces.has(nonce)) throw unauthorized(`'Nonce already used: ${oauth_nonce}'`);
    this.#nonces.add(nonce);
    if (oauth_signature !== `&${token.secret}`)
      throw unauthorized(`'Invalid signature. Expected signature base string: &${token.secret}'`);
    return token.user;
  }
}

export const userJson = (user: RegionUser) => ({
  is_superuser: user.admin,
  username: user.name,
  email: user.email,
  is_local: true,
  resource_uri: `/MAAS/api/2.0/users/${user.name}/`,
});
