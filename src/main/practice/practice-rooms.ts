import type { PracticeRoom } from '../../contract/practice-room.ts';
import { startEsxiApiLab } from './esxi/esxi-api-lab.ts';
import { startMaasRoom } from './maas-room.ts';
import { type PracticeLabOptions, startPracticeLab } from './practice-lab.ts';

/** A room that runs: its lab.yaml, and its end. */
export interface RunningRoom {
  readonly path: string;
  close(): Promise<void>;
}

/** Starts a room of the practice lab: a simulated host, and a lab whose folder is enough to use it. */
export function startRoom(
  room: PracticeRoom,
  options: Omit<PracticeLabOptions, 'room'>,
): Promise<RunningRoom> {
  const { directory, now } = options;
  switch (room) {
    case 'esxi-api':
      return startEsxiApiLab({ directory, now });
    case 'maas':
      return startMaasRoom({ directory, now, line: options.line === 'v2' ? '1.7' : '3.3' });
    default:
      return startPracticeLab({ ...options, room });
  }
}
