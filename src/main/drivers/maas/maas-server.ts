import type { Duplex } from 'node:stream';

/** How a MAAS is reached, as the plan says it. */
export interface MaasServer {
  /** The plan's word for it; it stands in errors. */
  readonly name: string;
  /** `http://10.0.0.2:5240/MAAS/`, or a bare name or address whose API is then looked for. */
  readonly address: string;
  /**
   * SHA-256 fingerprint of a certificate that a person trusted, as hex with or without colons. One
   * that an authority vouches for needs none; otherwise the connection ends with
   * `maas-certificate-unknown`, which carries what to show.
   */
  readonly pin?: string;
  /** Makes the connections; ours go through the SSH connection to MAAS's own host. TCP when left out. */
  readonly dial?: Dial;
}

/** Opens a byte stream to a port. Throws typed errors. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

/** A place where a MAAS may be: what comes before `api/`. */
export interface MaasRoot {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** `http` on its own port: Apache or nginx in front of it (1.x, old packages). */
const HTTP_PORT = 80;
const HTTPS_PORT = 443;
/** Where the region itself listens since MAAS 2.3, and its TLS port since 3.3 (MAAS documentation). */
const REGION_PORT = 5240;
const REGION_TLS_PORT = 5443;

/** Places to look at, the likeliest first; none when the address cannot be one. */
export function rootsOf(address: string): readonly MaasRoot[] {
  const typed = address.trim();
  if (/^https?:\/\//i.test(typed)) {
    const root = rootOf(typed);
    if (root === undefined) return [];
    const said = /^https?:\/\/(\[[^\]]*\]|[^/:]*):\d+/i.test(typed);
    if (said || root.tls) return [root];
    // Without a port the web server may be meant, or nobody thought of one.
    return [root, ...places(root.url.hostname, [['http', REGION_PORT]])];
  }
  const bare = /^[^/\s]*:[^/\s]*:/.test(typed) && !typed.startsWith('[') ? `[${typed}]` : typed;
  const root = rootOf(`http://${bare}`);
  if (root === undefined) return [];
  if (/:\d+(\/|$)/.test(bare.replace(/^\[[^\]]*\]/, ''))) return [root];
  return places(root.url.hostname, [
    ['http', REGION_PORT],
    ['https', REGION_TLS_PORT],
    ['http', HTTP_PORT],
  ]);
}

function places(host: string, ports: readonly (readonly [string, number])[]): MaasRoot[] {
  return ports.flatMap(([scheme, port]) => rootOf(`${scheme}://${host}:${port}/MAAS/`) ?? []);
}

/** Undefined for what is not a web address. What follows the root (`api/2.0/`) is cut off. */
export function rootOf(address: string): MaasRoot | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '')
    return undefined;
  const path = url.pathname.replace(/\/api\/.*$/, '/').replace(/\/*$/, '/');
  url.pathname = path === '/' ? '/MAAS/' : path;
  url.search = '';
  url.hash = '';
  // Whoever writes a password into an address must not find it in an error.
  url.username = '';
  url.password = '';
  const tls = url.protocol === 'https:';
  const port = url.port === '' ? (tls ? HTTPS_PORT : HTTP_PORT) : Number(url.port);
  return { url, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, tls };
}
