import { randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import {
  type ApiVersion,
  compareVersions,
  spokenVersion,
} from '../../drivers/vsphere/api-version.ts';
import { vimType } from '../../drivers/vsphere/vim-schema.ts';
import { DatastoreMethods } from './datastore-methods.ts';
import { EsxiHost, type Licence } from './esxi-host.ts';
import { answerFile } from './folder-access.ts';
import { HostMethods } from './host-methods.ts';
import { MachineMethods } from './machine-methods.ts';
import { NetworkMethods } from './network-methods.ts';
import { ObjectProperties } from './object-properties.ts';
import { PLACE } from './place-refs.ts';
import { gone, notAuthenticated, PropertyCollectors } from './property-collector.ts';
import { readRequest, type VimRequest } from './read-request.ts';
import { RELEASES, type Release } from './releases.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { Tasks } from './tasks.ts';
import { type AnswerObject, type AnswerValue, writeField } from './vim-answer.ts';
import { VimFault } from './vim-fault.ts';

export interface PracticeSiteOptions {
  readonly licence: Licence;
  /** 6.7 unless given. */
  readonly version?: ApiVersion;
  /** Of the hardware; made up unless given. */
  readonly uuid?: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Between two words of a task; real time unless given. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** One request, as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly body: string;
}

export interface PracticeSite {
  readonly address: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** Of no host but this one, which ends with its process: no secret. */
  readonly password: string;
  /** SHA-256, with colons. */
  readonly fingerprint: string;
  /** What the host has: to look at, and to change as somebody else would. */
  readonly host: EsxiHost;
  readonly requests: readonly SeenRequest[];
  /** As when nobody asked for a long time: who comes next has to log in. Tasks go on. */
  endSessions(): void;
  /** The host agent starts anew: sessions, views, filters and tasks are gone, machines stay. */
  restart(): void;
  close(): Promise<void>;
}

interface Session {
  readonly user: string;
  lastUsed: number;
  readonly collectors: PropertyCollectors;
}

/** Idle sessions end after 30 minutes [K]. */
const IDLE_MS = 30 * 60_000;
const COOKIE = 'vmware_soap_session';
const MAX_REQUEST = 4_000_000;
const REQUESTS_KEPT = 5_000;

/** Refused under a free licence: everything that changes the host (vsphere.md, "Licence"). */
const WRITES = new Set([
  'AddPortGroup',
  'AddVirtualSwitch',
  'CreateSnapshot_Task',
  'CreateVM_Task',
  'DeleteDatastoreFile_Task',
  'Destroy_Task',
  'DisableRuleset',
  'EnableRuleset',
  'ExtendVirtualDisk_Task',
  'MakeDirectory',
  'PowerOffVM_Task',
  'PowerOnVM_Task',
  'ReconfigVM_Task',
  'RemovePortGroup',
  'RemoveSnapshot_Task',
  'RemoveVirtualSwitch',
  'ResetVM_Task',
  'RestartService',
  'RevertToSnapshot_Task',
  'StartService',
  'StopService',
  'UnregisterVM',
  'UpdateDateTimeConfig',
  'UpdatePortGroup',
  'UpdateServicePolicy',
]);
const WITHOUT_SESSION = new Set(['Login', 'RetrieveServiceContent']);

const realWait = (milliseconds: number) =>
  new Promise<void>((done) => {
    setTimeout(done, milliseconds).unref();
  });

/**
 * A standalone ESXi on loopback, as far as its API (vim25 over SOAP) goes that Labwright uses:
 * stricter than vcsim wherever a real host is (vsphere.md). What is marked [K] there and here is
 * known from experience and was not checked on a real host.
 */
export async function startPracticeSite(options: PracticeSiteOptions): Promise<PracticeSite> {
  const certificate = selfSignedCertificate('localhost.localdomain');
  // 6.7 speaks TLS 1.2 (vsphere.md, "Versions"); 1.3 came with 8.0 U3.
  const server = createServer({ ...certificate, maxVersion: 'TLSv1.2' });
  const agent = new HostAgent(options);
  server.on('request', (request, response) => void agent.answer(request, response));
  // HTTP knows no connection whose TLS handshake still goes on; an end must not wait for those.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: agent.user,
    password: agent.password,
    fingerprint: new X509Certificate(certificate.cert).fingerprint256,
    host: agent.host,
    requests: agent.requests,
    endSessions: () => agent.endSessions(),
    restart() {
      agent.restart();
      hangUp();
    },
    async close() {
      server.close();
      hangUp();
      await once(server, 'close');
    },
  };
}

