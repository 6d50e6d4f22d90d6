import { createHash } from 'node:crypto';
import { LabwrightError } from '../../contract/error.ts';
import { quote } from '../../contract/shell-quote.ts';
import { assertMachine, OTHER_MACHINE } from './durable-job.ts';
import { BEST_DIGEST } from './host-dialect.ts';
import type { HostLink } from './host-link.ts';

export interface Upload {
  readonly path: string;
  readonly content: string;
  readonly encoding?: 'base64';
  /** What the bytes must be; nothing is sent when they are not. */
  readonly sha256?: string;
  readonly mode: string;
  /** Root writes it unless this says otherwise. */
  readonly sudo?: boolean;
  readonly machineId?: string;
}

const UPLOAD_DEADLINE_MS = 120_000;
const CORRUPT = 98;

/**
 * Writes a file as root: beside its place, checked by SHA-256, synced, then renamed over it. A link
 * that is cut leaves the old file as it was.
 */
export async function uploadFile(link: HostLink, upload: Upload): Promise<void> {
  const content = Buffer.from(upload.content, upload.encoding ?? 'utf8');
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  if (upload.sha256 !== undefined && upload.sha256 !== digest('sha256')) {
    throw new LabwrightError('upload-corrupt', { host: link.name, path: upload.path });
  }
  const path = quote(upload.path);
  const script = `${assertMachine(upload.machineId)}set -e
umask 077
t=${path}.labwright-new
cat >"$t"
${BEST_DIGEST}
case "$h $("\${h}sum" <"$t" | cut -d' ' -f1)" in
"sha256 ${digest('sha256')}" | "sha1 ${digest('sha1')}" | "md5 ${digest('md5')}") ;;
*) rm -f "$t"; exit ${CORRUPT} ;;
esac
chmod ${upload.mode} "$t"
sync
mv -f "$t" ${path}
`;
  const result = await link.run({
    script,
    sudo: upload.sudo ?? true,
    stdin: content,
    deadlineMs: UPLOAD_DEADLINE_MS,
  });
  if (result.exitCode === 0) return;
  const where = { host: link.name, path: upload.path };
  if (result.exitCode === OTHER_MACHINE) throw new LabwrightError('host-identity-changed', where);
  if (result.exitCode === CORRUPT) throw new LabwrightError('upload-corrupt', where);
  const detail = result.stderr.trim();
  if (/No space left/.test(detail)) throw new LabwrightError('disk-full', where, { detail });
  throw new LabwrightError('job-failed', where, { detail });
}
