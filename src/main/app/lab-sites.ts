import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { LabwrightError, toErrorData } from '../../contract/error.ts';
import { CERTIFICATE_TYPE, type HostKey, type HostState } from '../../contract/lab-state.ts';
import type { Plan, Site } from '../../contract/plan.ts';
import type { SiteCall } from '../../contract/site-call.ts';
import type { DiskOptions } from '../drivers/vsphere/machine-folder.ts';
import { performSiteCall } from '../drivers/vsphere/perform.ts';
import { openSession, type Session } from '../drivers/vsphere/session.ts';
import { answerQuestion } from '../drivers/vsphere/site-answer.ts';
import { assertSiteIdentity } from '../drivers/vsphere/site-identity.ts';
import { watch } from '../drivers/vsphere/updates.ts';
import type { OwnWork } from '../engine/execute.ts';
import type { SiteQuestion } from '../engine/probe.ts';
import { writeAtomic } from '../files/atomic-file.ts';
import type { Vault } from '../vault/vault.ts';
import type { HostKeyDecision } from './lab-hosts.ts';

export interface LabSitesOptions {
  readonly plan: () => Plan | null;
  /** File of the certificates that a person trusted. */
  readonly pins: string;
  readonly vault: Vault;
  readonly now: () => number;
  readonly trustedSince: (site: string, fingerprint: string) => number | undefined;
  readonly changed: (state: HostState) => void;
  /** A proved image of this computer, as the disk that it stands for. */
  readonly openImage: DiskOptions['openImage'];
}

/** What makes a machine look different in a list: small, so that following thousands is cheap. */
const FOLLOWED = ['name', 'runtime.powerState', 'config.changeVersion'];

const Pins = z.record(z.string(), z.string());

/** The sites of one lab: trust in their certificates, sessions, and what is known of each. */
export class LabSites {
  readonly #options: LabSitesOptions;
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #states = new Map<string, HostState>();
  #pins: Record<string, string> | undefined;
  #moved: ((site: string) => void) | undefined;
  readonly #follows = new Map<
    string,
    { readonly stop: AbortController; readonly ended: Promise<void> }
  >();

  constructor(options: LabSitesOptions) {
    this.#options = options;
  }

  get states(): Record<string, HostState> {
    return Object.fromEntries(this.#states);
  }

  has(name: string): boolean {
    return this.#options.plan()?.sites[name] !== undefined;
  }

  #site(name: string): Site {
    const site = this.#options.plan()?.sites[name];
    if (site === undefined) throw new LabwrightError('host-unknown', { host: name });
    return site;
  }

