// What a bed writes down about itself, so that a test process can attach to it and a later run can
// tell a living bed from the remains of a dead one.

import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bedsFolder } from './places.ts';

/** A pid alone may be reused; together with its start time it names one process for ever. */
export interface ProcessIdentity {
  pid: number;
  started: string;
}

export interface BedState {
  namespace: string;
  folder: string;
  owner: ProcessIdentity;
  /** Holds the mount namespace in which every overlay and container of this bed lives. */
  keeper: ProcessIdentity;
  baseImage: string;
}

export function processIdentity(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets, so count fields from its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[19] === undefined) return undefined;
    return { pid, started: fields[19] };
  } catch {
    return undefined;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return processIdentity(identity.pid)?.started === identity.started;
}

export const stateFile = (folder: string): string => join(folder, 'state.json');

export async function readState(folder: string): Promise<BedState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(folder), 'utf8')) as BedState;
  } catch {
    return undefined;
  }
}

/** Every bed folder on this machine, with its state when it got far enough to write one. */
export async function allBeds(): Promise<Array<{ folder: string; state?: BedState }>> {
  if (!existsSync(bedsFolder)) return [];
  const found: Array<{ folder: string; state?: BedState }> = [];
  for (const name of await readdir(bedsFolder)) {
    if (!name.startsWith('lwbed')) continue;
    const folder = join(bedsFolder, name);
    const state = await readState(folder);
    found.push(state === undefined ? { folder } : { folder, state });
  }
  return found;
}

export async function livingBeds(): Promise<BedState[]> {
  const beds = await allBeds();
  return beds.flatMap((bed) => (bed.state && isAlive(bed.state.owner) ? [bed.state] : []));
}
