// Proves that nothing of a bed outlives it, however rudely it ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sweepDeadBeds } from './bed-space.ts';
import { bedsFolder } from './places.ts';
import { runCommand } from './run-command.ts';
import { until } from './until.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Running {
  outer: ChildProcess;
  ended: Promise<number | null>;
  namespace: string;
}

/** A second bed with one host, in processes of its own. */
async function anotherBed(): Promise<Running> {
  const { LABWRIGHT_BED: _, ...env } = process.env;
  const outer = spawn(process.execPath, [here('run-in-bed.ts'), here('main.ts'), 'up', 'doomed'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
  });
  const ended = new Promise<number | null>((resolve) => outer.once('exit', resolve));
  let out = '';
  let err = '';
  outer.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  outer.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  await until('the second bed', 60_000, () => {
    if (outer.exitCode !== null) throw new Error(err);
    return out.includes('\n}\n') ? true : undefined;
  });
  return { outer, ended, namespace: (JSON.parse(out) as { namespace: string }).namespace };
}

const containersOf = async (namespace: string): Promise<string[]> => {
  const { stdout } = await runCommand('ps', ['-eo', 'pid,args']);
  return stdout.split('\n').filter((line) => line.includes(`--machine=${namespace}h`));
};

function expectNoTrace(namespace: string): void {
  expect(existsSync(`/run/netns/${namespace}`)).toBe(false);
  expect(existsSync(`/run/netns/${namespace}h1`)).toBe(false);
  expect(existsSync(`${bedsFolder}/${namespace}`)).toBe(false);
  expect(existsSync(`/sys/fs/cgroup/systemd/labwright-bed/${namespace}`)).toBe(false);
}

describe('a bed that ends badly', { timeout: 90_000 }, () => {
  it('is taken away by its runner when the program inside is killed', async () => {
    const { outer, ended, namespace } = await anotherBed();
    expect(await containersOf(namespace)).toHaveLength(1);
    const children = await runCommand('ps', ['-o', 'pid=,args=', '--ppid', String(outer.pid)]);
    const inner = children.stdout.split('\n').find((line) => line.includes('main.ts up'));
    process.kill(Number.parseInt(inner ?? '', 10), 'SIGKILL');
    expect(await ended).toBe(137);
    expect(await containersOf(namespace)).toEqual([]);
    expectNoTrace(namespace);
  });

  it('is taken away by its runner when the runner is interrupted', async () => {
    const { outer, ended, namespace } = await anotherBed();
    outer.kill('SIGINT');
    await ended;
    expect(await containersOf(namespace)).toEqual([]);
    expectNoTrace(namespace);
  });

  it('dies with its killed runner, and the next start sweeps up what is left', async () => {
    const { outer, ended, namespace } = await anotherBed();
    outer.kill('SIGKILL');
    await ended;
    await until('no container', 10_000, async () =>
      (await containersOf(namespace)).length === 0 ? true : undefined,
    );
    expect(existsSync(`/run/netns/${namespace}`)).toBe(true);
    await sweepDeadBeds();
    expectNoTrace(namespace);
  });

  it('is not begun on a machine that lacks a program, and says how to get it', async () => {
    const started = await runCommand(process.execPath, [here('run-in-bed.ts'), here('main.ts')], {
      env: { PATH: '/nowhere' },
    });
    expect(started.code).toBe(1);
    expect(started.stderr).toMatch(/^bed: missing-package: .*apt-get install -y .*mmdebstrap/);
  });

  it('cannot be opened from outside, and says how to get in', async () => {
    const script = `import(${JSON.stringify(here('bed.ts'))}).then((m) => m.openBed())
      .catch((e) => { console.log(e.code); })`;
    const { LABWRIGHT_BED: _, ...env } = process.env;
    const outside = await runCommand(process.execPath, ['-e', script], { env });
    expect(outside.stdout).toBe('outside-bed\n');
  });
});
