import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Site } from '../../../src/main/drivers/vsphere/site.ts';
import { child, type XmlElement, XmlReader } from '../../../src/main/drivers/vsphere/xml-reader.ts';
import { type TestCertificate, testCertificate } from './test-certificate.ts';

export interface StubCall {
  readonly method: string;
  /** The method's element. */
  readonly element: XmlElement;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** XML inside the response element, or what is done with the connection instead. */
export type StubAnswer = string | ((response: ServerResponse) => void);
type Handler = (call: StubCall, nth: number) => StubAnswer | Promise<StubAnswer>;

/** Throw it in a handler for a SOAP fault. */
export class StubFault {
  readonly name: string;
  readonly inside: string;
  readonly said: string;

  constructor(name: string, inside = '', said = `said: ${name}`) {
    this.name = name;
    this.inside = inside;
    this.said = said;
  }
}

const NAMESPACES =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="x" xmlns:xsi="y"';
export const COOKIE = 'vmware_soap_session="52e1f0a2-quoted"';

export const ref = (name: string, type: string, value: string) =>
  `<${name} type="${type}">${value}</${name}>`;

export function envelope(inside: string): string {
  return `<?xml version="1.0"?><soapenv:Envelope ${NAMESPACES}><soapenv:Body>${inside}</soapenv:Body></soapenv:Envelope>`;
}

/** A vSphere that says what the test wants: for what vcsim cannot do. */
export class SoapStub {
  readonly calls: StubCall[] = [];
  readonly site: Site;
  apiVersion = '6.5';
  readonly #server: Server;
  readonly #handlers = new Map<string, Handler>();

  private constructor(server: Server, site: Site) {
    this.#server = server;
    this.site = site;
    server.on('request', (request, response) => void this.#answer(request, response));
    this.#defaults();
  }

  static async start(
    options: ServerOptions = {},
    certificate: TestCertificate = testCertificate(),
  ): Promise<SoapStub> {
    const server = createServer({ ...certificate, ...options });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const pin = new X509Certificate(certificate.cert).fingerprint256;
    return new SoapStub(server, { name: 'rack', address: '127.0.0.1', port, pin });
  }

  on(method: string, handler: Handler): this {
    this.#handlers.set(method, handler);
    return this;
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #defaults(): void {
    this.on('RetrieveServiceContent', () => this.#content());
    const session = '<key>k</key><userName>u</userName><fullName/><loginTime/><lastActiveTime/>';
    this.on('Login', () => `<returnval>${session}<locale/><messageLocale/></returnval>`);
    this.on('CreateContainerView', () => ref('returnval', 'ContainerView', 'view-1'));
    this.on('CreatePropertyCollector', () => ref('returnval', 'PropertyCollector', 'pc-2'));
    this.on('CreateFilter', () => ref('returnval', 'PropertyFilter', 'filter-1'));
    for (const method of ['Logout', 'DestroyView', 'DestroyPropertyCollector', 'CancelTask']) {
      this.on(method, () => '');
    }
  }

  #content(): string {
    const about = [
      '<name>VMware ESXi</name><fullName>VMware ESXi stub</fullName><vendor>v</vendor>',
      `<version>${this.apiVersion}</version><build>1</build><osType/><productLineId/>`,
      `<apiType>HostAgent</apiType><apiVersion>${this.apiVersion}</apiVersion>`,
    ].join('');
    return `<returnval>${ref('rootFolder', 'Folder', 'root')}${ref('propertyCollector', 'PropertyCollector', 'pc')}${ref('viewManager', 'ViewManager', 'vm')}<about>${about}</about>${ref('sessionManager', 'SessionManager', 'sm')}</returnval>`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const reader = new XmlReader();
    reader.write(body);
    const element = child(reader.end(), 'Body')?.children[0];
    if (element === undefined) throw new Error(`no method in ${body}`);
    const call = { method: element.name, element, body, headers: request.headers };
    this.calls.push(call);
    await this.#respond(call, response);
  }

  async #respond(call: StubCall, response: ServerResponse): Promise<void> {
    const { method } = call;
    response.setHeader('Content-Type', 'text/xml; charset=utf-8');
    if (method === 'Login')
      response.setHeader('Set-Cookie', `${COOKIE}; Path=/; HttpOnly; Secure;`);
    try {
      const handler = this.#handlers.get(method);
      if (handler === undefined) throw new StubFault('MethodNotFound');
      const answer = await handler(call, this.count(method));
      if (typeof answer === 'function') answer(response);
      else
        response.end(
          envelope(`<${method}Response xmlns="urn:vim25">${answer}</${method}Response>`),
        );
    } catch (fault) {
      if (!(fault instanceof StubFault)) throw fault;
      const { name, inside, said } = fault;
      response.statusCode = 500;
      const detail = `<${name}Fault xmlns="urn:vim25" xsi:type="${name}">${inside}</${name}Fault>`;
      response.end(
        envelope(
          `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${said}</faultstring><detail>${detail}</detail></soapenv:Fault>`,
        ),
      );
    }
  }
}