/** hostd: sessions, and which object answers which method. */
class HostAgent {
  readonly user = 'root';
  readonly password = 'practice-only';
  readonly host: EsxiHost;
  readonly requests: SeenRequest[] = [];
  readonly #version: ApiVersion;
  readonly #release: Release;
  readonly #now: () => number;
  readonly #tasks: Tasks;
  readonly #objects: ObjectProperties;
  readonly #machines: MachineMethods;
  readonly #networks: NetworkMethods;
  readonly #settings: HostMethods;
  readonly #files: DatastoreMethods;
  readonly #sessions = new Map<string, Session>();

  constructor(options: PracticeSiteOptions) {
    const { licence, version = '6.7', now, wait = realWait, uuid } = options;
    this.#version = version;
    this.#now = now;
    const release = RELEASES[version];
    this.#release = release;
    this.host = new EsxiHost(licence, now);
    this.host.build = release.build;
    if (uuid !== undefined) this.host.uuid = uuid;
    this.#tasks = new Tasks(this.host, now, wait);
    this.#objects = new ObjectProperties(this.host, release, this.#tasks);
    this.#machines = new MachineMethods(this.host, this.#tasks, release.hardware, now);
    this.#networks = new NetworkMethods(this.host);
    this.#settings = new HostMethods(this.host);
    this.#files = new DatastoreMethods(this.host, this.#tasks);
  }

