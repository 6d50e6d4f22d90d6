import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stringify } from 'yaml';
import type { Finding } from '../../src/contract/finding.ts';
import type { JournalEntry } from '../../src/contract/journal.ts';
import type { PlanInput } from '../../src/contract/plan.ts';
import { Journal } from '../../src/main/engine/journal.ts';
import { type Host, type Source, until } from '../bed/bed.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = join(import.meta.dirname, '../../src/main/cli/main.ts');

/** A command line that is still running, with what it has said so far. */
export class RunningCli {
  readonly ended: Promise<CliResult>;
  readonly #child: ReturnType<RealLab['start']>;
  #stdout = '';
  #stderr = '';

  constructor(child: ReturnType<RealLab['start']>) {
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  signal(name: 'SIGINT' | 'SIGKILL'): void {
    this.#child.kill(name);
  }

  /** Waits for a condition, and fails at once when the command ends before it holds. */
  async waitFor<T>(
    what: string,
    deadlineMs: number,
    look: () => Promise<T | undefined> | T | undefined,
  ): Promise<T> {
    return until(what, deadlineMs, async () => {
      const ended = this.hasEnded;
      const seen = await look();
      if (seen === undefined && ended) {
        throw new Error(`ended before ${what}:\n${this.#stderr}\n${this.#stdout}`);
      }
      return seen;
    });
  }
}

/** A lab folder for one bed host, with a home of its own so that nothing of the user is touched. */
export class RealLab {
  readonly directory: string;
  readonly path: string;
  readonly home: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.path = join(directory, 'lab.yaml');
    this.home = join(directory, 'home');
  }

  static async make(plan: PlanInput): Promise<RealLab> {
    const lab = new RealLab(await mkdtemp(join(tmpdir(), 'labwright-real-')));
    await mkdir(lab.home);
    await writeFile(lab.path, stringify(plan));
    return lab;
  }

  /** Starts the command line as a person would; the caller decides how it ends. */
  start(args: readonly string[], environment: Record<string, string> = {}) {
    return spawn(process.execPath, [CLI, ...args], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.home,
        XDG_CONFIG_HOME: join(this.home, '.config'),
        XDG_DATA_HOME: join(this.home, '.local/share'),
        LANG: 'C.UTF-8',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  run(command: string, ...args: string[]): Promise<CliResult> {
    return this.launch(command, ...args).ended;
  }

  /** Like run, but hands over the command while it is running. */
  launch(command: string, ...args: string[]): RunningCli {
    return new RunningCli(this.start([command, '--lab', this.path, ...args]));
  }

  /** Trusts the host by the fingerprint that the bed made for it; it has this name in the plan. */
  async trust(host: Host, name = 'mirror', ...more: string[]): Promise<void> {
    const args = ['--host', name, '--fingerprint', host.hostKeyFingerprint, ...more];
    const done = await this.run('trust', ...args);
    if (done.code !== 0) throw new Error(`not trusted: ${done.stderr}`);
  }

  /** Findings by step, from `check --json`, with the exit code. */
  async check(...args: string[]): Promise<{ code: number | null; findings: Findings }> {
    const { code, stdout, stderr } = await this.run('check', '--json', ...args);
    if (!stdout) throw new Error(`no output from check: ${stderr}`);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    return { code, findings: Object.fromEntries(findings.map((item) => [item.step, item])) };
  }

  /** Rows of the journal's own file after a row, read past the program that may be writing it. */
  rows(after = 0): { seq: number; entry: JournalEntry }[] {
    try {
      const database = new DatabaseSync(join(this.directory, '.labwright/journal.db'), {
        readOnly: true,
      });
      try {
        const rows = database
          .prepare('SELECT seq, body FROM entries WHERE seq > ? ORDER BY seq')
          .all(after) as { seq: number; body: string }[];
        return rows.map(({ seq, body }) => ({ seq, entry: JSON.parse(body) as JournalEntry }));
      } finally {
        database.close();
      }
    } catch {
      // Not made yet.
      return [];
    }
  }

  /** What was last observed, as it is kept for the next start. */
  fact(target: string, key: string): unknown {
    const path = join(this.directory, '.labwright/journal.db');
    const journal = Journal.open(path, { now: Date.now, who: 'test' });
    try {
      return journal.facts().find((fact) => fact.target === target && fact.key === key)?.value;
    } finally {
      journal.close();
    }
  }

  lastSeq(): number {
    return this.rows().at(-1)?.seq ?? 0;
  }

  /** States by step, from `check --json`. */
  async states(...args: string[]): Promise<Record<string, string>> {
    const { stdout, stderr } = await this.run('check', '--json', ...args);
    if (!stdout) throw new Error(`no output from check: ${stderr}`);
    const { findings } = JSON.parse(stdout) as { findings: { step: string; state: string }[] };
    return Object.fromEntries(findings.map(({ step, state }) => [step, state]));
  }

  /** Edits lab.yaml as a person would, with no app open. */
  async change(edit: (text: string) => string): Promise<void> {
    await writeFile(this.path, edit(await readFile(this.path, 'utf8')));
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

export type Findings = Record<string, Finding>;

/** The plan for a bed host in one of the two lines, mirroring the bed's own source. */
export function mirrorPlan(host: Host, source: Source, line: 'v2' | 'v3'): PlanInput {
  const v2 = line === 'v2';
  return {
    version: 1,
    name: `bed ${line}`,
    hosts: {
      mirror: {
        role: 'mirror',
        address: host.address,
        port: host.port,
        user: host.user,
        auth: { key_file: host.privateKeyPath },
      },
    },
    mirror: {
      host: 'mirror',
      line,
      source: v2 ? source.v2Url : source.v3Url,
      directory: v2
        ? '/var/www/html/mirror/images/ephemeral-v2/releases'
        : '/var/www/html/maas/images/ephemeral-v3/stable',
      filters: v2
        ? { arch: '=amd64', subarch: '~(generic|hwe-t)', release: '~^(trusty|precise)$' }
        : { arch: '=amd64', release: '~^(jammy|noble)$' },
      max: 1,
      refresh: 'nightly',
    },
  };
}

/** Names of all findings that are not as they should be, for readable failures. */
export function notDone(states: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(states).filter(([, state]) => state !== 'done'));
}
