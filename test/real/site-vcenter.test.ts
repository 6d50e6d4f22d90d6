import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ESXI_RELEASES } from '../../src/main/guide/esxi-releases.ts';
import { readBack } from '../bed/vcsim/read-back.ts';
import { startVcsim, type Vcsim } from '../bed/vcsim.ts';
import { notDone, RealLab } from './real-lab.ts';

let sim: Vcsim;
let lab: RealLab;
let secret: string[];

const states = () => lab.states(...secret);

beforeAll(async () => {
  const newest = ESXI_RELEASES.find(({ version }) => version === '6.5.0')!;
  sim = await startVcsim({ mode: 'vcenter', build: String(newest.build) });
  const { host: address, port, user } = sim;
  lab = await RealLab.make({
    version: 1,
    name: 'bed vcenter',
    id: 'bed-vcenter',
    sites: { rack: { address, port, user, password: 'rack-password', host: 'DC0_H0' } },
    networks: {
      pxe: { on: 'rack', portgroup: 'maas-pxe', provisioning: true },
      outer: { on: 'rack', portgroup: 'DC0_DVPG0' },
    },
    machines: {
      node: { on: 'rack', memory_mib: 2048, disks_gib: [8], networks: ['pxe', 'outer'] },
    },
  });
  const file = join(lab.directory, 'password');
  await writeFile(file, sim.password, { mode: 0o600 });
  secret = ['--secret', `rack-password=@${file}`];
  const { findings } = await lab.check(...secret);
  const fingerprint = String(findings['site.reachable']?.reason.params?.fingerprint);
  await lab.run('trust', '--host', 'rack', '--fingerprint', fingerprint, ...secret);
}, 180_000);

afterAll(async () => {
  await lab?.remove();
  await sim?.stop();
});

describe('the chapters on a vCenter, by the command line against vcsim', {
  timeout: 120_000,
}, () => {
  test('say what it is, which hosts it has, and on which of them things are made', async () => {
    const { findings } = await lab.check(...secret);
    expect(findings['site.reachable']?.reason).toMatchObject({
      key: 'site.reachable.vcenter',
      params: { n: 4 },
    });
    expect(findings['site.place']?.reason).toEqual({
      key: 'site.place.vcenter',
      params: { host: 'DC0_H0', datacenter: 'DC0' },
    });
  });

  test('make a network and a machine on that host, and take both back', async () => {
    const planned = await lab.run('plan', ...secret);
    expect(planned.stdout).toContain('govc host.portgroup.add -host DC0_H0');
    const applied = await lab.run('apply', '--yes', ...secret);
    const said = applied.code === 0 ? '' : applied.stderr + applied.stdout;
    expect({ code: applied.code, said }).toEqual({ code: 0, said: '' });
    expect(notDone(await states())).toEqual({});
    const { machines } = await readBack(sim, 'node');
    expect(machines).toHaveLength(1);

    const { stdout } = await lab.run('journal', '--json', '--limit', '400');
    const { rows } = JSON.parse(stdout) as { rows: { entry: { kind: string; run?: string } }[] };
    const run = rows.find(({ entry }) => entry.kind === 'run-started')?.entry.run ?? '';
    expect((await lab.run('undo', '--run', run, '--yes', ...secret)).code).toBe(0);
    expect((await readBack(sim, 'node')).machines).toEqual([]);
  });
});
