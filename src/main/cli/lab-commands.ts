import type { Preview } from '../../contract/action.ts';
import { LabwrightError } from '../../contract/error.ts';
import { type Finding, isSatisfied } from '../../contract/finding.ts';
import type { Message } from '../../contract/message.ts';
import type { Run } from '../../contract/run.ts';
import type { LabSession } from '../app/lab-session.ts';
import { createLocalCore } from '../server/local-core.ts';
import type { Vault } from '../vault/vault.ts';
import { type Console, readSecretOption } from './console.ts';
import { JournalLines } from './journal-line.ts';
import type { Options } from './options.ts';
import { PlanInvalid } from './plan-invalid.ts';
import { printFindings, printPreview, RunReporter } from './report.ts';

const LOCKED = 'error.lab-locked';

/** Every question is asked at most this often before the command gives up. */
const TRIES = 4;

/** An option that the command needs; `commandOf` has seen to it that it is there. */
export function given(value: string | undefined, option: string): string {
  if (value === undefined) throw new LabwrightError('option-missing', { command: '', option });
  return value;
}

export async function withLab(
  options: Options,
  console: Console,
  work: (session: LabSession, vault: Vault) => Promise<number>,
  { withoutPlan = false } = {},
): Promise<number> {
  const path = given(options.lab, '--lab');
  const { core, vault, damaged } = await createLocalCore('cli');
  // Said at once, whatever becomes of the lab: the next start finds the file in order again.
  if (damaged) console.note(`labwright: ${console.say(damaged.reason)}`);
  try {
    for (const option of options.secret ?? []) {
      const { name, value } = readSecretOption(option);
      await vault.set(name, value);
    }
    const session = await core.labs.open(path);
    for (const notice of session.state.notices) {
      // That another has the lab is said by each command in its way.
      if (notice.key === damaged?.reason.key || notice.key === LOCKED) continue;
      console.note(`labwright: ${console.say(notice)}`);
    }
    const { plan, problems } = session.state.plan;
    if (plan === null && !withoutPlan) throw new PlanInvalid(path, problems);
    return await work(session, vault);
  } finally {
    await core.close();
  }
}

/** 0 all satisfied, 1 something to do, 2 something unknown, also below what was asked for. */
function exitCode(session: LabSession, findings: readonly Finding[]): number {
  const all = session.state.findings;
  const seen = new Set<string>();
  const unknown = (finding: Finding | undefined): boolean => {
    if (finding === undefined || seen.has(finding.id)) return false;
    seen.add(finding.id);
    return finding.state === 'unknown' || finding.waitsFor.some((id) => unknown(all[id]));
  };
  if (findings.some(unknown)) return 2;
  return findings.every(({ state }) => isSatisfied(state)) ? 0 : 1;
}

/** Observes; on a terminal, asks what a host is waiting for and observes again. */
export async function observe(
  session: LabSession,
  vault: Vault,
  options: Options,
  console: Console,
): Promise<Finding[]> {
  const steps = options.step === undefined ? {} : { steps: options.step };
  for (let attempt = 1; ; attempt++) {
    assertOwner(session, console);
    const findings = await session.findings.check({ ...steps, fresh: true });
    if (!console.interactive || attempt >= TRIES) return findings;
    if (!(await settleQuestions(session, vault, console))) return findings;
  }
}

/** True when something was answered and it is worth looking again. */
async function settleQuestions(
  session: LabSession,
  vault: Vault,
  console: Console,
): Promise<boolean> {
  let answered = false;
  for (const host of Object.values(session.state.hosts)) {
    if (host.error) console.note(`${host.name}: ${console.say(host.error.reason)}`);
    if (host.connection === 'untrusted' && host.offered) {
      console.note(`  ${host.offered.type} ${host.offered.fingerprint}`);
      const question = { key: 'cli.trust-question', params: { host: host.name } };
      if (await console.confirm(`  ${console.say(question)}`)) {
        await session.identities.trust(host.name, host.offered.fingerprint, false);
        answered = true;
      }
    } else if (host.error?.code === 'vault-locked') {
      await vault.unlock(await console.askSecret(console.say({ key: 'cli.passphrase' })));
      answered = true;
    } else if (host.secret !== undefined) {
      await vault.set(host.secret, await console.askSecret(`${host.secret}: `));
      await session.reset(host.name);
      answered = true;
    }
  }
  return answered;
}

