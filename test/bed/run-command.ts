// Runs a program to its end and keeps what it said.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { BedError } from './bed-error.ts';

export interface CommandResult {
  /** As a shell counts: 128 and the signal's number when a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  stdin?: string | Buffer;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Hard deadline; the program is killed and a 'deadline' error is thrown. */
  timeoutMs?: number;
}

export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? 120_000;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program may end without reading its input; that is its right, not our error.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new BedError('command-failed', `${program} could not be started: ${cause.message}`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const line = [program, ...args].join(' ');
      if (late) {
        const said = Buffer.concat([...out, ...err]).toString();
        reject(new BedError('deadline', `not done after ${timeoutMs} ms: ${line}\n${said}`));
        return;
      }
      resolve({
        code: code ?? (signal === null ? 255 : 128 + constants.signals[signal]),
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      });
    });
  });
}

/** Like runCommand, but a non-zero exit is a thrown 'command-failed'. Returns stdout. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await runCommand(program, args, options);
  if (result.code !== 0) {
    throw new BedError(
      'command-failed',
      `exit ${result.code}: ${program} ${args.join(' ')}\n${result.stderr || result.stdout}`,
    );
  }
  return result.stdout;
}
