import type { X509Certificate } from 'node:crypto';
import type { ClientRequestArgs } from 'node:http';
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { LabwrightError } from '../../../contract/error.ts';
import { connectionError } from './connection-error.ts';
import { HTTPS_PORT, type Site } from './site.ts';

/** TCP and TLS together; an ESXi on the other side of a slow VPN needs two or three. */
const CONNECT_MS = 15_000;
/** One waits for updates, the others list and act; ESXi allows far more. */
const MAX_SOCKETS = 6;
/** Shorter than the site's own patience (ESXi closes after 60 s or more), so that we close first. */
const IDLE_MS = 20_000;

/**
 * Connections to one site that carry nothing before the certificate proved to be the trusted one.
 * Names and authorities are not looked at: an ESXi signs its own certificate, so the pin is all.
 */
export class PinnedAgent extends Agent {
  readonly #site: Site;

  /** `kept`: connections are used again. Otherwise each request has one of its own. */
  constructor(site: Site, kept: boolean) {
    super({ keepAlive: kept, maxSockets: MAX_SOCKETS, maxCachedSessions: 0, timeout: IDLE_MS });
    this.#site = site;
  }

  override createConnection(
    _options: ClientRequestArgs,
    done?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const settle = (error: Error | null, socket?: TLSSocket) =>
      // The socket is missing only beside an error; Node's types do not say so.
      done?.(error, socket as unknown as Duplex);
    let socket: TLSSocket;
    try {
      socket = openTls(this.#site);
    } catch (error) {
      settle(connectionError(this.#site, error));
      return;
    }
    const timer = setTimeout(
      () => fail(new LabwrightError('site-silent', { site: this.#site.name })),
      CONNECT_MS,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.removeListener('close', closed);
      // Destroying may still bring an error event; it has been answered.
      socket.on('error', () => {});
      socket.destroy();
      settle(error);
    };
    const failed = (error: Error) => fail(connectionError(this.#site, error));
    const closed = () => fail(new LabwrightError('site-closed', { site: this.#site.name }));
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      const refusal = judge(this.#site, socket.getPeerX509Certificate());
      if (refusal !== undefined) {
        fail(refusal);
        return;
      }
      clearTimeout(timer);
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      settle(null, socket);
    });
  }
}

/** Undefined when the certificate is the pinned one. */
function judge(site: Site, certificate: X509Certificate | undefined): LabwrightError | undefined {
  if (certificate === undefined) return new LabwrightError('site-tls-refused', { site: site.name });
  const offered = certificate.fingerprint256;
  if (site.pin === undefined) {
    return new LabwrightError('site-certificate-unknown', {
      site: site.name,
      fingerprint: offered,
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      validFrom: certificate.validFrom,
      validTo: certificate.validTo,
    });
  }
  if (bare(site.pin) === bare(offered)) return undefined;
  return new LabwrightError('site-certificate-changed', {
    site: site.name,
    pinned: site.pin,
    offered,
    subject: oneLine(certificate.subject),
    validTo: certificate.validTo,
  });
}

const bare = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase();

/** Node writes one attribute a line. An empty name is what some appliances have. */
const oneLine = (name: string | undefined) => (name ?? '').replaceAll('\n', ', ');

function openTls(site: Site): TLSSocket {
  const options: ConnectionOptions = {
    host: site.address,
    port: site.port ?? HTTPS_PORT,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(site.address) === 0 ? { servername: site.address } : {}),
  };
  if (site.legacyTls !== true) return connect(options);
  const legacy: ConnectionOptions = { ...options, minVersion: 'TLSv1' };
  try {
    // OpenSSL 3 refuses SHA-1 signatures and short keys above level 0.
    return connect({ ...legacy, ciphers: 'DEFAULT@SECLEVEL=0' });
  } catch (error) {
    // BoringSSL, which Electron has, knows no levels and needs none.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SSL_INVALID_COMMAND') throw error;
    return connect(legacy);
  }
}
