import { z } from 'zod';
import { HOST_IDENTITY, IS_ESXI } from '../../ssh/host-dialect.ts';
import { ProbeAnswerError, quick } from '../probe.ts';

export const System = z.object({
  /** ID of os-release(5); `esxi` for ESXi, which has no such file. */
  id: z.string(),
  version: z.string(),
  name: z.string(),
  machineId: z.string(),
  /** Version of the running systemd, 0 when another init runs. */
  systemd: z.number(),
  user: z.string(),
});
export type System = z.infer<typeof System>;

/** `KEY=value` lines, quotes taken off (os-release(5)). */
function assignments(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_]+)=("?)(.*)\2\s*$/.exec(line);
    if (match?.[1]) found[match[1]] = match[3] ?? '';
  }
  return found;
}

/** What kind of system answers, and its identity. */
export const system = quick<System>({
  key: 'system',
  script: `if ${IS_ESXI}; then
  echo 'ID=esxi'
  echo "PRETTY_NAME=$(vmware -v)"
  echo "VERSION_ID=$(vmware -v | sed -n 's/.*ESXi* \\([0-9][0-9.]*\\).*/\\1/p')"
else cat /etc/os-release; fi
echo "MACHINE=$(${HOST_IDENTITY})"
echo "LOGIN=$(id -un)"
if [ -d /run/systemd/system ]; then echo "SYSTEMD=$(systemctl --version | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p')"; fi`,
  parse: ({ text }) => {
    const found = assignments(text);
    if (!found.ID) throw new ProbeAnswerError('/etc/os-release');
    return System.parse({
      id: found.ID,
      version: found.VERSION_ID ?? '',
      name: found.PRETTY_NAME ?? found.ID,
      machineId: found.MACHINE ?? '',
      systemd: Number(found.SYSTEMD ?? 0),
      user: found.LOGIN ?? '',
    });
  },
});

/** Seconds since the epoch as the host sees them; compare with the time of the fact. */
export const clock = quick<number>({
  key: 'clock',
  script: 'date +%s',
  parse: ({ text }) => {
    const seconds = Number(text.trim());
    if (!/^\d+$/.test(text.trim())) throw new ProbeAnswerError('seconds since 1970');
    return seconds;
  },
});

/** Whether sudo gives root; a refusal is the fact's error. */
export const sudoRoot = quick<boolean>({
  key: 'sudo-root',
  sudo: true,
  script: 'id -u',
  shown: 'sudo id -u',
  parse: ({ text }) => text.trim() === '0',
});
