import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { PlanInput } from '../../src/contract/plan.ts';
import type { Host, Source } from '../bed/bed.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = join(import.meta.dirname, '../../src/main/cli/main.ts');

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

  async run(command: string, ...args: string[]): Promise<CliResult> {
    const child = this.start([command, '--lab', this.path, ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { code, stdout, stderr };
  }

  /** States by step, from `check --json`. */
  async states(...args: string[]): Promise<Record<string, string>> {
    const { stdout, stderr } = await this.run('check', '--json', ...args);
    if (!stdout) throw new Error(`no output from check: ${stderr}`);
    const { findings } = JSON.parse(stdout) as { findings: { step: string; state: string }[] };
    return Object.fromEntries(findings.map(({ step, state }) => [step, state]));
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

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