/** Measures what a person wants measured; Ctrl-C ends the waiting. False when there is nothing. */
async function measure(session: LabSession, options: Options, console: Console): Promise<boolean> {
  const wanted = session.findings.pick(options.step).filter(({ step }) => step.measures);
  const stop = () => {
    for (const { id } of wanted) session.findings.stopMeasuring(id);
  };
  process.on('SIGINT', stop);
  try {
    for (const { id, step } of wanted) {
      console.note(`${id}: ${console.say({ key: `step.${step.id}.measuring` })}`);
      await session.findings.measure(id);
    }
  } finally {
    process.off('SIGINT', stop);
  }
  return wanted.length > 0;
}

export function check(options: Options, console: Console): Promise<number> {
  return withLab(options, console, async (session, vault) => {
    if (!session.owner) {
      const findings = lastKnown(session, options, console);
      if (options.json) console.print(JSON.stringify({ findings, readOnly: true }, null, 2));
      else printFindings(console, findings, Date.now());
      return 2;
    }
    let findings = await observe(session, vault, options, console);
    if (options.measure && (await measure(session, options, console)))
      findings = session.findings
        .pick(options.step)
        .flatMap(({ id }) => session.state.findings[id] ?? []);
    if (options.json) console.print(JSON.stringify({ findings }, null, 2));
    else printFindings(console, findings);
    return exitCode(session, findings);
  });
}

export function plan(options: Options, console: Console): Promise<number> {
  return withLab(options, console, async (session, vault) => {
    const { owner } = session;
    const findings = owner
      ? await observe(session, vault, options, console)
      : lastKnown(session, options, console);
    const preview = await session.runs.preview(options.step, options.snapshot);
    const readOnly = owner ? {} : { readOnly: true };
    if (options.json) console.print(JSON.stringify({ ...preview, findings, ...readOnly }, null, 2));
    else {
      if (!owner) printFindings(console, findings, Date.now());
      printPreview(console, preview);
    }
    return owner ? exitCode(session, findings) : 2;
  });
}

export async function agreed(
  preview: Preview,
  options: Options,
  console: Console,
  question: `cli.${'apply' | 'undo' | 'revert' | 'drop' | 'teardown'}-question`,
): Promise<void> {
  // The digest was compared already.
  if (options.expect !== undefined || options.yes) return;
  if (!console.interactive) {
    throw new LabwrightError('consent-missing', { options: '--yes | --expect DIGEST' });
  }
  printPreview(console, preview);
  if (!(await console.confirm(console.say({ key: question })))) {
    throw new LabwrightError('cancelled');
  }
}

/** A script that knows what it expects must learn of a difference, also when nothing is to do. */
export function assertExpected(preview: Preview, options: Options): void {
  if (options.expect !== undefined && options.expect !== preview.digest) {
    throw new LabwrightError('preview-outdated');
  }
}

/** Follows a run to its end. Ctrl-C asks for a cancel; a second one leaves the work on the host. */
export async function follow(
  session: LabSession,
  run: Run,
  options: Options,
  console: Console,
): Promise<Run> {
  const reporter = new RunReporter(console);
  const stop = new AbortController();
  let interrupts = 0;
  const onInterrupt = () => {
    interrupts++;
    if (interrupts > 1) process.exit(2);
    console.note(console.say({ key: 'cancel.stopping' }));
    session.runs.cancel(run.id).catch(() => {});
  };
  process.on('SIGINT', onInterrupt);
  try {
    let last = run;
    for await (const event of session.watch(stop.signal)) {
      const runs =
        event.type === 'snapshot' ? event.state.runs : event.type === 'run' ? [event.run] : [];
      const mine = runs.find(({ id }) => id === run.id);
      if (mine === undefined) continue;
      last = mine;
      reporter.report(mine, Date.now());
      if (mine.state === 'paused') await settlePause(session, mine, options, console);
      else if (mine.state !== 'running') break;
    }
    await session.runs.settled();
    return last;
  } finally {
    stop.abort();
    process.off('SIGINT', onInterrupt);
  }
}

