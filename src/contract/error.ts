import { z } from 'zod';
import { Message, message } from './message.ts';

/**
 * Every error that a person can meet. The code is stable: scripts and tests may rely on it, and
 * `src/messages` has a sentence `error.CODE` for it in each language.
 */
export const ErrorCode = z.enum([
  'argument-extra',
  'cancelled',
  'command-unknown',
  'consent-missing',
  'disk-full',
  'fingerprint-differs',
  'host-auth-failed',
  'host-closed',
  'host-forward-forbidden',
  'host-forward-refused',
  'host-identity-changed',
  'host-key-changed',
  'host-key-revoked',
  'host-key-unknown',
  'host-no-shell',
  'host-refused',
  'host-sessions-full',
  'host-silent',
  'host-timeout',
  'host-unknown',
  'host-unreachable',
  'host-unresolved',
  'host-no-common-algorithm',
  'image-absent',
  'image-cache-full',
  'image-damaged',
  'image-larger-than-disk',
  'image-no-disk',
  'image-status',
  'image-unfit',
  'image-unreachable',
  'image-wrong-hash',
  'internal',
  'job-failed',
  'job-lost',
  'journal-damaged',
  'key-unreadable',
  'lab-locked',
  'lab-not-open',
  'look-failed',
  'not-in-this-shell',
  'maas-address-unfit',
  'maas-admin-needed',
  'maas-answer-cut',
  'maas-answer-too-large',
  'maas-answer-unexpected',
  'maas-architecture-missing',
  'maas-busy',
  'maas-call-unknown',
  'maas-certificate-changed',
  'maas-certificate-unknown',
  'maas-clock-skew',
  'maas-closed',
  'maas-conflict',
  'maas-dhcp-no-rack',
  'maas-dhcp-no-range',
  'maas-down',
  'maas-failed',
  'maas-field-missing',
  'maas-gateway-outside',
  'maas-key-malformed',
  'maas-key-not-seen',
  'maas-key-refused',
  'maas-login-refused',
  'maas-mac-taken',
  'maas-mac-unfit',
  'maas-machine-in-use',
  'maas-moved',
  'maas-name-taken',
  'maas-no-addresses',
  'maas-no-commissioning-image',
  'maas-no-images',
  'maas-no-network-link',
  'maas-none-available',
  'maas-not-in-version',
  'maas-not-maas',
  'maas-not-ours',
  'maas-object-missing',
  'maas-power-busy',
  'maas-power-incomplete',
  'maas-rack-away',
  'maas-rack-slow',
  'maas-range-outside',
  'maas-range-overlap',
  'maas-range-reversed',
  'maas-refused',
  'maas-request-refused',
  'maas-selection-not-offered',
  'maas-series-missing',
  'maas-setting-unknown',
  'maas-silent',
  'maas-ssh-key-there',
  'maas-ssh-key-unfit',
  'maas-tls-refused',
  'maas-unreachable',
  'maas-unresolved',
  'maas-value-refused',
  'maas-wrong-state',
  'machine-not-ours',
  'machine-of-other-lab',
  'not-observed',
  'option-missing',
  'option-unfit',
  'option-unknown',
  'option-value',
  'output-too-large',
  'output-unexpected',
  'plan-changed-on-disk',
  'plan-invalid',
  'plan-missing',
  'plan-unreadable',
  'port-unusable',
  'preview-outdated',
  'proof-failed',
  'read-only',
  'run-busy',
  'run-interrupted',
  'run-not-interrupted',
  'run-undone',
  'run-unknown',
  'secret-file',
  'secret-in-argument',
  'secret-missing',
  'secret-unreadable',
  'site-answer-cut',
  'site-answer-too-large',
  'site-answer-unexpected',
  'site-busy',
  'site-certificate-changed',
  'site-certificate-unknown',
  'site-closed',
  'site-datastore-full',
  'site-download-refused',
  'site-fault',
  'site-field-too-new',
  'site-file-exists',
  'site-file-missing',
  'site-folder-taken',
  'site-identity-changed',
  'site-in-maintenance',
  'site-licence-expired',
  'site-licence-read-only',
  'site-login-refused',
  'site-mac-taken',
  'site-mac-unfit',
  'site-name-taken',
  'site-no-permission',
  'site-no-resources',
  'site-not-ours',
  'site-not-supported',
  'site-not-vsphere',
  'site-object-busy',
  'site-object-gone',
  'site-object-missing',
  'site-path-unfit',
  'site-power-state',
  'site-question',
  'site-refused',
  'site-request-refused',
  'site-request-unfit',
  'site-session-lost',
  'site-silent',
  'site-timed-out',
  'site-tls-refused',
  'site-too-old',
  'site-unreachable',
  'site-unresolved',
  'site-upload-refused',
  'step-unknown',
  'sudo-denied',
  'sudo-missing',
  'sudo-wrong-password',
  'sudo-needs-terminal',
  'terminal-unknown',
  'upload-corrupt',
  'vault-damaged',
  'vault-insecure-store',
  'vault-locked',
  'vault-lost',
  'vault-wrong-passphrase',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** An error as it crosses a boundary: no stack, no secret, a sentence by key. */
export const ErrorData = z.object({
  code: ErrorCode,
  reason: Message,
  /** Raw text of the other side (an OpenSSH line, an apt line), made inert. Never translated. */
  detail: z.string().optional(),
});
export type ErrorData = z.infer<typeof ErrorData>;

/** The base of all errors that Labwright throws on purpose. */
export class LabwrightError extends Error {
  override readonly name = 'LabwrightError';
  readonly code: ErrorCode;
  readonly params: Record<string, string | number>;
  readonly detail: string | undefined;

  constructor(
    code: ErrorCode,
    params: Record<string, string | number> = {},
    options: { cause?: unknown; detail?: string } = {},
  ) {
    const shown = Object.entries(params).map(([key, value]) => `${key}=${value}`);
    super([code, ...shown].join(' '), options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.params = params;
    this.detail = options.detail;
  }

  get reason(): Message {
    return message(`error.${this.code}`, this.params);
  }

  toData(): ErrorData {
    return {
      code: this.code,
      reason: this.reason,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}

/** Turns anything thrown into error data; what we did not throw ourselves is `internal`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof LabwrightError) return error.toData();
  const text = error instanceof Error ? error.message : String(error);
  return { code: 'internal', reason: message('error.internal'), detail: text };
}
