import type { PracticeRoom } from '../../contract/practice-room.ts';
import { startEsxiApiLab } from './esxi/esxi-api-lab.ts';
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
  return room === 'esxi-api'
    ? startEsxiApiLab({ directory, now })
    : startPracticeLab({ ...options, room });
}