  endSessions(): void {
    for (const { collectors } of this.#sessions.values()) collectors.end();
    this.#sessions.clear();
    this.host.changed();
  }

  restart(): void {
    this.endSessions();
    this.#tasks.clear();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Content-Type', 'text/xml; charset=utf-8');
    if (request.url?.startsWith('/folder/')) {
      this.requests.push({ method: request.method ?? '', body: request.url });
      const [, session] = this.#session(request.headers.cookie);
      if (session === undefined) response.writeHead(401).end();
      else await answerFile(this.host, request, response);
      return;
    }
    if (request.method !== 'POST' || request.url !== '/sdk') {
      response.writeHead(404).end();
      return;
    }
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    try {
      const body = await bodyOf(request);
      const version = this.#versionOf(request.headers.soapaction);
      const call = readRequest(body, version);
      this.requests.push({ method: call.method, body });
      if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
      const value = await this.#call(call, request, response, ended.signal);
      const type = vimType(`${call.method}Response`)?.byName.get('returnval')?.type;
      const inside = writeField('returnval', type, value);
      response.end(
        envelope(`<${call.method}Response xmlns="urn:vim25">${inside}</${call.method}Response>`),
      );
    } catch (error) {
      // Whoever asked is gone: there is nobody to answer, and nothing is wrong with the host.
      if (request.destroyed && !request.complete) return;
      const fault = error instanceof VimFault ? error : systemError(error);
      response.statusCode = 500;
      response.end(envelope(faultXml(fault)));
    }
  }

  /** Fields are those of the client's version, or of the host's when that is older. */
  #versionOf(action: string | string[] | undefined): string {
    const asked = /^"?urn:vim25\/([\d.]+)"?$/.exec(String(action))?.[1];
    if (asked === undefined || spokenVersion(asked) === undefined) return '5.5';
    return compareVersions(asked, this.#version) <= 0 ? asked : this.#version;
  }

  async #call(
    { method, self, args }: VimRequest,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<AnswerValue | undefined> {
    const [id, session] = this.#session(request.headers.cookie);
    if (session === undefined && !WITHOUT_SESSION.has(method)) {
      throw notAuthenticated(self);
    }
    if (WRITES.has(method) && this.host.readOnly) {
      // The words of every host with a free licence (pyvmomi#625).
      const said =
        'Current license or ESXi version prohibits execution of the requested operation.';
      throw new VimFault('RestrictedVersion', said);
    }
    this.#assertThere(self, session);
    const setting = this.#settings.call(`${self.type}.${method}`, args);
    if (setting !== undefined) return setting.value;
    switch (`${self.type}.${method}`) {
      case 'ServiceInstance.RetrieveServiceContent':
        return this.#content();
      case 'SessionManager.Login':
        return this.#logIn(args, response);
      case 'SessionManager.Logout':
        this.#sessions.delete(id);
        return undefined;
      case 'Folder.CreateVM_Task':
        return this.#machines.create(args);
      case 'VirtualMachine.ReconfigVM_Task':
        return this.#machines.reconfigure(self, args);
      case 'VirtualMachine.PowerOnVM_Task':
        return this.#machines.powerOn(self);
      case 'VirtualMachine.PowerOffVM_Task':
        return this.#machines.powerOff(self);
      case 'VirtualMachine.ResetVM_Task':
        return this.#machines.reset(self);
      case 'VirtualMachine.Destroy_Task':
        return this.#machines.destroy(self);
      case 'VirtualMachine.CreateSnapshot_Task':
        return this.#machines.createSnapshot(self, args);
      case 'VirtualMachineSnapshot.RevertToSnapshot_Task':
        return this.#machines.revertToSnapshot(self);
      case 'VirtualMachineSnapshot.RemoveSnapshot_Task':
        return this.#machines.removeSnapshot(self);
      case 'VirtualMachine.UnregisterVM':
        this.#machines.unregister(self);
        return undefined;
      case 'HostNetworkSystem.AddVirtualSwitch':
        this.#networks.addSwitch(args);
        return undefined;
      case 'HostNetworkSystem.RemoveVirtualSwitch':
        this.#networks.removeSwitch(args);
        return undefined;
      case 'HostNetworkSystem.AddPortGroup':
        this.#networks.addPortgroup(args);
        return undefined;
      case 'HostNetworkSystem.UpdatePortGroup':
        this.#networks.updatePortgroup(args);
        return undefined;
      case 'HostNetworkSystem.RemovePortGroup':
        this.#networks.removePortgroup(args);
        return undefined;
      case 'EnvironmentBrowser.QueryConfigOptionDescriptor':
        return hardwareVersions(this.#release.hardware);
      case 'FileManager.MakeDirectory':
        this.#files.makeDirectory(args);
        return undefined;
      case 'FileManager.DeleteDatastoreFile_Task':
        return this.#files.delete(args);
      case 'VirtualDiskManager.ExtendVirtualDisk_Task':
        return this.#files.extend(args);
      case 'HostDatastoreBrowser.SearchDatastore_Task':
        return this.#files.search(self, args);
      case 'Task.CancelTask':
        this.#tasks.cancel(self.value);
        return undefined;
      default:
        return this.#collect(`${self.type}.${method}`, { method, self, args }, session, signal);
    }
  }

  async #collect(
    name: string,
    { method, self, args }: VimRequest,
    session: Session | undefined,
    signal: AbortSignal,
  ): Promise<AnswerValue | undefined> {
    const collectors = session?.collectors;
    switch (name) {
      case 'ViewManager.CreateContainerView':
        return collectors?.createView(args.type);
      case 'ContainerView.DestroyView':
        collectors?.destroyView(self);
        return undefined;
      case 'PropertyCollector.RetrievePropertiesEx':
        return collectors?.retrieve(args);
      case 'PropertyCollector.ContinueRetrievePropertiesEx':
        return collectors?.continue(args.token);
      case 'PropertyCollector.CreatePropertyCollector':
        return collectors?.createCollector();
      case 'PropertyCollector.DestroyPropertyCollector':
        collectors?.destroyCollector(self);
        return undefined;
      case 'PropertyCollector.CreateFilter':
        return collectors?.createFilter(self, args);
      case 'PropertyCollector.WaitForUpdatesEx':
        return collectors?.wait(self, args, signal);
      default:
        throw new VimFault('MethodNotFound', `The method ${method} is not supported`, {
          receiver: self,
          method,
        });
    }
  }

  /** Objects of one session are looked for by what holds them. */
  #assertThere(self: VimRequest['self'], session: Session | undefined): void {
    const fixed = Object.values(PLACE).some(({ value }) => value === self.value);
    const own = session !== undefined && self.value.startsWith('session-');
    if (!fixed && !own && this.#objects.of(self) === undefined) throw gone(self);
  }

  #session(cookie: string | undefined): [string, Session | undefined] {
    // The value's quotes belong to it (vsphere.md, "Wire rules").
    const id = new RegExp(`${COOKIE}=("[^"]*")`).exec(cookie ?? '')?.[1] ?? '';
    const session = this.#sessions.get(id);
    if (session === undefined) return [id, undefined];
    if (this.#now() - session.lastUsed > IDLE_MS) {
      this.#sessions.delete(id);
      return [id, undefined];
    }
    session.lastUsed = this.#now();
    return [id, session];
  }