/** What is to be done differs from what was shown. With --yes nothing had to be shown. */
async function settlePause(
  session: LabSession,
  run: Run,
  options: Options,
  console: Console,
): Promise<void> {
  for (const step of run.steps) {
    if (step.state !== 'paused' || step.changed === undefined) continue;
    console.note(console.say({ key: 'error.preview-outdated' }));
    printPreview(console, { steps: [step.changed], left: [], digest: step.changed.digest });
    // A digest agrees to what it stands for and to nothing else.
    const sure = options.yes && options.expect === undefined;
    const question = console.say({ key: 'cli.change-question' });
    const yes = sure || (console.interactive && (await console.confirm(question)));
    if (yes) session.runs.acceptChange(run.id, step.changed.digest);
    else await session.runs.cancel(run.id);
  }
}

function runParams({ id, startedAt }: Run): { run: string; when: string } {
  return { run: id, when: new Date(startedAt).toISOString() };
}

/** The youngest interrupted run, or the one that was named. */
function interruptedRun(session: LabSession, id?: string): Run | undefined {
  return session.state.runs.findLast(
    (run) => run.state === 'interrupted' && (id === undefined || run.id === id),
  );
}

/** In another process's lab nothing can be done, and a run without an end is under way there. */
export function assertOwner(session: LabSession, console: Console): void {
  if (session.owner) return;
  const pid = lockNotice(session)?.params?.pid ?? '';
  const detail = console.say({ key: 'cli.in-use', params: { pid } });
  throw new LabwrightError('read-only', {}, { detail });
}

function lockNotice(session: LabSession): Message | undefined {
  return session.state.notices.find(({ key }) => key === LOCKED);
}

/** What another process that has the lab last found; nothing is observed for it. */
function lastKnown(session: LabSession, options: Options, console: Console): Finding[] {
  const notice = lockNotice(session);
  if (notice) console.note(`labwright: ${console.say(notice)}`);
  return session.findings.pick(options.step).flatMap(({ id }) => session.state.findings[id] ?? []);
}

/**
 * Whether `apply` may go on with an interrupted run first. Who names steps or a digest has said
 * what is to happen, and that is not the old run.
 */
async function mayResume(run: Run, options: Options, console: Console): Promise<boolean> {
  if (options.step !== undefined || options.expect !== undefined) return false;
  if (options.yes) return true;
  if (!console.interactive) return false;
  return console.confirm(console.say({ key: 'cli.resume-question', params: runParams(run) }));
}

async function resumeRun(
  session: LabSession,
  run: Run,
  options: Options,
  console: Console,
): Promise<Run> {
  console.note(console.say({ key: 'cli.resuming', params: { run: run.id } }));
  return follow(session, session.runs.resume(run.id), options, console);
}

