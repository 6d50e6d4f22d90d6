import { duration, type RegionTime, scriptDate } from './region-time.ts';
import { storageTest } from './scripts-data.ts';

/** MAAS's numbers. */
export const STATE = {
  pending: 0,
  running: 1,
  passed: 2,
  failed: 3,
  aborted: 5,
  skipped: 9,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

const STATE_NAMES: Readonly<Record<State, string>> = {
  0: 'Pending',
  1: 'Running',
  2: 'Passed',
  3: 'Failed',
  5: 'Aborted',
  9: 'Skipped',
};

export const KIND = { commissioning: 0, installation: 1, testing: 2 } as const;
export type Kind = keyof typeof KIND;

const KIND_NAMES = {
  commissioning: 'Commissioning',
  installation: 'Installation',
  testing: 'Testing',
};

export interface ScriptRun {
  readonly id: number;
  readonly name: string;
  readonly scriptId: number | null;
  readonly created: number;
  readonly parameters: unknown;
  updated: number;
  state: State;
  exit: number | null;
  started: number | null;
  ended: number | null;
  stdout: string;
  stderr: string;
}

export interface ScriptSet {
  readonly id: number;
  readonly kind: Kind;
  readonly machine: string;
  readonly runs: ScriptRun[];
  lastPing: number | null;
}

/**
 * MAAS expects a script to take as long as before. The region has run the others on itself when it was
 * set up, in no time; of these there is no earlier run, so their limit stands for it (recorded).
 */
const NEVER_RUN: ReadonlySet<string> = new Set(['30-maas-01-bmc-config', storageTest.name]);

/** A script, and what a run of it shows for its parameters. */
export interface KnownScript {
  readonly name: string;
  readonly given: unknown;
}

export const INSTALL_LOG = '/tmp/install.log';

/** What scripts were run on machines, and how they went. */
export class ScriptSets {
  readonly #time: RegionTime;
  readonly #scripts: readonly KnownScript[];
  readonly #sets: ScriptSet[] = [];
  #nextSet = 1;
  #nextRun = 1;

  constructor(time: RegionTime, scripts: readonly KnownScript[]) {
    this.#time = time;
    this.#scripts = scripts;
  }

  commissioning(machine: string, skip: readonly string[]): ScriptSet {
    const runs = this.#scripts.map((script, index) => {
      const run = this.#run(script.name, index + 1, script.given);
      if (!skip.includes(script.name)) return run;
      const now = this.#time.now();
      Object.assign(run, { state: STATE.skipped, exit: 0, started: now, ended: now });
      return run;
    });
    return this.#add('commissioning', machine, runs);
  }

  testing(machine: string, none: boolean): ScriptSet {
    const { name, id, given } = storageTest;
    return this.#add('testing', machine, none ? [] : [this.#run(name, id, given)]);
  }

  installation(machine: string): ScriptSet {
    return this.#add('installation', machine, [this.#run(INSTALL_LOG, null, {})]);
  }

  start(run: ScriptRun): void {
    run.state = STATE.running;
    run.started = this.#time.now();
    run.updated = run.started;
  }

  end(run: ScriptRun, exit: number, stdout = '', stderr = ''): void {
    run.state = exit === 0 ? STATE.passed : STATE.failed;
    run.exit = exit;
    run.started ??= this.#time.now();
    run.ended = this.#time.now();
    run.updated = run.ended;
    run.stdout = stdout;
    run.stderr = stderr;
  }

  /** Those that have not come to an end. */
  give(set: ScriptSet, state: 'aborted' | 'failed'): void {
    for (const run of set.runs) {
      if (run.state !== STATE.pending && run.state !== STATE.running) continue;
      run.state = STATE[state];
      run.updated = this.#time.now();
    }
  }

  of(machine: string): readonly ScriptSet[] {
    return this.#sets.filter((set) => set.machine === machine);
  }

  last(machine: string, kind: Kind): ScriptSet | undefined {
    return this.#sets.findLast((set) => set.machine === machine && set.kind === kind);
  }

  #run(name: string, scriptId: number | null, parameters: unknown): ScriptRun {
    const now = this.#time.now();
    const id = this.#nextRun;
    this.#nextRun += 1;
    const times = { created: now, updated: now, started: null, ended: null };
    const outcome = { state: STATE.pending, exit: null, stdout: '', stderr: '' };
    return { id, name, scriptId, parameters, ...times, ...outcome };
  }

  #add(kind: Kind, machine: string, runs: ScriptRun[]): ScriptSet {
    const set: ScriptSet = { id: this.#nextSet, kind, machine, runs, lastPing: null };
    this.#nextSet += 1;
    this.#sets.push(set);
    return set;
  }
}

