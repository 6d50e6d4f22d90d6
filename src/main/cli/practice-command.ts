import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabwrightError } from '../../contract/error.ts';
import { PracticeRoom } from '../../contract/practice-room.ts';
import type { Console } from './console.ts';
import type { Options } from './options.ts';

/** Runs the practice lab until it is told to stop, or whoever started it goes away. */
export async function practice(options: Options, console: Console): Promise<number> {
  const { data: room } = PracticeRoom.safeParse(options.room ?? 'mirror');
  if (room === undefined) throw new LabwrightError('option-value', { option: '--room' });
  const { line } = options;
  if (line !== undefined && room !== 'mirror' && room !== 'maas') {
    // Only mirror and MAAS have lines; who asks for one elsewhere must not believe to have got it.
    throw new LabwrightError('option-unfit', {
      command: `practice --room ${room}`,
      option: '--line',
    });
  }
  if (line !== undefined && line !== 'v2' && line !== 'v3') {
    throw new LabwrightError('option-value', { option: '--line' });
  }
  const { startRoom } = await import('../practice/practice-rooms.ts');
  const directory = await mkdtemp(join(tmpdir(), 'labwright-practice-'));
  const lab = await startRoom(room, { directory, now: Date.now, line: line ?? 'v3' });
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
