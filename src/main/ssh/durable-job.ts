import { LabwrightError } from '../../contract/error.ts';
import { type Message, message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { BOOT_ID, HOST_IDENTITY, OWN_JOBS } from './host-dialect.ts';
import type { HostLink } from './host-link.ts';
import type { ScriptSecret } from './loader.ts';

/**
 * Long remote work that outlives us. Each job has a folder on the host that only its account can
 * read: `script`, `log`, `pid`, `boot` and, at the end, `exit`. systemd runs it where there is one
 * (systemd-run(1)), else setsid(1). A dropped link or a killed app does not touch it; `follow` picks
 * up at the byte where it left. Its exit status is never guessed: without one it is *lost*.
 */
export interface JobSpec {
  /** Unique and ours: the folder's name is the owner mark that a resume looks for. */
  readonly id: string;
  readonly script: string;
  readonly sudo: boolean;
  readonly secrets?: readonly ScriptSecret[];
  /** Identity that the host must have (host-dialect.ts); asserted before anything is written. */
  readonly machineId?: string;
}

export type JobState =
  | { readonly state: 'running' }
  | { readonly state: 'absent' }
  | { readonly state: 'exited'; readonly exitCode: number }
  | { readonly state: 'cancelled' }
  | { readonly state: 'lost'; readonly why: Exclude<JobLoss, 'absent'> };

/** Why a job has no result. */
export type JobLoss = 'absent' | 'rebooted' | 'killed' | 'never-started';

/** A job that ended without leaving a result; each reason has its own sentence. */
export class JobLost extends LabwrightError {
  readonly why: JobLoss;

  constructor(host: string, why: JobLoss) {
    super('job-lost', { host });
    this.why = why;
  }

  override get reason(): Message {
    return message(`error.job-lost.${this.why}`, this.params);
  }
}

const JOB_ID = /^[a-z0-9-]{1,80}$/;
const START_DEADLINE_MS = 60_000;
/** How long one follow call waits on the host for news: shorter than any NAT's patience. */
const FOLLOW_WAIT_SECONDS = 20;
const FOLLOW_DEADLINE_MS = (FOLLOW_WAIT_SECONDS + 40) * 1000;
/** One follow call brings at most this much, so that a flooding job cannot fill our memory. */
const FOLLOW_CHUNK_BYTES = 256 * 1024;
/** Exit status of our scripts when the identity is another one: a different machine. */
export const OTHER_MACHINE = 97;

function folder(sudo: boolean): string {
  return sudo ? '/var/lib/labwright/jobs' : OWN_JOBS;
}

function jobDirectory(job: { id: string; sudo: boolean }): string {
  if (!JOB_ID.test(job.id)) throw new RangeError(`not a job id: ${job.id}`);
  return `${folder(job.sudo)}/${job.id}`;
}

/** Shell text that stops with OTHER_MACHINE unless the host is the one that was trusted. */
export function assertMachine(machineId: string | undefined): string {
  if (machineId === undefined) return '';
  return `[ "$(${HOST_IDENTITY})" = ${quote(machineId)} ] || exit ${OTHER_MACHINE}\n`;
}

/**
 * The part that runs on the host for as long as the job does. `reserve` keeps room for the result
 * on a disk that the job itself may fill.
 */
const WRAPPER = `
[ -n "$LABWRIGHT_LOGGED" ] || exec >>log 2>&1
exec </dev/null
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
${BOOT_ID} >boot
echo $$ >pid
trap "" HUP
if [ -e "$1" ]; then . "$1"; rm -f "$1"; fi
cat run >reserve
mkdir out && OUT=$PWD/out
# The job's folder is ours alone; what the script makes is made as root would make it by hand.
umask 022
( . ./script )
e=$?
rm -f reserve
echo $e >exit.new && mv exit.new exit
`;

/**
 * Takes folders away that nobody comes back for: a look's (id `probe-…`) whose app was killed, after two
 * days, and those of other jobs after a month. What still runs stays.
 */
const FORGET_OLD_JOBS = `find "\${d%/*}" -mindepth 1 -maxdepth 1 \\( -name 'probe-*' -mtime +1 -o -mtime +30 \\) 2>/dev/null | while read -r o; do
  p=$(cat "$o/pid" 2>/dev/null)
  if [ ! -e "$o/exit" ] && [ -n "$p" ] && [ "$(cat "$o/boot")" = "$(${BOOT_ID})" ] && kill -0 "$p" 2>/dev/null; then continue; fi
  rm -rf "$o"
done`;

function startScript(job: JobSpec): string {
  const secrets = job.secrets ?? [];
  const lines = [
    assertMachine(job.machineId),
    'umask 077',
    `d=${jobDirectory(job)}`,
    'mkdir -p "${d%/*}" || exit 1',
    // The folder is created once: a repeated start (after a lost answer) must not run it twice.
    'mkdir "$d" || { [ -d "$d" ] && exit 0; echo "cannot create $d"; exit 1; }',
    'cat >"$d/script" || { rm -rf "$d"; exit 1; }',
    // A link that breaks in the middle ends our stdin: half a script must not be run.
    `[ $(wc -c <"$d/script") -eq ${Buffer.byteLength(job.script)} ] || { rm -rf "$d"; exit 1; }`,
    `cat >"$d/run" <<'LABWRIGHT_RUN' || exit 1`,
    `cd "$2" || exit 1${WRAPPER}LABWRIGHT_RUN`,
    ': >"$d/log" || exit 1',
    FORGET_OLD_JOBS,
    's=none',
  ];
  if (secrets.length > 0) {
    // tmpfs, root-only, deleted by the job as soon as it has read it.
    lines.push(
      job.sudo
        ? 's=/run/labwright'
        : '[ -n "$XDG_RUNTIME_DIR" ] || { rm -rf "$d"; echo "no private tmpfs"; exit 1; }; s=$XDG_RUNTIME_DIR/labwright',
      'mkdir -p "$s" || exit 1',
      `s="$s/${job.id}"`,
      ': >"$s"',
      ...secrets.map(
        ({ variable }) =>
          `{ printf "%s='" ${variable}; printf %s "$${variable}" | sed "s/'/'\\\\\\\\''/g"; printf "'\\n"; } >>"$s"`,
      ),
    );
  }
  lines.push(
    'if [ -d /run/systemd/system ] && [ "$(id -u)" = 0 ] && command -v systemd-run >/dev/null; then',
    // append: is known since systemd 240, --collect since 236 (systemd NEWS).
    '  v=$(systemctl --version | sed -n "1s/^systemd \\([0-9]*\\).*/\\1/p")',
    '  if [ "${v:-0}" -ge 240 ]; then',
    `    systemd-run --quiet --collect --unit=labwright-${job.id} --setenv=LABWRIGHT_LOGGED=1 \\`,
    '      --property=StandardOutput=append:"$d/log" --property=StandardError=append:"$d/log" \\',
    '      sh "$d/run" "$s" "$d" </dev/null && exit 0',
    '  else',
    `    systemd-run --quiet --unit=labwright-${job.id} sh "$d/run" "$s" "$d" </dev/null && exit 0`,
    '  fi',
    '  rm -rf "$d" "$s"; exit 1',
    'fi',
    'setsid sh "$d/run" "$s" "$d" </dev/null >/dev/null 2>&1 &',
  );
  return lines.join('\n');
}

function followScript(
  job: { id: string; sudo: boolean },
  offset: number,
  waitSeconds: number,
): string {
  return `
d=${jobDirectory(job)}; o=${offset}; i=0
if [ ! -d "$d" ]; then echo "state absent size 0"; exit 0; fi
while :; do
  x=; [ -e "$d/exit" ] && x=$(cat "$d/exit")
  if [ -z "$x" ]; then
    p=$(cat "$d/pid" 2>/dev/null)
    if [ -n "$p" ]; then
      if [ "$(cat "$d/boot")" != "$(${BOOT_ID})" ]; then x=rebooted
      elif ! kill -0 "$p" 2>/dev/null; then x=killed; [ ! -e "$d/cancel" ] || x=cancelled; fi
    elif [ $i -ge 20 ]; then x=never-started; fi
    if [ -n "$x" ] && [ -e "$d/exit" ]; then x=$(cat "$d/exit"); fi
  fi
  s=$(wc -c <"$d/log" 2>/dev/null); s=$((s + 0))
  if [ -n "$x" ] || [ $s -gt $o ] || [ $i -ge ${Math.max(1, waitSeconds * 2)} ]; then break; fi
  i=$((i + 1)); sleep 0.5 2>/dev/null || sleep 1
done
echo "state \${x:-running} size $s"
tail -c +$((o + 1)) "$d/log" | head -c ${FOLLOW_CHUNK_BYTES}
`;
}

function cancelScript(job: { id: string; sudo: boolean }): string {
  return `
d=${jobDirectory(job)}
[ -d "$d" ] || exit 0
[ -e "$d/exit" ] && exit 0
p=$(cat "$d/pid" 2>/dev/null)
# Who follows the job may see it dead before we have written how it ended.
: >"$d/cancel"
if [ -d /run/systemd/system ] && [ "$(id -u)" = 0 ] && command -v systemctl >/dev/null; then
  systemctl stop labwright-${job.id} 2>/dev/null
fi
if [ -n "$p" ] && kill -0 "$p" 2>/dev/null; then
  kill -TERM -"$p" 2>/dev/null
  i=0; while kill -0 "$p" 2>/dev/null && [ $i -lt 20 ]; do i=$((i + 1)); sleep 0.5 2>/dev/null || sleep 1; done
  kill -KILL -"$p" 2>/dev/null
fi
[ -e "$d/exit" ] || { echo cancelled >"$d/exit.new" && mv "$d/exit.new" "$d/exit"; }
`;
}

function toJobState(word: string, host: string): JobState {
  switch (word) {
    case 'running':
    case 'absent':
    case 'cancelled':
      return { state: word };
    case 'rebooted':
    case 'killed':
    case 'never-started':
      return { state: 'lost', why: word };
    default:
      if (/^\d{1,3}$/.test(word)) return { state: 'exited', exitCode: Number(word) };
      throw new LabwrightError(
        'output-unexpected',
        { host, expected: 'a job state' },
        { detail: word },
      );
  }
}

/** Creates the job's folder and starts it; starting the same id again is harmless. */
export async function startJob(link: HostLink, job: JobSpec): Promise<void> {
  const result = await link.run({
    script: startScript(job),
    sudo: job.sudo,
    secrets: job.secrets ?? [],
    stdin: Buffer.from(job.script, 'utf8'),
    deadlineMs: START_DEADLINE_MS,
  });
  if (result.exitCode === 0) return;
  const detail = `${result.stdout.toString('utf8')}${result.stderr}`.trim();
  if (result.exitCode === OTHER_MACHINE) {
    throw new LabwrightError('host-identity-changed', { host: link.name });
  }
  if (/No space left/.test(detail))
    throw new LabwrightError('disk-full', { host: link.name }, { detail });
  throw new LabwrightError('job-failed', { host: link.name }, { detail });
}

export interface JobNews {
  readonly state: JobState;
  readonly bytes: Buffer;
  /** Where to go on. */
  readonly offset: number;
}

/** Waits on the host until there is output past `offset` or the job has ended. */
export async function jobNews(
  link: HostLink,
  job: { id: string; sudo: boolean },
  offset: number,
  signal?: AbortSignal,
  waitSeconds = FOLLOW_WAIT_SECONDS,
): Promise<JobNews> {
  const result = await link.run({
    script: followScript(job, offset, waitSeconds),
    sudo: job.sudo,
    deadlineMs: FOLLOW_DEADLINE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  const end = result.stdout.indexOf(0x0a);
  const header = /^state (\S+) size (\d+)$/.exec(
    result.stdout.toString('latin1', 0, Math.max(end, 0)),
  );
  if (!header?.[1] || header[2] === undefined) {
    throw new LabwrightError(
      'output-unexpected',
      { host: link.name, expected: 'state … size …' },
      { detail: `${result.stdout.toString('utf8', 0, 500)}${result.stderr}` },
    );
  }
  const bytes = result.stdout.subarray(end + 1);
  const state = toJobState(header[1], link.name);
  const next = offset + bytes.length;
  // Output that did not fit into this call comes first; the end is reported after the last byte.
  const behind = next < Number(header[2]) && bytes.length > 0;
  return { state: behind ? { state: 'running' } : state, bytes, offset: next };
}

/** Takes the folder of a job that is over away. */
export async function removeJob(link: HostLink, job: { id: string; sudo: boolean }): Promise<void> {
  const script = `rm -rf ${jobDirectory(job)}`;
  await link.run({ script, sudo: job.sudo, deadlineMs: START_DEADLINE_MS });
}

/** Ends the job's whole process group, politely first, and records that it was cancelled. */
export async function cancelJob(link: HostLink, job: { id: string; sudo: boolean }): Promise<void> {
  await link.run({ script: cancelScript(job), sudo: job.sudo, deadlineMs: 60_000 });
}

/** An output is a token, a key, an address: more is a mistake of the script. */
const MAX_OUTPUT_FILE_BYTES = 64 * 1024;

/**
 * Reads what an ended job has left in its `out` folder, by name; secret ones are removed as they are
 * read. Throws `output-unexpected` for one that is missing or too large.
 */
export async function takeOutputs(
  link: HostLink,
  job: { id: string; sudo: boolean },
  outputs: readonly { readonly name: string; readonly secret?: string | undefined }[],
): Promise<Map<string, string>> {
  const d = jobDirectory(job);
  const script = outputs
    .map(
      ({ name }) =>
        `f=${d}/out/${name}; printf '%s ' ${name}; if [ -e "$f" ]; then wc -c <"$f"; head -c ${MAX_OUTPUT_FILE_BYTES} "$f"; else echo absent; fi; echo`,
    )
    .join('\n');
  const result = await link.run({ script, sudo: job.sudo, deadlineMs: START_DEADLINE_MS });
  const values = new Map<string, string>();
  let rest = result.stdout;
  for (const { name } of outputs) {
    const end = rest.indexOf(0x0a);
    const header = /^(\S+) +(\d+)$/.exec(rest.toString('latin1', 0, Math.max(0, end)).trim());
    const size = Number(header?.[2] ?? Number.NaN);
    if (header?.[1] !== name || !(size <= MAX_OUTPUT_FILE_BYTES)) {
      throw new LabwrightError('output-unexpected', { host: link.name, expected: `$OUT/${name}` });
    }
    values.set(name, rest.toString('utf8', end + 1, end + 1 + size));
    rest = rest.subarray(end + 1 + size + 1);
  }
  const secret = outputs.filter((output) => output.secret !== undefined);
  if (secret.length > 0) {
    const files = secret.map(({ name }) => `${d}/out/${name}`).join(' ');
    await link.run({ script: `rm -f ${files}`, sudo: job.sudo, deadlineMs: START_DEADLINE_MS });
  }
  return values;
}
