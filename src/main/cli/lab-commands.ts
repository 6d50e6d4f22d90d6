import type { Preview } from '../../contract/action.ts';
import { LabwrightError } from '../../contract/error.ts';
import { type Finding, isSatisfied } from '../../contract/finding.ts';
import type { Run } from '../../contract/run.ts';
import type { LabSession } from '../app/lab-session.ts';
import { createLocalCore } from '../server/local-core.ts';
import type { Vault } from '../vault/vault.ts';
import { type Console, readSecretOption } from './console.ts';
import type { Options } from './options.ts';
import { printFindings, printPreview, RunReporter } from './report.ts';

/** Every question is asked at most this often before the command gives up. */
const TRIES = 4;

async function withLab(
  options: Options,
  work: (session: LabSession, vault: Vault) => Promise<number>,
): Promise<number> {
  if (options.lab === undefined) throw new LabwrightError('plan-missing', { path: '--lab' });
  const { core, vault } = await createLocalCore('cli');
  try {
    for (const option of options.secret ?? []) {
      const { name, value } = readSecretOption(option);
      await vault.set(name, value);
    }
    return await work(await core.labs.open(options.lab), vault);
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
async function observe(
  session: LabSession,
  vault: Vault,
  options: Options,
  console: Console,
): Promise<Finding[]> {
  const steps = options.step === undefined ? {} : { steps: options.step };
  for (let attempt = 1; ; attempt++) {
    // In another process's lab nothing is observed: its last findings are shown as they are.
    if (!session.owner) {
      for (const notice of session.state.notices) console.note(`labwright: ${console.say(notice)}`);
      throw new LabwrightError('read-only');
    }
    const findings = await session.check({ ...steps, fresh: true });
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
      if (await console.confirm(`  Trust ${host.name}?`)) {
        await session.trust(host.name, host.offered.fingerprint, false);
        answered = true;
      }
    } else if (host.error?.code === 'vault-locked') {
      await vault.unlock(await console.askSecret('Passphrase: '));
      answered = true;
    } else if (host.secret !== undefined) {
      await vault.set(host.secret, await console.askSecret(`${host.secret}: `));
      await session.reset(host.name);
      answered = true;
    }
  }
  return answered;
}

export function check(options: Options, console: Console): Promise<number> {
  return withLab(options, async (session, vault) => {
    const findings = await observe(session, vault, options, console);
    if (options.json) console.print(JSON.stringify({ findings }, null, 2));
    else printFindings(console, findings);
    return exitCode(session, findings);
  });
}

export function plan(options: Options, console: Console): Promise<number> {
  return withLab(options, async (session, vault) => {
    const findings = await observe(session, vault, options, console);
    const preview = await session.preview(options.step);
    if (options.json) console.print(JSON.stringify({ ...preview, findings }, null, 2));
    else printPreview(console, preview);
    return exitCode(session, findings);
  });
}

async function agreed(
  preview: Preview,
  options: Options,
  console: Console,
  question: string,
): Promise<void> {
  if (options.expect !== undefined) {
    if (options.expect !== preview.digest) throw new LabwrightError('preview-outdated');
    return;
  }
  if (options.yes) return;
  if (!console.interactive) {
    throw new LabwrightError('preview-outdated', {}, { detail: 'Give --yes or --expect DIGEST.' });
  }
  printPreview(console, preview);
  if (!(await console.confirm(question))) throw new LabwrightError('cancelled');
}

/** Follows a run to its end. Ctrl-C asks for a cancel; a second one leaves the work on the host. */
async function follow(
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
    console.note('cancelling…');
    session.cancel(run.id).catch(() => {});
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
    await session.settled();
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
    const yes = options.yes || (console.interactive && (await console.confirm('Do this instead?')));
    if (yes) session.acceptChange(run.id, step.changed.digest);
    else await session.cancel(run.id);
  }
}

export function apply(options: Options, console: Console): Promise<number> {
  return withLab(options, async (session, vault) => {
    let findings = await observe(session, vault, options, console);
    const interrupted = session.state.runs.findLast(({ state }) => state === 'interrupted');
    let last: Run | undefined;
    if (interrupted) {
      console.note(`resuming run ${interrupted.id}`);
      if (
        !options.yes &&
        !options.expect &&
        !(console.interactive && (await console.confirm('Resume?')))
      ) {
        throw new LabwrightError(
          'run-busy',
          {},
          { detail: `run ${interrupted.id} was interrupted` },
        );
      }
      last = await follow(session, session.resume(interrupted.id), options, console);
      findings = await observe(session, vault, options, console);
    }
    const preview = await session.preview(options.step);
    if (preview.steps.length > 0 && (last === undefined || last.state === 'succeeded')) {
      await agreed(preview, options, console, 'Apply?');
      const run = await session.apply(options.step, preview.digest);
      last = await follow(session, run, options, console);
      const steps = options.step === undefined ? {} : { steps: options.step };
      findings = await session.check({ ...steps, fresh: false });
    }
    if (options.json) console.print(JSON.stringify({ run: last, findings }, null, 2));
    else printFindings(console, findings);
    if (last !== undefined && last.state !== 'succeeded') return 2;
    return exitCode(session, findings);
  });
}

export function undo(options: Options, console: Console): Promise<number> {
  return withLab(options, async (session, vault) => {
    if (options.run === undefined) throw new LabwrightError('run-unknown');
    await observe(session, vault, options, console);
    const preview = session.previewUndo(options.run);
    if (preview.steps.length === 0) {
      if (options.json) console.print(JSON.stringify({ run: null, preview }, null, 2));
      else console.note('nothing to undo');
      return 0;
    }
    await agreed(preview, options, console, 'Undo?');
    const undoing = session.undo(options.run, preview.digest);
    const run = await follow(session, undoing, options, console);
    if (options.json) console.print(JSON.stringify({ run }, null, 2));
    return run.state === 'succeeded' ? 0 : 2;
  });
}

export function journal(options: Options, console: Console): Promise<number> {
  return withLab(options, async (session) => {
    const limit = Number(options.limit ?? 50);
    const search = options.search === undefined ? {} : { search: options.search };
    const { rows } = session.journal.list({ limit, ...search });
    if (options.json) console.print(JSON.stringify({ rows }, null, 2));
    else {
      for (const { seq, at, who, entry } of rows.toReversed()) {
        const { kind, ...rest } = entry;
        const subject = 'id' in rest ? rest.id : 'target' in rest ? rest.target : '';
        const state = 'state' in rest ? rest.state : 'what' in rest ? rest.what : '';
        const run = 'run' in rest ? rest.run : '';
        console.print(
          [seq, new Date(at).toISOString(), who, kind, state, run, subject]
            .filter(Boolean)
            .join('  '),
        );
      }
    }
    return 0;
  });
}

/** Trusts a host by the fingerprint that the person has compared, for scripts. */
export function trust(options: Options, console: Console): Promise<number> {
  return withLab(options, async (session) => {
    const { host, fingerprint } = options;
    if (host === undefined || fingerprint === undefined) {
      throw new LabwrightError('host-unknown', { host: host ?? '--host' });
    }
    await session.meet(host);
    // Another machine behind a known key shows itself only when it is asked.
    if (session.state.hosts[host]?.offered === undefined) await session.lookAt(host);
    await session.trust(host, fingerprint, options.replace);
    console.note(`${host}: ${fingerprint}`);
    return 0;
  });
}
