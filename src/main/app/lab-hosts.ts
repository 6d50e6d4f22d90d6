import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { LabwrightError, toErrorData } from '../../contract/error.ts';
import type { HostState } from '../../contract/lab-state.ts';
import type { Host, Plan } from '../../contract/plan.ts';
import type { Connect, Login } from '../ssh/connection.ts';
import { type ChangeFeed, followChanges } from '../ssh/follow-changes.ts';
import { HostKeyError, HostLink } from '../ssh/host-link.ts';
import type { KnownHosts } from '../ssh/known-hosts.ts';
import type { Vault } from '../vault/vault.ts';

export interface LabHostsOptions {
  readonly plan: () => Plan | null;
  /** Folder of lab.yaml; relative key files are found from here. */
  readonly folder: string;
  readonly vault: Vault;
  readonly knownHosts: KnownHosts;
  readonly connect: Connect;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly trustedSince: (host: string, fingerprint: string) => number | undefined;
  readonly changed: (state: HostState) => void;
}

/** Who listens to what hosts push, and by what. */
export interface Following {
  readonly feed: (host: string) => ChangeFeed | undefined;
  readonly changed: (host: string) => void;
}

/** Stands where a key's type does when the same key answers from another machine. */
export const MACHINE_ID = 'machine-id';

