import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Console } from './console.ts';
import type { Options } from './options.ts';

const ROOMS: ReadonlySet<string> = new Set(['esxi-api']);

/** Runs the practice lab until it is told to stop, or whoever started it goes away. */
export async function practice(options: Options, console: Console): Promise<number> {
  if (options.room !== undefined && !ROOMS.has(options.room)) {
    console.note(`labwright: no room ${options.room}; there is ${[...ROOMS].join(', ')}`);
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), 'labwright-practice-'));
  const lab = await startRoom(options, directory);
  if (options.json) console.print(JSON.stringify({ lab: lab.path }));
  else {
    console.print(lab.path);
    console.note(`labwright check --lab ${lab.path}`);
  }
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    process.stdin.once('end', resolve);
    process.stdin.once('error', resolve);
    process.stdin.resume();
  });
  await lab.close();
  return 0;
}

interface Room {
  readonly path: string;
  close(): Promise<void>;
}

/** The simulated host to practise on; the server of the image mirror unless another is named. */
async function startRoom({ room, line }: Options, directory: string): Promise<Room> {
  if (room === 'esxi-api') {
    const { startEsxiApiLab } = await import('../practice/esxi/esxi-api-lab.ts');
    return startEsxiApiLab({ directory, now: Date.now });
  }
  const { startPracticeLab } = await import('../practice/practice-lab.ts');
  return startPracticeLab({ directory, now: Date.now, line: line === 'v2' ? 'v2' : 'v3' });
}
