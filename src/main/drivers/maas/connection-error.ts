import { type ErrorCode, LabwrightError } from '../../../contract/error.ts';
import type { MaasRoot } from './maas-server.ts';

/** By the code of the system, of TLS, or of undici. */
const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  EAI_AGAIN: 'maas-unresolved',
  ECONNREFUSED: 'maas-refused',
  ECONNRESET: 'maas-closed',
  EHOSTUNREACH: 'maas-unreachable',
  ENETUNREACH: 'maas-unreachable',
  ENOTFOUND: 'maas-unresolved',
  EPIPE: 'maas-closed',
  EPROTO: 'maas-tls-refused',
  ETIMEDOUT: 'maas-unreachable',
  HPE_INVALID_CONSTANT: 'maas-not-maas',
  HPE_INVALID_VERSION: 'maas-not-maas',
  UND_ERR_BODY_TIMEOUT: 'maas-silent',
  UND_ERR_HEADERS_OVERFLOW: 'maas-not-maas',
  UND_ERR_HEADERS_TIMEOUT: 'maas-silent',
};

/**
 * What went wrong below HTTP, in our words. The cause is left behind: a parser's error holds what was
 * received, and that may be an answer that must not be shown.
 */
export function connectionError(maas: string, root: MaasRoot, error: unknown): LabwrightError {
  if (error instanceof LabwrightError) return error;
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  if (inner !== undefined) return connectionError(maas, root, inner);
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  const tls = code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS');
  const parser = code.startsWith('HPE_') ? 'maas-not-maas' : 'maas-closed';
  const ours = tls ? 'maas-tls-refused' : (BY_CODE[code] ?? parser);
  return new LabwrightError(
    ours,
    { maas, address: root.host, port: root.port },
    code === '' ? {} : { detail: code },
  );
}
