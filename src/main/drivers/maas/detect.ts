import { LabwrightError } from '../../../contract/error.ts';
import { type Answer, MaasHttp } from './exchange.ts';
import { type MaasRoot, type MaasServer, rootOf, rootsOf } from './maas-server.ts';
import { readBody } from './read-body.ts';

/** The version is asked for without a key, and answered at once by whatever is alive. */
const THINK_MS = 15_000;
const SILENCE_MS = 10_000;
const VERSION_LIMIT = 64 * 1024;
/** From `http` to its own `https`: once. */
const REDIRECTS = 1;

export interface DetectedMaas {
  readonly http: MaasHttp;
  readonly api: '1.0' | '2.0';
  readonly version: string | undefined;
}

/** What keeps other places from being the right one: there is a MAAS here, and it has to be dealt with. */
const TELLING = new Set([
  'cancelled',
  'maas-certificate-changed',
  'maas-certificate-unknown',
  'maas-down',
]);

/** Looks for the API where it may be. No key is sent. Throws the most telling of what it met. */
export async function detectMaas(
  server: MaasServer,
  signal: AbortSignal | undefined,
): Promise<DetectedMaas> {
  const met: LabwrightError[] = [];
  for (const root of rootsOf(server.address)) {
    try {
      return await at(server, root, signal, REDIRECTS);
    } catch (error) {
      if (!(error instanceof LabwrightError) || TELLING.has(error.code)) throw error;
      met.push(error);
    }
  }
  // Something that answers tells more than a closed port, and the first place was the likeliest.
  const answered = met.find(({ code }) => code === 'maas-not-maas' || code === 'maas-moved');
  throw answered ?? met[0] ?? new LabwrightError('maas-address-unfit', { maas: server.name });
}

async function at(
  server: MaasServer,
  root: MaasRoot,
  signal: AbortSignal | undefined,
  redirects: number,
): Promise<DetectedMaas> {
  const http = new MaasHttp(server.name, root, server.pin, server.dial);
  try {
    for (const api of ['2.0', '1.0'] as const) {
      const answer = await http.send({
        method: 'GET',
        path: `api/${api}/version/`,
        headers: { accept: 'application/json' },
        thinkMs: THINK_MS,
        silenceMs: SILENCE_MS,
        ...(signal ? { signal } : {}),
      });
      if (answer.status === 200) {
        const { items } = await readBody(server.name, 'version', answer.body, VERSION_LIMIT);
        if (items[0] !== undefined) return { http, api, version: items[0].version };
        break;
      }
      answer.discard();
      const moved = movedTo(root, answer);
      if (moved !== undefined && redirects > 0) {
        await http.close();
        return await at(server, moved, signal, redirects - 1);
      }
      // 404 is how one family says that it is the other; the web server itself says these.
      if (answer.status === 502 || answer.status === 503 || answer.status === 504)
        throw new LabwrightError('maas-down', { maas: server.name, status: answer.status });
      if (answer.headers.location !== undefined && answer.status < 400)
        throw new LabwrightError('maas-moved', {
          maas: server.name,
          to: answer.headers.location,
        });
    }
    throw new LabwrightError('maas-not-maas', { maas: server.name });
  } catch (error) {
    await http.close();
    // Whatever is not JSON is not of MAAS.
    if (error instanceof LabwrightError && error.code === 'maas-answer-unexpected')
      throw new LabwrightError('maas-not-maas', { maas: server.name });
    throw error;
  }
}

/** The same host by other means, as a MAAS with TLS sends on from its old port. */
function movedTo(root: MaasRoot, { status, headers }: Answer): MaasRoot | undefined {
  if (status < 300 || status >= 400 || headers.location === undefined) return undefined;
  if (!URL.canParse(headers.location, root.url)) return undefined;
  const to = rootOf(new URL(headers.location, root.url).href);
  return to !== undefined && to.host === root.host && to.url.href !== root.url.href
    ? to
    : undefined;
}
