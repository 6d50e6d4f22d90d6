import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { ProxySettings } from '../../contract/plan.ts';
import { proxyFor } from '../engine/probes/proxy.ts';

/** What a publisher that says nothing is given; as the curl of a KVM host is told. */
export const SILENCE_MS = 120_000;
/** As curl -L: more hops than anybody needs, fewer than a loop. */
const MAX_REDIRECTS = 10;

export interface Asked {
  readonly method?: 'GET' | 'HEAD';
  /** Byte to go on at. */
  readonly from?: number;
  /** The plan's; without one this computer's own environment says how it reaches the outside. */
  readonly proxy: ProxySettings | undefined;
  readonly signal?: AbortSignal;
  readonly silenceMs?: number;
}

/** No answer: by the exit code that curl has for it (curl(1)), and in the system's word. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly exitCode: number;
  readonly code: string;

  constructor(error: unknown) {
    const { code = '', message = '' } =
      error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    super(message, { cause: error });
    this.code = code || message;
    this.exitCode = exitCodeOf(code, message);
  }
}

/** Certificates have many errors (x509_vfy.h), all of one kind here. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|ALTNAME|HOSTNAME_MISMATCH/;

function exitCodeOf(code: string, message: string): number {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 6;
  if (code === 'ETIMEDOUT') return 28;
  if (CERTIFICATE.test(code)) return 60;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 35;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 56;
  // Node's own words for a proxy that does not tunnel.
  if (code === 'ERR_PROXY_TUNNEL' || /proxy/i.test(message)) return 56;
  return 7;
}

/**
 * One request, followed over redirects. Throws `Unreachable`, or the signal's reason; an answer that is
 * no success is an answer.
 */
export async function ask(url: string, asked: Asked): Promise<IncomingMessage> {
  let at = url;
  for (let hops = 0; ; hops++) {
    const answer = await once(at, asked);
    const { statusCode = 0, headers } = answer;
    const moved = statusCode >= 300 && statusCode < 400 ? headers.location : undefined;
    if (moved === undefined || hops >= MAX_REDIRECTS) return answer;
    answer.destroy();
    at = new URL(moved, at).href;
  }
}

/** The whole of a small file, or the status that came instead. */
export async function read(
  url: string,
  asked: Asked,
  limit: number,
): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  const answer = await ask(url, asked);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch (error) {
    asked.signal?.throwIfAborted();
    throw new Unreachable(error);
  } finally {
    answer.destroy();
  }
  return { status: answer.statusCode ?? 0, bytes: Buffer.concat(chunks) };
}

function once(url: string, asked: Asked): Promise<IncomingMessage> {
  const { method = 'GET', from = 0, proxy, signal, silenceMs = SILENCE_MS } = asked;
  const secure = new URL(url).protocol === 'https:';
  const proxyEnv = environmentOf(proxy, url);
  const common = { proxyEnv, keepAlive: false };
  const agent = secure
    ? new HttpsAgent({ ...common, secureContext: trusted() })
    : new HttpAgent(common);
  const headers = from > 0 ? { Range: `bytes=${from}-` } : {};
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const send = secure ? httpsRequest : httpRequest;
    const sent = send(url, { agent, method, headers, ...(signal ? { signal } : {}) });
    const quiet = () => {
      const silent = new Error('no answer in time') as NodeJS.ErrnoException;
      silent.code = 'ETIMEDOUT';
      sent.destroy(silent);
    };
    // Before there is a connection, a socket's own limit does not count.
    const timer = setTimeout(quiet, silenceMs);
    sent.setTimeout(silenceMs, quiet);
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(signal?.aborted ? signal.reason : new Unreachable(error));
    });
    sent.once('response', (answer) => {
      clearTimeout(timer);
      // What goes wrong from here on is met by who reads.
      sent.on('error', () => {});
      resolve(answer);
    });
    sent.end();
  });
}

/** The way that the plan says, and no other; without a plan's word that of this computer. */
function environmentOf(proxy: ProxySettings | undefined, url: string): NodeJS.ProcessEnv {
  if (proxy === undefined) return process.env;
  const through = proxyFor(proxy, url);
  return through === undefined ? {} : { http_proxy: through, https_proxy: through };
}

let context: SecureContext | undefined;

/** Node trusts its own list; who looks into TLS here has put theirs into the system's. */
function trusted(): SecureContext {
  context ??= createSecureContext({
    ca: [...getCACertificates('default'), ...getCACertificates('system')],
  });
  return context;
}
