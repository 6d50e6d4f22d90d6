// What a site has, as Debian's pyvmomi sees it.

import { join } from 'node:path';
import { mustRun } from '../run-command.ts';
import type { Vcsim } from '../vcsim.ts';

interface SeenMachine {
  readonly power: string;
  readonly instanceUuid: string;
  readonly uuid: string;
  readonly annotation: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly boot: readonly { readonly type: string; readonly key: number }[];
  readonly devices: readonly {
    readonly type: string;
    readonly key: number;
    readonly mac: string | null;
    readonly addressType: string | null;
    readonly network: string | null;
    readonly capacityKB: number | null;
    readonly file: string | null;
    readonly startConnected: boolean | null;
  }[];
  readonly snapshots: readonly string[];
}

interface Seen {
  /** Those of the name asked for. */
  readonly machines: readonly SeenMachine[];
  readonly portgroups: readonly { readonly name: string }[];
  readonly switches: readonly string[];
  /** Every file of every datastore, with its size. */
  readonly files: readonly string[];
}

/** Debian's own Python: another one on the path does not see Debian's packages. */
export const DEBIAN_PYTHON = '/usr/bin/python3';

export async function readBack(sim: Vcsim, machine: string): Promise<Seen> {
  const { host, port, user, password } = sim;
  const script = join(import.meta.dirname, 'read_back.py');
  const stdin = JSON.stringify({ host, port, user, password, machine });
  return JSON.parse(await mustRun(DEBIAN_PYTHON, [script], { stdin })) as Seen;
}
