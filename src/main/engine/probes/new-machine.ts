import { createHash } from 'node:crypto';
import { z } from 'zod';
import { quote } from '../../../contract/shell-quote.ts';
import { type Probe, ProbeAnswerError, quick } from '../probe.ts';

/** A digest of a file, the best that its host can make; none when it is not there. */
export type FileDigest = { readonly [algorithm in DigestName]?: string | undefined };
export type DigestName = 'sha256' | 'sha1' | 'md5';

/** Whether a file has these bytes. */
export function hasBytes(found: FileDigest, bytes: Uint8Array): boolean {
  return (['sha256', 'sha1', 'md5'] as const).some(
    (name) =>
      found[name] !== undefined && found[name] === createHash(name).update(bytes).digest('hex'),
  );
}

export const isThere = (found: FileDigest): boolean =>
  Object.values(found).some((digest) => digest !== undefined);

/** SHA-256 of a small file, or `undefined` when it is not there. */
export function fileDigest(path: string): Probe<{ sha256: string | undefined }> {
  return quick({
    key: `digest ${path}`,
    sudo: true,
    script: `[ -e ${quote(path)} ] || exit 3; sha256sum <${quote(path)}`,
    parse: ({ exitCode, text }) => {
      if (exitCode === 3) return { sha256: undefined };
      const sha256 = /^([0-9a-f]{64}) /.exec(text)?.[1];
      if (sha256 === undefined) throw new ProbeAnswerError(`the SHA-256 of ${path}`);
      return { sha256 };
    },
  });
}

/**
 * Host keys that an SSH server shows at an address, as fingerprints; none when nothing answers. They
 * are not believed: a person compares them with what they are asked to trust.
 */
export function sshAnswer(address: string): Probe<{ fingerprints: string[] }> {
  return quick({
    key: `ssh-answer ${address}`,
    seconds: 25,
    shown: `ssh-keyscan ${address}`,
    // Refused at once: a server that starts, or is started anew by cloud-init in its first minutes.
    script: `command -v ssh-keyscan >/dev/null || exit 90
n=0; s=$(date +%s)
while k=$(ssh-keyscan -T 5 ${quote(address)} 2>/dev/null); [ -z "$k" ] && [ $n -lt 3 ]; do
  [ $(($(date +%s) - s)) -lt 2 ] || break
  n=$((n + 1)); sleep 3; s=$(date +%s)
done
[ -z "$k" ] || printf '%s\\n' "$k" | ssh-keygen -lf /dev/stdin`,
    parse: ({ exitCode, text }) => {
      if (exitCode === 90) throw new ProbeAnswerError('ssh-keyscan');
      const lines = [...text.matchAll(/^\d+ (\S+) .*\((\S+)\)$/gm)];
      return { fingerprints: lines.map(([, print, type]) => `${type} ${print}`) };
    },
  });
}

export interface FirstBoot {
  /** What the machine takes itself for; the instance-id of its seed. */
  readonly instance: string | undefined;
  readonly state: 'absent' | 'running' | 'finished';
  /** What went wrong, in cloud-init's own words. */
  readonly errors: string[];
}

const Result = z.object({ v1: z.object({ errors: z.array(z.string()) }) });

/** What cloud-init says of its errors; nothing while the file is not there, or not whole. */
function resultOf(text: string): string[] | undefined {
  try {
    return Result.parse(JSON.parse(text)).v1.errors;
  } catch {
    return undefined;
  }
}

/**
 * How far cloud-init has come, by its files: they are the same from 14.04 to today. The result is the
 * last of them; boot-finished is there a moment before anything is known of errors.
 */
export const firstBoot = quick<FirstBoot>({
  key: 'first-boot',
  script: `[ -d /var/lib/cloud ] || exit 3
echo "instance $(cat /var/lib/cloud/data/instance-id 2>/dev/null)"
cat /run/cloud-init/result.json 2>/dev/null || cat /var/lib/cloud/data/result.json 2>/dev/null
exit 0`,
  parse: ({ exitCode, text }) => {
    if (exitCode === 3) return { instance: undefined, state: 'absent', errors: [] };
    const result = resultOf(text.slice(text.indexOf('\n{') + 1));
    return {
      instance: /^instance (\S+)$/m.exec(text)?.[1],
      state: result === undefined ? 'running' : 'finished',
      errors: result ?? [],
    };
  },
});
