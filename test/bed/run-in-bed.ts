// Runs a Node program inside a bed:  node test/bed/run-in-bed.ts script.ts [arguments]
// It makes the bed's network and the way out to apt, starts the program in that network with
// LABWRIGHT_BED set, and takes everything away when the program ends, however it ends.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { BedError } from './bed-error.ts';
import { createBedSpace } from './bed-space.ts';
import { stateFile } from './bed-state.ts';

async function main(args: string[]): Promise<number> {
  if (args.length === 0) {
    process.stderr.write('usage: node test/bed/run-in-bed.ts script [arguments]\n');
    return 2;
  }
  const space = await createBedSpace((line) => process.stderr.write(`${line}\n`));
  const { state } = space;
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'nsenter',
      `--net=/run/netns/${state.namespace}`,
      process.execPath,
      ...args,
    ],
    { stdio: 'inherit', env: { ...process.env, LABWRIGHT_BED: stateFile(state.folder) } },
  );
  // The program gets the signal and a chance to end by itself; what it leaves is removed below.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  await space.remove();
  return code;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (cause: unknown) => {
    const text = cause instanceof BedError ? `${cause.code}: ${cause.message}` : String(cause);
    process.stderr.write(`bed: ${text}\n`);
    process.exit(1);
  },
);
