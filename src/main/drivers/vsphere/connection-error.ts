import { type ErrorCode, LabwrightError } from '../../../contract/error.ts';
import { HTTPS_PORT, type Site } from './site.ts';

const BY_SYSTEM_CODE: Readonly<Record<string, ErrorCode>> = {
  EAI_AGAIN: 'site-unresolved',
  ECONNREFUSED: 'site-refused',
  ECONNRESET: 'site-closed',
  EHOSTUNREACH: 'site-unreachable',
  ENETUNREACH: 'site-unreachable',
  ENOTFOUND: 'site-unresolved',
  EPIPE: 'site-closed',
  ETIMEDOUT: 'site-unreachable',
};

/** What went wrong below HTTP, in our words. Errors of our own pass unchanged. */
export function connectionError(site: Site, error: unknown): LabwrightError {
  if (error instanceof LabwrightError) return error;
  const { code = '', message = '' } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  // A name with several addresses fails with one error for each.
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  if (inner !== undefined) return connectionError(site, inner);
  const tls = code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS');
  const ours = tls ? 'site-tls-refused' : (BY_SYSTEM_CODE[code] ?? 'site-closed');
  const params = { site: site.name, address: site.address, port: site.port ?? HTTPS_PORT };
  return new LabwrightError(ours, params, { cause: error, detail: code || message });
}