  /** Certificates belong to addresses, as host keys do: the same site under another name is known. */
  #place({ address, port }: Site): string {
    return `${address}:${port}`;
  }

  async #readPins(): Promise<Record<string, string>> {
    if (this.#pins === undefined) {
      const text = await readFile(this.#options.pins, 'utf8').catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return '{}';
          throw new LabwrightError(
            'plan-unreadable',
            { path: this.#options.pins },
            { cause: error },
          );
        },
      );
      try {
        this.#pins = Pins.parse(JSON.parse(text));
      } catch (cause) {
        // Never taken for empty: an unknown certificate must not look like a first meeting.
        throw new LabwrightError('plan-unreadable', { path: this.#options.pins }, { cause });
      }
    }
    return this.#pins;
  }

  /** Brings the list in line with the plan; a site whose way in changed is logged in to anew. */
  async sync(before: Plan | null, now: Plan | null): Promise<string[]> {
    const gone = [...this.#states.keys()].filter((name) => now?.sites[name] === undefined);
    for (const name of gone) {
      this.#states.delete(name);
      await this.#end(name);
    }
    for (const [name, site] of Object.entries(now?.sites ?? {})) {
      if (!this.#states.has(name)) {
        this.#states.set(name, { name, connection: 'idle', trusted: [] });
      } else if (JSON.stringify(before?.sites[name]) !== JSON.stringify(site))
        await this.reset(name);
      await this.#readTrust(name);
    }
    return gone;
  }

  async #readTrust(name: string): Promise<void> {
    const state = this.#states.get(name);
    if (state === undefined) return;
    const pins = await this.#readPins().catch(() => ({}) as Record<string, string>);
    const fingerprint = pins[this.#place(this.#site(name))];
    if (fingerprint === undefined) return this.#update({ ...state, trusted: [] });
    const since = this.#options.trustedSince(name, fingerprint);
    const key = { ...certificate(fingerprint), file: 'lab' as const };
    this.#update({ ...state, trusted: [since === undefined ? key : { ...key, since }] });
  }

  #update(state: HostState): void {
    this.#states.set(state.name, state);
    this.#options.changed(state);
  }

  /** A session, opened at the first use and kept. */
  async session(name: string): Promise<Session> {
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const opening = this.#open(name);
    this.#sessions.set(name, opening);
    opening.catch(() => this.#sessions.delete(name));
    return opening;
  }

  async #open(name: string): Promise<Session> {
    const site = this.#site(name);
    const {
      error: _,
      offered: __,
      secret: ___,
      ...rest
    } = this.#states.get(name) ?? {
      name,
      trusted: [],
    };
    this.#update({ ...rest, name, connection: 'connecting' });
    try {
      const pin = (await this.#readPins())[this.#place(site)];
      const session = await openSession(
        {
          name,
          address: site.address,
          port: site.port,
          legacyTls: site.legacy_tls,
          ...(pin === undefined ? {} : { pin }),
        },
        { user: site.user, password: () => this.#options.vault.get(site.password) },
      );
      const { fullName } = session.identity;
      this.#update({
        ...rest,
        name,
        connection: 'connected',
        system: fullName,
        lastSeen: this.#options.now(),
      });
      return session;
    } catch (error) {
      this.#update(this.#failed({ ...rest, name, connection: 'failed' }, site, error));
      throw error;
    }
  }

  #failed(state: HostState, site: Site, failure: unknown): HostState {
    const error = toErrorData(failure);
    const params = error.reason.params ?? {};
    switch (error.code) {
      case 'site-certificate-unknown':
        return {
          ...state,
          connection: 'untrusted',
          error,
          offered: certificate(String(params.fingerprint)),
        };
      case 'site-certificate-changed':
        return {
          ...state,
          connection: 'changed',
          error,
          offered: certificate(String(params.offered)),
        };
      case 'secret-missing':
      case 'secret-unreadable':
      case 'site-login-refused':
        return { ...state, connection: 'needs-secret', error, secret: site.password };
      case 'vault-locked':
        return { ...state, connection: 'needs-secret', error };
      default:
        return { ...state, connection: 'failed', error };
    }
  }

  /** From now on tells when something at a site changed, as the site pushes it. */
  follow(moved: (site: string) => void): void {
    this.#moved = moved;
    for (const [name, session] of this.#sessions) {
      session.then((open) => this.#follow(name, open)).catch(() => {});
    }
  }

  #follow(name: string, session: Session): void {
    const moved = this.#moved;
    if (moved === undefined || this.#follows.has(name)) return;
    const stop = new AbortController();
    const follow = async () => {
      const wanted = { type: 'VirtualMachine', paths: FOLLOWED };
      for await (const { restarted } of watch(session, wanted, 'all', { signal: stop.signal })) {
        // What the first answer tells is known already.
        if (!restarted) moved(name);
      }
    };
    // A site that cannot push is still asked by every check.
    const ended = follow().catch(() => {});
    this.#follows.set(name, { stop, ended });
    void ended.then(() => {
      if (this.#follows.get(name)?.stop === stop) this.#follows.delete(name);
    });
  }

  /** Answers a probe; JSON as text, so that it is kept and shown like every other answer. */
  async ask(name: string, question: SiteQuestion, signal?: AbortSignal): Promise<string> {
    const session = await this.session(name);
    const answer = await answerQuestion(session, question, signal ? { signal } : {});
    this.patch(name, { lastSeen: this.#options.now() });
    this.#follow(name, session);
    return JSON.stringify(answer, null, 1);
  }

  /** Carries out one change. `identity` is what the site was when it was trusted. */
  async perform(
    name: string,
    call: SiteCall,
    identity: string | undefined,
    options: Partial<OwnWork> & Pick<OwnWork, 'run'>,
  ): Promise<void> {
    const session = await this.session(name);
    if (identity !== undefined) await assertSiteIdentity(session, identity);
    const { openImage } = this.#options;
    await performSiteCall(session, call, { ...options, openImage });
  }

  patch(name: string, change: Partial<HostState>): void {
    const state = this.#states.get(name);
    if (state !== undefined) this.#update({ ...state, ...change });
  }

  /** Trusts the certificate that was shown, and no other. */
  async trust(name: string, fingerprint: string, replace: boolean): Promise<HostKeyDecision> {
    const state = this.#states.get(name);
    const offered = state?.offered;
    if (offered === undefined || offered.fingerprint !== fingerprint) {
      const shown = offered?.fingerprint ?? '–';
      throw new LabwrightError('fingerprint-differs', { host: name, shown });
    }
    const pins = await this.#readPins();
    const place = this.#place(this.#site(name));
    const old = pins[place];
    if (old !== undefined && !replace) throw new LabwrightError('host-key-changed', { host: name });
    const next = { ...pins, [place]: fingerprint };
    await writeAtomic(this.#options.pins, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
    this.#pins = next;
    await this.reset(name);
    return { key: fingerprint, machine: false, ...(old === undefined ? {} : { old }) };
  }

  async reset(name: string): Promise<void> {
    await this.#end(name);
    const state = this.#states.get(name);
    if (state === undefined) return;
    const { error: _, offered: __, secret: ___, ...rest } = state;
    this.#update({ ...rest, connection: 'idle' });
    await this.#readTrust(name);
  }

  async #end(name: string): Promise<void> {
    const follow = this.#follows.get(name);
    this.#follows.delete(name);
    follow?.stop.abort();
    // The site is told to forget what it was asked to push, while we are still logged in.
    await follow?.ended;
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    await session?.then((open) => open.close()).catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((name) => this.#end(name)));
  }
}

function certificate(fingerprint: string): HostKey {
  return { type: CERTIFICATE_TYPE, fingerprint, line: `${CERTIFICATE_TYPE} ${fingerprint}` };
}