  #logIn({ userName, password }: VimRequest['args'], response: ServerResponse): AnswerObject {
    if (userName !== this.user || password !== this.password) {
      const said = 'Cannot complete login due to an incorrect user name or password.';
      throw new VimFault('InvalidLogin', said);
    }
    const id = `"${randomUUID()}"`;
    const collectors = new PropertyCollectors(this.host, this.#objects);
    this.#sessions.set(id, { user: this.user, lastUsed: this.#now(), collectors });
    response.setHeader('Set-Cookie', `${COOKIE}=${id}; Path=/; HttpOnly; Secure;`);
    const at = new Date(this.#now()).toISOString();
    return {
      key: randomUUID(),
      userName: this.user,
      fullName: 'Administrator',
      loginTime: at,
      lastActiveTime: at,
      locale: 'en',
      messageLocale: 'en',
    };
  }

  #content(): AnswerObject {
    const { version } = this.#release;
    const { build } = this.host;
    return {
      rootFolder: PLACE.rootFolder,
      propertyCollector: PLACE.propertyCollector,
      viewManager: PLACE.viewManager,
      sessionManager: PLACE.sessionManager,
      licenseManager: PLACE.licenseManager,
      fileManager: PLACE.fileManager,
      virtualDiskManager: PLACE.virtualDiskManager,
      // No instanceUuid: only a vCenter has one [K].
      about: {
        name: 'VMware ESXi',
        fullName: `VMware ESXi ${version} build-${build} (Labwright practice)`,
        vendor: 'VMware, Inc.',
        version,
        build,
        localeVersion: 'INTL',
        localeBuild: '000',
        osType: 'vmnix-x86',
        productLineId: 'embeddedEsx',
        apiType: 'HostAgent',
        apiVersion: this.#version,
        licenseProductName: 'VMware ESX Server',
        licenseProductVersion: version,
      },
    };
  }
}

function hardwareVersions(newest: number): AnswerObject[] {
  return [8, 9, 10, 11, 13, 14, 17]
    .filter((each) => each <= newest)
    .map((each) => ({
      key: `vmx-${String(each).padStart(2, '0')}`,
      createSupported: true,
      defaultConfigOption: each === newest,
    }));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST) throw new VimFault('InvalidRequest', 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function envelope(inside: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"' +
    ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<soapenv:Body>${inside}</soapenv:Body></soapenv:Envelope>`
  );
}

/** A mistake of the practice host's own must not look like an answer of a real one. */
function systemError(error: unknown): VimFault {
  const reason = `practice host: ${error instanceof Error ? error.message : String(error)}`;
  return new VimFault('SystemError', reason, { reason });
}

function faultXml({ type, message, fields }: VimFault): string {
  const object = { ...(fields as AnswerObject), _type: type };
  const detail = writeField(`${type}Fault`, 'MethodFault', object);
  const said = writeField('faultstring', 'string', message);
  return `<soapenv:Fault><faultcode>ServerFaultCode</faultcode>${said}<detail>${detail}</detail></soapenv:Fault>`;
}