/** How a machine sees a set: one that failed counts more than those that were given up for it. */
export function outcome(set: ScriptSet | undefined): { number: number; name: string } {
  const states = new Set(set?.runs.map(({ state }) => state));
  for (const state of [STATE.failed, STATE.running, STATE.pending, STATE.aborted] as const)
    if (states.has(state)) return { number: state, name: STATE_NAMES[state] };
  return states.size === 0
    ? { number: -1, name: 'Unknown' }
    : { number: STATE.passed, name: STATE_NAMES[STATE.passed] };
}

/** How the set sees itself: given up counts first. Of none MAAS says something odd (recorded). */
function ownOutcome({ runs }: ScriptSet): { number: number; name: string } {
  const states = new Set(runs.map(({ state }) => state));
  for (const state of [STATE.running, STATE.pending, STATE.aborted, STATE.failed] as const)
    if (states.has(state)) return { number: state, name: STATE_NAMES[state] };
  return states.size === 0
    ? { number: -1, name: 'Failed to apply custom network configuration' }
    : { number: STATE.passed, name: STATE_NAMES[STATE.passed] };
}

const dateOf = (at: number | null): string | null => (at === null ? null : scriptDate(at));
const base64 = (value: string): string => Buffer.from(value).toString('base64');

/** `only`: names of those to show. */
export function setJson(
  set: ScriptSet,
  output: boolean,
  only: readonly string[] | undefined,
): unknown {
  const { number, name } = ownOutcome(set);
  const started = set.runs.flatMap((run) => run.started ?? []);
  const over = set.runs.length > 0 && set.runs.every((run) => run.ended !== null);
  const [first, last] = [Math.min(...started), Math.max(...set.runs.map((run) => run.ended ?? 0))];
  return {
    ended: over ? scriptDate(last) : null,
    results: set.runs
      .filter((run) => only === undefined || only.includes(run.name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((run) => runJson(run, output)),
    status_name: name,
    status: number,
    id: set.id,
    type_name: KIND_NAMES[set.kind],
    last_ping: dateOf(set.lastPing),
    system_id: set.machine,
    type: KIND[set.kind],
    runtime: over ? duration(last - first) : '',
    started: started.length === 0 ? null : scriptDate(first),
    resource_uri: `/MAAS/api/2.0/nodes/${set.machine}/results/${set.id}/`,
  };
}

function runJson(run: ScriptRun, output: boolean): unknown {
  const both = run.stdout + (run.scriptId === null ? run.stderr : '');
  return {
    id: run.id,
    created: scriptDate(run.created),
    updated: scriptDate(run.updated),
    name: run.name,
    status: run.state,
    status_name: STATE_NAMES[run.state],
    exit_status: run.exit,
    started: dateOf(run.started),
    ended: dateOf(run.ended),
    runtime: run.ended === null ? '' : duration(run.ended - (run.started ?? run.ended)),
    starttime: run.started === null ? '' : run.started / 1000,
    endtime: run.ended === null ? '' : run.ended / 1000,
    estimated_runtime: run.ended === null && NEVER_RUN.has(run.name) ? '0:05:00' : duration(0),
    parameters: run.parameters,
    script_id: run.scriptId,
    // The one that was used; none before it ran.
    script_revision_id: run.started === null ? null : run.scriptId,
    suppressed: false,
    ...(output
      ? {
          output: base64(both),
          stdout: base64(run.scriptId === null ? '' : run.stdout),
          stderr: base64(run.scriptId === null ? '' : run.stderr),
          result: '',
        }
      : {}),
  };
}
