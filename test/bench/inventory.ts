/**
 * Lists the machines of a large vCenter with our driver and with Debian's pyvmomi, in turns against
 * the same vcsim, and prints one line of JSON. What is listed: name, power, MAC addresses. See
 * docs/performance.md.
 *
 *   npm run -s bench -- inventory [machines] [rounds]
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { LabwrightError } from '../../src/contract/error.ts';
import { listMachines, listNics } from '../../src/main/drivers/vsphere/machines.ts';
import { openSession, type Session } from '../../src/main/drivers/vsphere/session.ts';
import type { MoRef } from '../../src/main/drivers/vsphere/vim-value.ts';
import { DEBIAN_PYTHON } from '../bed/vcsim/read-back.ts';
import { startVcsim, type Vcsim } from '../bed/vcsim.ts';

const MACHINES = Number(process.argv[2] ?? 5000);
const ROUNDS = Number(process.argv[3] ?? 5);
/** vcsim's vCenter has two resource pools. */
const POOLS = 2;

interface Listing {
  readonly ms: number;
  readonly machines: number;
  readonly macs: number;
}

async function connect({ host, port, user, password }: Vcsim): Promise<Session> {
  const site = { name: 'bench', address: host, port };
  const login = { user, password: async () => password };
  const refused = await openSession(site, login).catch((error: unknown) => error);
  if (!(refused instanceof LabwrightError)) throw refused;
  return openSession({ ...site, pin: String(refused.params.fingerprint) }, login);
}

/** As the window does it: names and power first, then the addresses as they come. */
async function ours(session: Session): Promise<Listing & { readonly firstMs: number }> {
  const from = performance.now();
  let firstMs = 0;
  let macs = 0;
  const refs: MoRef[] = [];
  for await (const rows of listMachines(session)) {
    if (firstMs === 0) firstMs = performance.now() - from;
    for (const { ref } of rows) refs.push(ref);
  }
  for await (const page of listNics(session, refs)) {
    for (const { nics } of page) macs += nics.length;
  }
  return { ms: performance.now() - from, machines: refs.length, macs, firstMs };
}

class Pyvmomi {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor({ host, port, user, password }: Vcsim) {
    this.#child = spawn(DEBIAN_PYTHON, [join(import.meta.dirname, 'inventory.py')]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.#child.stdin.write(`${JSON.stringify({ host, port, user, password })}\n`);
  }

  async ready(): Promise<void> {
    await this.#answer();
  }

  async list(): Promise<Listing> {
    this.#child.stdin.write('\n');
    return (await this.#answer()) as Listing;
  }

  stop(): void {
    this.#child.stdin.end();
  }

  async #answer(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('pyvmomi ended');
    return JSON.parse(line.value);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const sim = await startVcsim({ mode: 'vcenter', machines: Math.ceil(MACHINES / POOLS) });
try {
  const session = await connect(sim);
  const pyvmomi = new Pyvmomi(sim);
  await pyvmomi.ready();
  const mine: (Listing & { readonly firstMs: number })[] = [];
  const theirs: Listing[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Who goes first changes, so that a garbage collection of the server hits both alike.
    if (round % 2 === 0) mine.push(await ours(session));
    theirs.push(await pyvmomi.list());
    if (round % 2 === 1) mine.push(await ours(session));
  }
  const [a, b] = [mine[0], theirs[0]];
  if (a?.machines !== b?.machines || a?.macs !== b?.macs || a?.macs === 0) {
    throw new Error(`the two did not list the same: ${JSON.stringify([a, b])}`);
  }
  const ms = median(mine.map((listing) => listing.ms));
  const pyvmomiMs = median(theirs.map((listing) => listing.ms));
  const round = (value: number) => Math.round(value);
  const result = {
    bench: 'inventory',
    vs_pyvmomi: Number((ms / pyvmomiMs).toFixed(2)),
    first_rows_ms: round(median(mine.map(({ firstMs }) => firstMs))),
    ms: round(ms),
    pyvmomi_ms: round(pyvmomiMs),
    machines: a?.machines,
    rounds: ROUNDS,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  pyvmomi.stop();
  await session.close();
} finally {
  await sim.stop();
}
