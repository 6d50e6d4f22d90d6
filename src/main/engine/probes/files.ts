import { quote } from '../../../contract/shell-quote.ts';
import { type Probe, ProbeAnswerError, quick } from '../probe.ts';

export interface Directory {
  readonly exists: boolean;
  /** The first folder on the way that is missing; making the directory makes this one too. */
  readonly firstMissing: string | undefined;
  /** Others may enter and read (a web server must). */
  readonly readable: boolean;
}

/** A directory and the way to it. */
export function directory(path: string): Probe<Directory> {
  return quick({
    key: `directory ${path}`,
    sudo: true,
    script: `d=${quote(path)}; m=
while [ ! -d "$d" ]; do m=$d; d=$(dirname "$d"); done
echo "missing $m"
[ -z "$m" ] && stat -c 'mode %a' ${quote(path)}
exit 0`,
    parse: ({ text }) => {
      const missing = /^missing (.*)$/m.exec(text);
      if (!missing) throw new ProbeAnswerError('missing …');
      const firstMissing = missing[1] || undefined;
      const mode = Number.parseInt(/^mode (\d+)$/m.exec(text)?.[1] ?? '0', 8);
      return {
        exists: firstMissing === undefined,
        firstMissing,
        readable: (mode & 0o005) === 0o005,
      };
    },
  });
}

export interface DiskRoom {
  readonly availableBytes: number;
  readonly mount: string;
}

/** Room where `path` is, or will be (df(1) -Pk, POSIX). */
export function diskRoom(path: string): Probe<DiskRoom> {
  return quick({
    key: `disk ${path}`,
    script: `d=${quote(path)}
while [ ! -d "$d" ]; do d=$(dirname "$d"); done
df -Pk "$d"`,
    parse: ({ text }) => {
      const fields = text.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
      const available = Number(fields[3]);
      if (fields.length < 6 || !Number.isFinite(available)) throw new ProbeAnswerError('df -Pk');
      return { availableBytes: available * 1024, mount: fields.slice(5).join(' ') };
    },
  });
}

/** Text of a file, or `undefined` when it is not there. Small files only. */
export function fileText(path: string): Probe<{ text: string | undefined }> {
  return quick({
    key: `file ${path}`,
    sudo: true,
    script: `[ -e ${quote(path)} ] || exit 3; head -c 65536 ${quote(path)}`,
    parse: ({ exitCode, text }) => {
      if (exitCode === 3) return { text: undefined };
      if (exitCode !== 0) throw new ProbeAnswerError(`a readable ${path}`);
      return { text };
    },
  });
}

/** Whether a systemd unit is enabled and active (systemctl(1)). */
export function unitState(unit: string): Probe<{ enabled: boolean; active: boolean }> {
  const word = quote(unit);
  return quick({
    key: `unit ${unit}`,
    script: `echo "enabled $(systemctl is-enabled ${word} 2>/dev/null)"
echo "active $(systemctl is-active ${word} 2>/dev/null)"`,
    parse: ({ text }) => ({
      enabled: /^enabled enabled/m.test(text),
      active: /^active active$/m.test(text),
    }),
  });
}