export function apply(options: Options, console: Console): Promise<number> {
  return withLab(options, console, async (session, vault) => {
    assertOwner(session, console);
    const interrupted = interruptedRun(session);
    if (interrupted && !(await mayResume(interrupted, options, console))) {
      const ways = ['resume', 'dismiss'].map(
        (way) => `labwright ${way} --lab ${options.lab} --run ${interrupted.id}`,
      );
      const detail = ways.join('\n');
      throw new LabwrightError('run-interrupted', runParams(interrupted), { detail });
    }
    let findings = await observe(session, vault, options, console);
    let last: Run | undefined;
    if (interrupted) {
      last = await resumeRun(session, interrupted, options, console);
      findings = await observe(session, vault, options, console);
    }
    const preview = await session.runs.preview(options.step, options.snapshot);
    assertExpected(preview, options);
    if (preview.steps.length > 0 && (last === undefined || last.state === 'succeeded')) {
      await agreed(preview, options, console, 'cli.apply-question');
      const run = await session.runs.apply(options.step, preview.digest, options.snapshot);
      last = await follow(session, run, options, console);
      const steps = options.step === undefined ? {} : { steps: options.step };
      findings = await session.findings.check({ ...steps, fresh: false });
    }
    if (options.json) console.print(JSON.stringify({ run: last, findings }, null, 2));
    else printFindings(console, findings);
    if (last !== undefined && last.state !== 'succeeded') return 2;
    return exitCode(session, findings);
  });
}

/** Goes on with an interrupted run, and does nothing else. */
export function resume(options: Options, console: Console): Promise<number> {
  return withLab(options, console, async (session, vault) => {
    assertOwner(session, console);
    const interrupted = interruptedRun(session, options.run);
    if (interrupted === undefined) throw new LabwrightError('run-not-interrupted');
    if (!options.yes) {
      if (!console.interactive) throw new LabwrightError('consent-missing', { options: '--yes' });
      const question = { key: 'cli.resume-question', params: runParams(interrupted) };
      if (!(await console.confirm(console.say(question)))) throw new LabwrightError('cancelled');
    }
    await observe(session, vault, options, console);
    const run = await resumeRun(session, interrupted, options, console);
    if (options.json) console.print(JSON.stringify({ run }, null, 2));
    return run.state === 'succeeded' ? 0 : 2;
  });
}

/** Closes an interrupted run without going on. */
export function dismiss(options: Options, console: Console): Promise<number> {
  return withLab(
    options,
    console,
    async (session) => {
      assertOwner(session, console);
      const interrupted = interruptedRun(session, options.run);
      if (interrupted === undefined) throw new LabwrightError('run-not-interrupted');
      session.runs.dismiss(interrupted.id);
      const run = session.state.runs.find(({ id }) => id === interrupted.id);
      if (options.json) console.print(JSON.stringify({ run }, null, 2));
      else console.note(console.say({ key: 'cli.dismissed', params: { run: interrupted.id } }));
      return 0;
    },
    { withoutPlan: true },
  );
}

export function journal(options: Options, console: Console): Promise<number> {
  return withLab(
    options,
    console,
    async (session) => {
      const limit = Number(options.limit ?? 50);
      if (!Number.isSafeInteger(limit) || limit < 1) {
        throw new LabwrightError('option-value', { option: '--limit' });
      }
      const search = options.search === undefined ? {} : { search: options.search };
      const { rows } = session.journal.list({ limit, ...search });
      const [oldest] = rows.slice(-1);
      const older = oldest ? session.journal.count({ before: oldest.seq, ...search }) : 0;
      if (options.json) console.print(JSON.stringify({ rows, older }, null, 2));
      else {
        const lines = new JournalLines(console, session.journal);
        if (older > 0) console.note(console.say({ key: 'cli.older-rows', params: { n: older } }));
        for (const row of rows.toReversed()) console.print(lines.line(row));
      }
      return 0;
    },
    { withoutPlan: true },
  );
}

/** Trusts a host by the fingerprint that the person has compared, for scripts. */
export function trust(options: Options, console: Console): Promise<number> {
  return withLab(options, console, async (session) => {
    assertOwner(session, console);
    const host = given(options.host, '--host');
    const fingerprint = given(options.fingerprint, '--fingerprint');
    await session.meet(host);
    // Another machine behind a known key shows itself only when it is asked.
    if (session.state.hosts[host]?.offered === undefined) await session.lookAt(host);
    await session.identities.trust(host, fingerprint, options.replace);
    console.note(`${host}: ${fingerprint}`);
    return 0;
  });
}
