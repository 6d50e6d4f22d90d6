import { LabwrightError } from '../../../contract/error.ts';
import type { ApiVersion } from './api-version.ts';
import { type Decoded, DecodeError, decode } from './decode.ts';
import { encodeCall } from './encode.ts';
import { type ExchangeAnswer, exchange } from './exchange.ts';
import { asFields, type Fault, faultError } from './faults.ts';
import type { PinnedAgent } from './pinned-agent.ts';
import type { Site } from './site.ts';
import { vimType } from './vim-schema.ts';
import type { MoRef, VimValue } from './vim-value.ts';
import { child, withoutPrefix, type XmlElement, XmlError, XmlReader } from './xml-reader.ts';

/** How long a site may think before it says the first or the next word. */
export const ANSWER_MS = 120_000;
/** A call that is not done by then is not going to be: the largest lists measured take seconds. */
const DEADLINE_MS = 600_000;
/**
 * One answer. 5,000 machines with all their devices are 35 MB (measured), and a vCenter need not
 * split its answers.
 */
const MAX_ANSWER = 256_000_000;

export interface SoapCall {
  readonly method: string;
  readonly self: MoRef;
  readonly args: Readonly<Record<string, VimValue | undefined>>;
  readonly version: ApiVersion;
  /** As the site set it, quotes and all. */
  readonly cookie: string | undefined;
  /** An element to hand over as soon as it is complete, instead of with the result. */
  readonly take?: string;
  readonly silenceMs?: number;
  readonly deadlineMs?: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface SoapResult {
  readonly value: Decoded | undefined;
  /** A session cookie that came with the answer. */
  readonly cookie: string | undefined;
}

/**
 * One call. Yields what `take` names as it comes and returns the rest, decoded. Throws a typed
 * error that names the site for whatever the network, the site or a fault may bring.
 */
export async function* soapStream(
  site: Site,
  agent: PinnedAgent,
  call: SoapCall,
): AsyncGenerator<XmlElement[], SoapResult, void> {
  const answer = await exchange(site, agent, {
    method: 'POST',
    path: '/sdk',
    headers: {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: `"urn:vim25/${call.version}"`,
      ...(call.cookie === undefined ? {} : { Cookie: call.cookie }),
    },
    body: encodeCall(call.method, call.self, call.args, call.version),
    silenceMs: call.silenceMs ?? ANSWER_MS,
    deadlineMs: call.deadlineMs ?? DEADLINE_MS,
    limit: call.limit ?? MAX_ANSWER,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  assertSoap(site, answer);
  const reader = new XmlReader(call.take);
  try {
    for await (const piece of answer.body) {
      const taken = reader.write(piece);
      if (reader.rootName !== undefined && reader.rootName !== 'Envelope') {
        throw notVsphere(site, `<${reader.rootName}>`);
      }
      if (taken.length > 0) yield taken;
    }
    return result(site, call.method, whole(site, reader), answer);
  } catch (error) {
    if (error instanceof XmlError) {
      throw new LabwrightError(
        'site-answer-unexpected',
        { site: site.name, expected: `${call.method}Response` },
        { detail: error.message },
      );
    }
    throw unexpected(site, call.method, error);
  }
}

/** For a call whose result comes in one piece. */
export async function soapCall(
  site: Site,
  agent: PinnedAgent,
  call: SoapCall,
): Promise<SoapResult> {
  const stream = soapStream(site, agent, call);
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return step.value;
  }
}

/** Turns what decoding throws into a typed error; others pass unchanged. */
export function unexpected(site: Site, expected: string, error: unknown): unknown {
  if (!(error instanceof DecodeError)) return error;
  const params = { site: site.name, expected };
  return new LabwrightError('site-answer-unexpected', params, { detail: error.message });
}

function assertSoap(site: Site, answer: ExchangeAnswer): void {
  const { status, headers } = answer;
  const type = headers['content-type'];
  const xml = type === undefined || /\bxml\b/.test(type);
  // Faults come with status 500.
  if ((status === 200 || status === 500) && xml) return;
  answer.discard();
  // ESXi answers 503 while hostd starts, and a vCenter's proxy while its services do.
  if (status === 503) throw new LabwrightError('site-busy', { site: site.name });
  throw notVsphere(site, status === 200 ? (type ?? '') : `HTTP status ${status}`);
}

function notVsphere(site: Site, found: string): LabwrightError {
  return new LabwrightError('site-not-vsphere', { site: site.name, found });
}

/** An answer that ends too early is not well-formed, and has its own name. */
function whole(site: Site, reader: XmlReader): XmlElement {
  try {
    return reader.end();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    if (!reader.begun) throw notVsphere(site, 'nothing');
    throw new LabwrightError('site-answer-cut', { site: site.name }, { detail: error.message });
  }
}

function result(site: Site, method: string, root: XmlElement, answer: ExchangeAnswer): SoapResult {
  const body = child(root, 'Body');
  const fault = child(body, 'Fault');
  if (fault !== undefined) throw faultError(site.name, readFault(fault));
  const name = responseName(method);
  const response = child(body, name);
  if (response === undefined) {
    throw new LabwrightError('site-answer-unexpected', { site: site.name, expected: name });
  }
  const declared = vimType(`${method}Response`)?.byName.get('returnval');
  const values = response.children.filter((element) => element.name === 'returnval');
  const decoded = values.map((element) => decode(element, declared?.type));
  return {
    value: declared?.many === true ? decoded : decoded[0],
    cookie: sessionCookie(answer.headers['set-cookie']),
  };
}

const responseName = (method: string) => `${method}Response`;

function readFault(fault: XmlElement): Fault {
  const inside = child(fault, 'detail')?.children[0];
  const said = child(fault, 'faultstring')?.text.trim() ?? '';
  if (inside === undefined) return { name: 'SoapFault', said, fields: {} };
  const fields = asFields(decode(inside));
  // Mostly `<InvalidLoginFault xsi:type="InvalidLogin">`; the element's name alone will do.
  const typed = Object.entries(inside.attributes).find(([name]) => name.endsWith(':type'))?.[1];
  const name = typed === undefined ? inside.name.replace(/Fault$/, '') : withoutPrefix(typed);
  return { name, said, fields };
}

/** `vmware_soap_session="…"`: the name and the value as they came, without Path and the like. */
function sessionCookie(headers: readonly string[] | undefined): string | undefined {
  const found = headers?.find((header) => header.startsWith('vmware_soap_session='));
  return found?.split(';', 1)[0];
}
