import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { ESXI_RELEASES } from '../../src/main/guide/esxi-releases.ts';
import { readBack } from '../bed/vcsim/read-back.ts';
import { startVcsim, type Vcsim } from '../bed/vcsim.ts';
import { notDone, RealLab } from './real-lab.ts';

let sim: Vcsim;
let lab: RealLab;
let secret: string[];

const plan = (): PlanInput => ({
  version: 1,
  name: 'bed site',
  id: 'bed-site',
  sites: {
    rack: { address: sim.host, port: sim.port, user: sim.user, password: 'rack-password' },
  },
  networks: { pxe: { on: 'rack', portgroup: 'maas-pxe', provisioning: true } },
  machines: {
    node: { on: 'rack', count: 2, memory_mib: 2048, disks_gib: [16, 8], networks: ['pxe'] },
  },
});

async function apply(...steps: string[]): Promise<void> {
  const args = steps.flatMap((step) => ['--step', step]);
  const { code, stderr, stdout } = await lab.run('apply', '--yes', ...secret, ...args);
  expect({ code, said: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, said: '' });
}

const states = () => lab.states(...secret);

beforeAll(async () => {
  // vcsim calls itself 6.5.0; one that is behind on its patches would only add a card to every list.
  const newest = ESXI_RELEASES.find(({ version }) => version === '6.5.0')!;
  sim = await startVcsim({ mode: 'esx', build: String(newest.build) });
  lab = await RealLab.make(plan());
  const file = join(lab.directory, 'password');
  await writeFile(file, sim.password, { mode: 0o600 });
  secret = ['--secret', `rack-password=@${file}`];
}, 180_000);

afterAll(async () => {
  await lab?.remove();
  await sim?.stop();
});

describe('the chapters on a site, by the command line against vcsim', { timeout: 60_000 }, () => {
  test('an unknown certificate stops everything until its fingerprint is trusted', async () => {
    const { code, findings } = await lab.check(...secret);
    expect(code).toBe(2);
    const { reason } = findings['site.reachable'] ?? {};
    expect(reason?.key).toBe('error.site-certificate-unknown');
    const wrong = ['--host', 'rack', '--fingerprint', 'AA:BB', ...secret];
    expect((await lab.run('trust', ...wrong)).code).toBe(2);
    const fingerprint = String(reason?.params?.fingerprint);
    const right = ['--host', 'rack', '--fingerprint', fingerprint, ...secret];
    const { code: trusted, stderr } = await lab.run('trust', ...right);
    expect({ trusted, stderr: trusted === 0 ? '' : stderr }).toEqual({ trusted: 0, stderr: '' });
  });

  test('a wrong password is named, and the right one is not kept anywhere', async () => {
    const file = join(lab.directory, 'wrong');
    await writeFile(file, 'wrong');
    const { findings } = await lab.check('--secret', `rack-password=@${file}`);
    expect(findings['site.reachable']?.reason.key).toBe('error.site-login-refused');
    const { stdout } = await lab.run('journal', '--json', '--limit', '400');
    expect(stdout).not.toContain(sim.password);
  });

  test('check says what is to do, and changes nothing', async () => {
    const before = await readBack(sim, 'node-1');
    expect(await states()).toMatchObject({
      'site.reachable': 'done',
      'site.licence': 'done',
      'network.portgroup': 'todo',
      'nodes.room': 'done',
      'nodes.machine': 'blocked',
    });
    expect(await readBack(sim, 'node-1')).toEqual(before);
  });

  test('apply makes network and machines as they were shown; a second time nothing is to do', async () => {
    const planned = await lab.run('plan', '--json', ...secret);
    const { digest, steps } = JSON.parse(planned.stdout) as {
      digest: string;
      steps: { actions: { kind: string; equivalent: string[] }[] }[];
    };
    const lines = steps.flatMap(({ actions }) => actions.flatMap(({ equivalent }) => equivalent));
    expect(lines.join('\n')).toContain('govc host.portgroup.add');
    expect(lines.join('\n')).toContain('govc vm.create');
    const applied = await lab.run('apply', '--expect', digest, ...secret);
    const said = applied.code === 0 ? '' : applied.stderr + applied.stdout;
    expect({ code: applied.code, said }).toEqual({ code: 0, said: '' });
    expect(notDone(await states())).toEqual({});
    const again = await lab.run('apply', '--yes', '--json', ...secret);
    expect(JSON.parse(again.stdout)).not.toHaveProperty('run');

    // The library that MAAS itself uses sees the same machines.
    for (const name of ['node-1', 'node-2']) {
      const { machines, portgroups } = await readBack(sim, name);
      expect(machines).toHaveLength(1);
      expect(machines[0]?.annotation).toBe(`labwright lab=bed-site machine=${name}`);
      expect(machines[0]?.devices.find(({ mac }) => mac)?.mac).toMatch(/^00:50:56:[0-3]/i);
      expect(machines[0]?.power).toBe('poweredOff');
      expect(portgroups.map((each) => each.name)).toContain('maas-pxe');
    }
  });

  test('another size in the plan is mended while the machine is off', async () => {
    await lab.change((text) => text.replace('memory_mib: 2048', 'memory_mib: 3072'));
    expect((await states())['nodes.machine']).toBe('drifted');
    await apply('nodes.machine');
    expect(notDone(await states())).toEqual({});
  });

  test('a snapshot is taken first by the site itself, reverted to, and removed', async () => {
    const snapshots = async () => (await readBack(sim, 'node-1')).machines[0]?.snapshots;
    const changed = async (...args: string[]) => {
      const { code, stderr } = await lab.run(args[0]!, '--yes', ...args.slice(1), ...secret);
      expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
    };
    const mended = async (memory: number) => {
      await lab.change((text) => text.replace(/memory_mib: \d+/, `memory_mib: ${memory}`));
      const step = ['--step', 'nodes.machine@node-1', '--snapshot', ...secret];
      const { code, stdout } = await lab.run('apply', '--yes', '--json', ...step);
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { run: { id: string } }).run.id;
    };
    const one = await mended(2048);
    expect(await snapshots()).toEqual([`labwright-${one}`]);
    await changed('undo', '--run', one, '--revert');
    expect(await snapshots()).toEqual([]);
    const two = await mended(3072);
    expect(await snapshots()).toEqual([`labwright-${two}`]);
    await changed('drop-snapshots', '--run', two);
    expect(await snapshots()).toEqual([]);
    await apply('nodes.machine');
  });

  test('the lab is taken down, and exactly what was there before is left', async () => {
    const { code, stderr } = await lab.run('teardown', '--yes', ...secret);
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
    const { machines, portgroups, switches } = await readBack(sim, 'node-1');
    expect(machines).toEqual([]);
    expect(portgroups.map(({ name }) => name)).not.toContain('maas-pxe');
    expect(switches.filter((name) => name.startsWith('labwright'))).toEqual([]);
    expect((await states())['network.portgroup']).toBe('drifted');
  });
});
