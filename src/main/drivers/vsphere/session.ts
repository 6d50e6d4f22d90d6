import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { type ApiVersion, OLDEST_API, spokenVersion } from './api-version.ts';
import type { Decoded } from './decode.ts';
import { faultOf, INVALID_LOGIN, NOT_AUTHENTICATED } from './faults.ts';
import { PinnedAgent } from './pinned-agent.ts';
import type { Site } from './site.ts';
import { type SoapCall, type SoapResult, soapCall, soapStream } from './soap.ts';
import type { MoRef, VimValue } from './vim-value.ts';
import type { XmlElement } from './xml-reader.ts';

/** The one object whose name is known beforehand. */
const SERVICE_INSTANCE: MoRef = { type: 'ServiceInstance', value: 'ServiceInstance' };

export const Ref = z.object({ type: z.string(), value: z.string() });

const Content = z.looseObject({
  rootFolder: Ref,
  propertyCollector: Ref,
  viewManager: Ref.optional(),
  sessionManager: Ref.optional(),
  licenseManager: Ref.optional(),
  fileManager: Ref.optional(),
  virtualDiskManager: Ref.optional(),
  about: z.looseObject({
    fullName: z.string(),
    version: z.string(),
    build: z.string(),
    apiType: z.string(),
    apiVersion: z.string(),
    instanceUuid: z.string().optional(),
  }),
});
type Content = z.infer<typeof Content>;
type Manager = 'viewManager' | 'licenseManager' | 'fileManager' | 'virtualDiskManager';

/** Who the site is. Looked at before every write by those who hold a trusted identity. */
export interface SiteIdentity {
  /** vCenter has one; an ESXi host has none before 6.x (its hardware uuid then tells it apart). */
  readonly instanceUuid: string | undefined;
  /** `VMware ESXi 5.5.0 build-1331820` */
  readonly fullName: string;
  readonly kind: 'esxi' | 'vcenter';
  readonly version: string;
  readonly build: string;
  readonly apiVersion: string;
}

export interface Login {
  readonly user: string;
  /** Asked for at each login, so that the password is not kept here. */
  readonly password: () => Promise<string>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long the site may say nothing, in milliseconds. */
  readonly silenceMs?: number;
  /** How long one call may take in all, in milliseconds. */
  readonly deadlineMs?: number;
  /** Largest answer, in bytes. */
  readonly limit?: number;
}

type Args = Readonly<Record<string, VimValue | undefined>>;

/** Calls that change nothing on the site but the session itself: safe to send twice. */
const READS = new Set([
  'ContinueRetrievePropertiesEx',
  'CreateContainerView',
  'CreateFilter',
  'CreatePropertyCollector',
  'DestroyPropertyCollector',
  'DestroyView',
  'QueryConfigOptionDescriptor',
  'QueryDateTime',
  'RetrievePropertiesEx',
  'RetrieveServiceContent',
  'WaitForUpdatesEx',
]);

/**
 * Logs in. Throws `site-certificate-unknown` or `-changed` before anything is sent,
 * `site-login-refused`, `site-too-old`, or what keeps the site from being reached.
 */
export async function openSession(
  site: Site,
  login: Login,
  options: CallOptions = {},
): Promise<Session> {
  const kept = new PinnedAgent(site, true);
  try {
    const { value } = await soapCall(site, kept, {
      method: 'RetrieveServiceContent',
      self: SERVICE_INSTANCE,
      args: {},
      version: OLDEST_API,
      cookie: undefined,
      ...options,
    });
    const content = parseAnswer(site, Content, value, 'ServiceContent');
    const version = spokenVersion(content.about.apiVersion);
    if (version === undefined) {
      const params = { site: site.name, version: content.about.apiVersion };
      throw new LabwrightError('site-too-old', params);
    }
    const session = new Session(site, login, kept, content, version);
    await session.logIn(options.signal);
    return session;
  } catch (error) {
    kept.destroy();
    throw error;
  }
}

/** Parses decoded data at the boundary; a mismatch is the site's and a typed error. */
export function parseAnswer<T>(site: Site, shape: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const detail = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  const params = { site: site.name, expected: what };
  throw new LabwrightError('site-answer-unexpected', params, { detail });
}

export class Session {
  readonly site: Site;
  readonly version: ApiVersion;
  readonly identity: SiteIdentity;
  readonly content: Content;
  readonly #login: Login;
  readonly #kept: PinnedAgent;
  /** A write goes over a connection of its own: one that dies idle cannot take it down half-sent. */
  readonly #fresh: PinnedAgent;
  #cookie: string | undefined;
  #generation = 0;
  #loggingIn: Promise<void> | undefined;

