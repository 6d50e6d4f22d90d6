import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PracticeRoom } from '../../contract/practice-room.ts';
import type { Console } from './console.ts';
import type { Options } from './options.ts';

/** Runs the practice lab until it is told to stop, or whoever started it goes away. */
export async function practice(options: Options, console: Console): Promise<number> {
  const room = PracticeRoom.safeParse(options.room ?? 'mirror');
  if (!room.success) {
    console.note(`--room ${PracticeRoom.options.join('|')}`);
    return 2;
  }
  const { startRoom } = await import('../practice/practice-rooms.ts');
  const directory = await mkdtemp(join(tmpdir(), 'labwright-practice-'));
  const line = options.line === 'v2' ? 'v2' : 'v3';
  const lab = await startRoom(room.data, { directory, now: Date.now, line });
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