/** Credentials for a host, fetched from the vault at the moment of use. */
export async function loginFor(
  name: string,
  host: Host,
  folder: string,
  vault: Vault,
): Promise<Login> {
  const { auth } = host;
  const secret = (key: string | undefined) => (key === undefined ? undefined : vault.get(key));
  let privateKey = await secret(auth.key);
  if (auth.key_file !== undefined) {
    const path = auth.key_file.replace(/^~(?=\/)/, homedir());
    try {
      privateKey = await readFile(isAbsolute(path) ? path : join(folder, path), 'utf8');
    } catch (cause) {
      throw new LabwrightError('key-unreadable', { host: name }, { cause, detail: auth.key_file });
    }
  }
  const password = await secret(auth.password);
  const passphrase = await secret(auth.key_passphrase);
  const agent = auth.agent ? process.env.SSH_AUTH_SOCK : undefined;
  return {
    name,
    address: host.address,
    port: host.port,
    user: host.user,
    ...(password === undefined ? {} : { password }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(agent === undefined ? {} : { agent }),
    ...(host.old_algorithms ? { oldAlgorithms: true } : {}),
  };
}

/** The hosts of one lab: their links and what is known of each connection. */
export class LabHosts {
  readonly #options: LabHostsOptions;
  readonly #links = new Map<string, HostLink>();
  readonly #states = new Map<string, HostState>();
  #following: Following | undefined;
  readonly #follows = new Map<string, AbortController>();

  constructor(options: LabHostsOptions) {
    this.#options = options;
  }

  get states(): Record<string, HostState> {
    return Object.fromEntries(this.#states);
  }

  #host(name: string): Host {
    const host = this.#options.plan()?.hosts[name];
    if (host === undefined) throw new LabwrightError('host-unknown', { host: name });
    return host;
  }

  link(name: string): HostLink {
    const known = this.#links.get(name);
    if (known) return known;
    const { connect, knownHosts, vault, folder } = this.#options;
    const link = new HostLink(name, {
      connect,
      knownHosts,
      login: () => loginFor(name, this.#host(name), folder, vault),
      sudoPassword: async () => {
        const host = this.#host(name);
        const secret = host.sudo_password ?? host.auth.password;
        if (secret === undefined)
          throw new LabwrightError('secret-missing', { name: 'sudo_password' });
        return vault.get(secret);
      },
      onState: (state, error) => this.#onState(name, state, error),
    });
    this.#links.set(name, link);
    return link;
  }

  #onState(name: string, state: 'connecting' | 'connected' | 'closed', error?: Error): void {
    const before = this.#states.get(name);
    if (before === undefined) return;
    const { error: _, offered: __, secret: ___, ...rest } = before;
    switch (state) {
      case 'connecting':
        this.update({ ...rest, connection: 'connecting' });
        return;
      case 'connected':
        this.update({ ...rest, connection: 'connected', lastSeen: this.#options.now() });
        this.#readTrust(name).catch(() => {});
        this.#follow(name);
        return;
      case 'closed':
        this.update(error ? this.failed(rest, error) : { ...rest, connection: 'idle' });
        // What is trusted may have been changed by others since; it stands beside what was offered.
        if (error instanceof HostKeyError) this.#readTrust(name).catch(() => {});
    }
  }

  /** From now on tells when something at a host changed, where it can push that. */
  follow(following: Following): void {
    this.#following = following;
    this.#followConnected();
  }

  #followConnected(): void {
    const connected = [...this.#states.values()].filter(
      ({ connection }) => connection === 'connected',
    );
    for (const { name } of connected) this.#follow(name);
  }

  /** Begins when we are let in. From then on it stands on its own, whatever the control link does. */
  #follow(name: string): void {
    const feed = this.#following?.feed(name);
    if (feed === undefined || this.#follows.has(name)) return;
    const stop = new AbortController();
    this.#follows.set(name, stop);
    const changed = () => this.#following?.changed(name);
    const { wait } = this.#options;
    void followChanges({ link: this.link(name), feed, changed, wait, signal: stop.signal }).then(
      () => {
        if (this.#follows.get(name) === stop) this.#follows.delete(name);
      },
    );
  }

  #stopFollowing(name: string): void {
    this.#follows.get(name)?.abort();
    this.#follows.delete(name);
  }

  /** The state of a host after a failure: what is wrong and what would help. */
  failed(state: HostState, failure: Error): HostState {
    const error = toErrorData(failure);
    if (failure instanceof HostKeyError) {
      const connection = error.code === 'host-key-unknown' ? 'untrusted' : 'changed';
      return { ...state, connection, error, offered: failure.offered };
    }
    const auth = this.#options.plan()?.hosts[state.name]?.auth;
    switch (error.code) {
      case 'secret-missing':
      case 'secret-unreadable':
        return {
          ...state,
          connection: 'needs-secret',
          error,
          secret: String(error.reason.params?.name),
        };
      case 'vault-locked':
        return { ...state, connection: 'needs-secret', error };
      case 'key-unreadable':
        // Not when the file itself could not be read: no passphrase helps against that.
        return auth?.key_passphrase !== undefined && /passphrase/i.test(error.detail ?? '')
          ? { ...state, connection: 'needs-secret', error, secret: auth.key_passphrase }
          : { ...state, connection: 'failed', error };
      case 'host-auth-failed': {
        const secret = auth?.password ?? auth?.key_passphrase ?? auth?.key;
        return secret === undefined
          ? { ...state, connection: 'failed', error }
          : { ...state, connection: 'needs-secret', error, secret };
      }
      default:
        return { ...state, connection: 'failed', error };
    }
  }

  update(state: HostState): void {
    this.#states.set(state.name, state);
    this.#options.changed(state);
  }

  patch(name: string, change: Partial<HostState>): void {
    const state = this.#states.get(name);
    if (state) this.update({ ...state, ...change });
  }

  async #readTrust(name: string): Promise<void> {
    const host = this.#options.plan()?.hosts[name];
    const state = this.#states.get(name);
    if (!host || !state) return;
    const trusted = await this.#options.knownHosts.trusted(host.address, host.port);
    this.patch(name, {
      trusted: trusted.map((key) => {
        const since = this.#options.trustedSince(name, key.fingerprint);
        return since === undefined ? key : { ...key, since };
      }),
    });
  }

  /** Brings the list in line with the plan; hosts whose way in changed are connected anew. */
  async sync(before: Plan | null, now: Plan | null): Promise<string[]> {
    const gone = [...this.#states.keys()].filter((name) => now?.hosts[name] === undefined);
    for (const name of gone) {
      this.#states.delete(name);
      this.#stopFollowing(name);
      await this.#links.get(name)?.close();
      this.#links.delete(name);
    }
    for (const [name, host] of Object.entries(now?.hosts ?? {})) {
      if (!this.#states.has(name)) {
        this.#states.set(name, { name, connection: 'idle', trusted: [] });
      } else if (JSON.stringify(before?.hosts[name]) !== JSON.stringify(host)) {
        this.#stopFollowing(name);
        await this.#links.get(name)?.reset();
        this.patch(name, { connection: 'idle' });
      }
      await this.#readTrust(name);
    }
    // A host that we are connected to may be a hypervisor by the new plan.
    this.#followConnected();
    return gone;
  }

  async trust(name: string, fingerprint: string, replace: boolean): Promise<HostKeyDecision> {
    const state = this.#states.get(name);
    const host = this.#host(name);
    const offered = state?.offered;
    // What is trusted must be what was shown: the key may have changed again meanwhile.
    if (offered === undefined || offered.fingerprint !== fingerprint) {
      const shown = offered?.fingerprint ?? '–';
      throw new LabwrightError('fingerprint-differs', { host: name, shown });
    }
    const { knownHosts } = this.#options;
    if (state?.connection === 'changed' && !replace) {
      throw new LabwrightError('host-key-changed', { host: name });
    }
    if (offered.type === MACHINE_ID) return { key: fingerprint, machine: true };
    const old = state?.trusted.map((key) => key.fingerprint).join(', ');
    if (replace) await knownHosts.replace(host.address, host.port, offered);
    else await knownHosts.add(host.address, host.port, offered);
    await this.reset(name);
    return { key: offered.fingerprint, machine: false, ...(old ? { old } : {}) };
  }

  async reset(name: string): Promise<void> {
    this.#stopFollowing(name);
    await this.#links.get(name)?.reset();
    const state = this.#states.get(name);
    if (!state) return;
    const { error: _, offered: __, secret: ___, ...rest } = state;
    this.update({ ...rest, connection: 'idle' });
    await this.#readTrust(name);
  }

  async close(): Promise<void> {
    for (const name of [...this.#follows.keys()]) this.#stopFollowing(name);
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}

export interface HostKeyDecision {
  readonly key: string;
  /** The decision was about `/etc/machine-id`, not about a key. */
  readonly machine: boolean;
  readonly old?: string;
}
