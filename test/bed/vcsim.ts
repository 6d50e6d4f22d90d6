// vcsim, the simulator of the vSphere API, built from Debian's govmomi and kept in the bed's cache.
// It is kinder than a real ESXi: it takes wrong element order, unknown elements, the same name
// twice. Never send it a machine on a network that does not exist: it dies of that.

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BedError } from './bed-error.ts';
import { cacheFolder } from './places.ts';
import { mustRun } from './run-command.ts';

const SOURCE = join(import.meta.dirname, 'vcsim/main.go');
/** Where Debian's Go packages lie. */
const GO_PATH = '/usr/share/gocode';
const GOVMOMI = join(GO_PATH, 'src/github.com/vmware/govmomi');
/** A cold build takes half a minute to a minute on two cores. */
const BUILD_MS = 200_000;

export interface VcsimOptions {
  /** A standalone ESXi host, or a vCenter with one cluster and one lone host. */
  readonly mode: 'esx' | 'vcenter';
  /** Machines per resource pool: ESXi has one pool, the vCenter two. */
  readonly machines?: number;
  readonly apiVersion?: string;
  readonly build?: string;
}

export interface Vcsim {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** The program's path; builds it if this machine has none of this source yet. */
async function ensureVcsim(): Promise<string> {
  const digest = createHash('sha256').update(await readFile(SOURCE));
  digest.update(await mustRun('dpkg-query', ['-W', 'golang-github-vmware-govmomi-dev']));
  const program = join(cacheFolder(), `vcsim-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  if (!existsSync(GOVMOMI)) {
    throw new BedError('missing-package', 'golang-github-vmware-govmomi-dev is not installed');
  }
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'building-'));
  try {
    const built = join(work, 'vcsim');
    await mustRun('go', ['build', '-trimpath', '-o', built, SOURCE], {
      timeoutMs: BUILD_MS,
      env: {
        ...process.env,
        GO111MODULE: 'off',
        GOFLAGS: '',
        GOPATH: GO_PATH,
        GOCACHE: join(cacheFolder(), 'go-build'),
      },
    });
    await rename(built, program);
    await dropOlderBuilds(program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

/** Each source leaves 26 MB. A recent one may belong to another checkout. */
async function dropOlderBuilds(current: string): Promise<void> {
  const longAgo = Date.now() - 7 * 24 * 3_600_000;
  for (const name of await readdir(cacheFolder())) {
    const path = join(cacheFolder(), name);
    if (!name.startsWith('vcsim-') || path === current) continue;
    if ((await stat(path)).ctimeMs < longAgo) await rm(path, { force: true });
  }
}

/** Starts one on a free loopback port; resolves when it listens. */
export async function startVcsim(options: VcsimOptions): Promise<Vcsim> {
  const program = await ensureVcsim();
  const user = 'labwright@local';
  const password = 'p<a>ss & "word"';
  const child = spawn(
    program,
    [
      `-esx=${options.mode === 'esx'}`,
      `-username=${user}`,
      `-password=${password}`,
      `-vm=${options.machines ?? 2}`,
      `-api-version=${options.apiVersion ?? ''}`,
      `-build=${options.build ?? ''}`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const { host, port } = await firstLine(child);
  return {
    host,
    port: Number(port),
    user,
    password,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.end();
      await ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<{ host: string; port: string }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new BedError('command-failed', `vcsim ended: ${code}`)));
    if (child.stdout === null) return;
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
  });
}
