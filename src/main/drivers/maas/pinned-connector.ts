import type { X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { LabwrightError } from '../../../contract/error.ts';
import { connectionError } from './connection-error.ts';
import type { MaasRoot } from './maas-server.ts';

/** TCP and TLS together; a MAAS on the other side of a slow VPN needs two or three. */
const CONNECT_MS = 15_000;

/**
 * Makes connections that carry nothing before the certificate proved to be a trusted one: undici gets
 * the socket only then. Without TLS there is nothing to prove.
 */
export function pinnedConnector(
  maas: string,
  root: MaasRoot,
  pin: string | undefined,
): buildConnector.connector {
  return (_options, done) => {
    const socket = root.tls ? openTls(root) : connectTcp(root.port, root.host);
    const timer = setTimeout(
      () => fail(new LabwrightError('maas-silent', { maas, address: root.host, port: root.port })),
      CONNECT_MS,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.removeListener('close', closed);
      socket.removeListener('error', failed);
      // Destroying may still bring an error event; it has been answered.
      socket.on('error', () => {});
      socket.destroy();
      done(error, null);
    };
    const failed = (error: Error) => fail(connectionError(maas, root, error));
    const closed = () => failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once(root.tls ? 'secureConnect' : 'connect', () => {
      const refusal = root.tls ? judge(maas, pin, socket as TLSSocket) : undefined;
      if (refusal !== undefined) {
        fail(refusal);
        return;
      }
      clearTimeout(timer);
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      socket.setNoDelay(true);
      done(null, socket as Socket);
    });
  };
}

/** Undefined when the certificate is the pinned one or, without a pin, an authority's. */
function judge(
  maas: string,
  pin: string | undefined,
  socket: TLSSocket,
): LabwrightError | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return new LabwrightError('maas-tls-refused', { maas });
  if (pin === undefined) return socket.authorized ? undefined : unknown(maas, certificate);
  if (bare(pin) === bare(certificate.fingerprint256)) return undefined;
  return new LabwrightError('maas-certificate-changed', {
    maas,
    pinned: pin,
    offered: certificate.fingerprint256,
    subject: oneLine(certificate.subject),
    validTo: certificate.validTo,
  });
}

function unknown(maas: string, certificate: X509Certificate): LabwrightError {
  return new LabwrightError('maas-certificate-unknown', {
    maas,
    fingerprint: certificate.fingerprint256,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: certificate.validFrom,
    validTo: certificate.validTo,
  });
}

const bare = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase();

/** Node writes one attribute a line. */
const oneLine = (name: string | undefined) => (name ?? '').replaceAll('\n', ', ');

function openTls({ host, port }: MaasRoot): TLSSocket {
  return connectTls({
    host,
    port,
    // Judged by us, once the handshake is done and before anything is said.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
}
