import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabState } from '../../src/contract/lab-state.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { listMachines, type MachineRow } from '../../src/main/drivers/vsphere/machines.ts';
import { powerOff } from '../../src/main/drivers/vsphere/power.ts';
import { openSession } from '../../src/main/drivers/vsphere/session.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { startVcsim, type Vcsim } from '../bed/vcsim.ts';
import { RealLab } from './real-lab.ts';

let sim: Vcsim;
let lab: RealLab;
let session: LabSession;

beforeAll(async () => {
  sim = await startVcsim({ mode: 'esx' });
  const site = { address: sim.host, port: sim.port, user: sim.user, password: 'rack-password' };
  lab = await RealLab.make({ version: 1, name: 'push', sites: { rack: site }, hosts: {} });
  const vault = new MemoryVault();
  await vault.set('rack-password', sim.password);
  session = await LabSession.open({
    path: join(lab.directory, 'lab.yaml'),
    practice: false,
    chapters: CHAPTERS,
    vault,
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    who: 'ann',
  });
}, 180_000);

afterAll(async () => {
  await session?.close();
  await lab?.remove();
  await sim?.stop();
});

/** Follows the lab as a page does, until it is so. */
async function until(condition: (state: LabState) => unknown): Promise<void> {
  for await (const _ of session.watch(AbortSignal.timeout(20_000))) {
    if (condition(session.state)) return;
  }
}

test('what someone else does at a site is seen without being asked for', async () => {
  session.follow();
  await session.findings.check({ fresh: false });
  const offered = session.state.hosts.rack?.offered?.fingerprint ?? '';
  await session.identities.trust('rack', offered, false);
  await session.findings.check({ fresh: false });
  const machines = () => session.state.inventories.rack?.inventory.machines ?? [];
  const running = machines().filter(({ power }) => power === 'on');
  expect(running.length).toBeGreaterThan(0);

  const other = await openSession(
    { name: 'rack', address: sim.host, port: sim.port, pin: offered },
    { user: sim.user, password: async () => sim.password },
  );
  const rows: MachineRow[] = [];
  for await (const page of listMachines(other)) rows.push(...page);
  const victim = rows.find(({ power }) => power === 'poweredOn');
  await powerOff(other, victim!.ref);
  await other.close();
  await until(() => machines().some(({ name, power }) => name === victim?.name && power === 'off'));
  expect(machines().filter(({ power }) => power === 'on')).toHaveLength(running.length - 1);
});