  constructor(site: Site, login: Login, kept: PinnedAgent, content: Content, version: ApiVersion) {
    this.site = site;
    this.#login = login;
    this.#kept = kept;
    this.#fresh = new PinnedAgent(site, false);
    this.content = content;
    this.version = version;
    const { about } = content;
    this.identity = {
      instanceUuid: about.instanceUuid,
      fullName: about.fullName,
      kind: about.apiType === 'VirtualCenter' ? 'vcenter' : 'esxi',
      version: about.version,
      build: about.build,
      apiVersion: about.apiVersion,
    };
  }

  /**
   * Counts the logins. Views, collectors and filters belong to one login: who holds some makes them
   * anew when this has changed.
   */
  get generation(): number {
    return this.#generation;
  }

  get cookie(): string | undefined {
    return this.#cookie;
  }

  /** The agent for a transfer of a file. */
  get writeAgent(): PinnedAgent {
    return this.#fresh;
  }

  /**
   * One call of the API; resolves to the decoded result. Logs in again, once, when the session has
   * ended. Throws the fault as a typed error.
   */
  async call(
    method: string,
    self: MoRef,
    args: Args = {},
    options: CallOptions = {},
  ): Promise<Decoded | undefined> {
    return this.#again(method, options, async () => {
      const { value } = await soapCall(this.site, this.#agent(method), {
        ...this.#soap(method, self, args),
        ...options,
      });
      return value;
    });
  }

  /** As `call`, handing over the elements named `take` as they come. Does not log in again. */
  stream(
    method: string,
    self: MoRef,
    args: Args,
    options: CallOptions & { readonly take: string },
  ): AsyncGenerator<XmlElement[], SoapResult, void> {
    const soap = { ...this.#soap(method, self, args), ...options };
    return soapStream(this.site, this.#agent(method), soap);
  }

  /** Logs in anew, unless that was done since `generation`. */
  async renew(generation: number, signal?: AbortSignal): Promise<void> {
    if (generation !== this.#generation) return;
    // Several calls may find the session gone at once; the password is asked for only once.
    this.#loggingIn ??= this.logIn(signal).finally(() => {
      this.#loggingIn = undefined;
    });
    await this.#loggingIn;
  }

  async logIn(signal?: AbortSignal): Promise<void> {
    const { sessionManager } = this.content;
    if (sessionManager === undefined) throw this.#lacks('sessionManager');
    this.#cookie = undefined;
    try {
      const { cookie } = await soapCall(this.site, this.#kept, {
        ...this.#soap('Login', sessionManager, {
          userName: this.#login.user,
          password: await this.#login.password(),
        }),
        ...(signal === undefined ? {} : { signal }),
      });
      this.#cookie = cookie;
      this.#generation += 1;
    } catch (error) {
      if (faultOf(error)?.name !== INVALID_LOGIN) throw error;
      const params = { site: this.site.name, user: this.#login.user };
      throw new LabwrightError('site-login-refused', params);
    }
  }

  /** Ends the session on the site, if it can still be reached, and all connections. */
  async close(): Promise<void> {
    try {
      const { sessionManager } = this.content;
      if (sessionManager !== undefined && this.#cookie !== undefined) {
        await soapCall(this.site, this.#kept, {
          ...this.#soap('Logout', sessionManager, {}),
          silenceMs: LOGOUT_MS,
        });
      }
    } catch {
      // The site ends idle sessions by itself; there is nobody to tell.
    } finally {
      this.#cookie = undefined;
      this.#kept.destroy();
      this.#fresh.destroy();
    }
  }

  /** One of the managers of the service content; `site-not-supported` where the site has none. */
  manager(name: Manager): MoRef {
    const found = this.content[name];
    if (found === undefined) throw this.#lacks(name);
    return found;
  }

  #lacks(what: string): LabwrightError {
    return new LabwrightError('site-not-supported', { site: this.site.name, what });
  }

  #agent(method: string): PinnedAgent {
    return READS.has(method) ? this.#kept : this.#fresh;
  }

  #soap(method: string, self: MoRef, args: Args): SoapCall {
    return { method, self, args, version: this.version, cookie: this.#cookie };
  }

  async #again<T>(method: string, options: CallOptions, attempt: () => Promise<T>): Promise<T> {
    const generation = this.#generation;
    try {
      return await attempt();
    } catch (error) {
      if (faultOf(error)?.name === NOT_AUTHENTICATED) {
        await this.renew(generation, options.signal);
        return await attempt();
      }
      // The site may close a kept connection just as we use it; a read loses nothing by a retry.
      const closed = error instanceof LabwrightError && error.code === 'site-closed';
      if (closed && READS.has(method)) return await attempt();
      throw error;
    }
  }
}

/** Closing must not hang on a site that has gone away. */
const LOGOUT_MS = 5_000;
