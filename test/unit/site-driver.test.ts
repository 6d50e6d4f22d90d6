import { afterEach, describe, expect, test } from 'vitest';
import type { Run } from '../../src/contract/run.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { type EsxiPair, type EsxiPairOptions, startEsxiPair } from './support/esxi-pair.ts';

let pair: EsxiPair;

async function start(options: EsxiPairOptions = {}): Promise<void> {
  pair = await startEsxiPair(options);
  if (options.licence !== 'evaluation') pair.site.host.services[0]!.running = true;
}

afterEach(() => pair.close());

/** State of each step by its own name; of several instances the first that is not done. */
async function ticks(): Promise<Record<string, string>> {
  const states: Record<string, string> = {};
  for (const { step, state } of await pair.session.findings.check({ fresh: false })) {
    if (states[step] === undefined || states[step] === 'done') states[step] = state;
  }
  return states;
}

const finding = (id: string) => pair.session.state.findings[id]!;
const preview = () => pair.session.runs.preview(undefined);

async function apply(steps?: string[]): Promise<Run> {
  const { digest } = await pair.session.runs.preview(steps);
  const { id } = await pair.session.runs.apply(steps, digest);
  await pair.session.runs.settled();
  return pair.session.state.runs.find((run) => run.id === id)!;
}

/** Where the actions of a preview are done, by kind. */
async function ways(): Promise<string[]> {
  const { steps } = await preview();
  const said = steps.flatMap(({ actions }) =>
    actions.map(({ kind, target }) => `${kind} ${target}`),
  );
  return [...new Set(said)];
}

const writes = () =>
  pair.site.requests.filter(({ method }) => /^(Add|CreateVM|Update|Start|Power)/.test(method));
const registered = async () => (await pair.shell.host.run('vim-cmd vmsvc/getallvms')).stdout;
const failures = (run: Run) =>
  run.steps.flatMap(({ actions, failure }) => [
    ...actions.flatMap((action) => action.failure?.code ?? []),
    ...(failure === undefined ? [] : [failure.code]),
  ]);

describe('a site with a free licence and the shell of the same host', { timeout: 30_000 }, () => {
  test('is planned by the shell, all of it, with the reason; the API writes nothing', async () => {
    await start();
    expect(await ticks()).toMatchObject({
      'site.licence': 'done',
      'site.ssh': 'done',
      'site.shell': 'done',
      'network.portgroup': 'todo',
    });
    expect(finding('site.licence@rack').reason.key).toBe('site.licence.by-shell');
    expect(finding('site.shell@rack').reason).toEqual({
      key: 'site.shell.licence',
      params: { site: 'rack', host: 'rack-shell' },
    });
    expect(await ways()).toEqual(['script rack-shell']);
    const run = await apply();
    expect([failures(run), run.state]).toEqual([[], 'succeeded']);
    expect(await ticks()).toMatchObject({
      'network.portgroup': 'done',
      'network.policy': 'done',
      'nodes.machine': 'done',
    });
    expect((await preview()).steps).toEqual([]);
    expect(writes()).toEqual([]);
    // The switch has the name that it would have had by the API.
    expect(pair.shell.esxi.portgroups.get('PROV')).toMatchObject({ switch: 'labwright-PROV' });

    // Machines are the same ones, whichever driver makes them.
    const [spec] = machineSpecs(pair.session.plan);
    const vmx = (await pair.shell.host.run('cat /vmfs/volumes/datastore1/node/node.vmx')).stdout;
    expect(vmx).toContain(spec!.nics[0]!.mac);
    expect(spec!.nics[0]!.mac).toMatch(/^00:50:56:[0-3]/);
    // One machine, one inventory: that of the site.
    expect(Object.keys(pair.session.state.inventories)).toEqual(['rack']);

    const undo = pair.session.runs.previewUndo(run.id);
    pair.session.runs.undo(run.id, undo.digest);
    await pair.session.runs.settled();
    expect(pair.shell.esxi.portgroups.has('PROV')).toBe(false);
    expect(await registered()).not.toContain('node.vmx');
    expect(writes()).toEqual([]);
  });

  test('whose shell is another machine’s is blocked, and nothing is done on either', async () => {
    await start();
    pair.shell.esxi.hardwareUuid = '11111111-2222-3333-4444-555555555555';
    expect(await ticks()).toMatchObject({
      'site.shell': 'manual',
      'network.portgroup': 'blocked',
      'nodes.machine': 'blocked',
    });
    expect(finding('site.shell@rack').reason).toMatchObject({
      key: 'site.shell.other',
      params: { ours: '11111111-2222-3333-4444-555555555555' },
    });
    expect((await preview()).steps).toEqual([]);
  });

  test('whose SSH is off asks a person, because the API may not start it', async () => {
    await start();
    pair.site.host.services[0]!.running = false;
    expect(await ticks()).toMatchObject({ 'site.ssh': 'manual', 'site.shell': 'blocked' });
    expect(finding('site.ssh@rack').reason.key).toBe('site.ssh.by-hand');
    expect((await preview()).steps).toEqual([]);
  });

  test('with EFI machines says that only the API can make them', async () => {
    const efi = (firmware: 'efi') => ({ on: 'rack', networks: ['pxe'], firmware });
    await start({ change: (plan) => ({ ...plan, machines: { node: efi('efi') } }) });
    await ticks();
    expect(finding('site.shell@rack').reason).toEqual({
      key: 'site.shell.efi',
      params: { names: 'node' },
    });
  });

  test('without a shell in the plan stays what it was: a card, and nothing is planned', async () => {
    await start({
      change: (plan) => {
        const { shell: _, ...rack } = plan.sites!.rack!;
        return { ...plan, sites: { rack } };
      },
    });
    expect(await ticks()).toMatchObject({
      'site.licence': 'manual',
      'network.portgroup': 'blocked',
    });
    expect(await ticks()).not.toHaveProperty('site.shell');
  });

  test('the time of the host is set by its shell, where esxcli can', async () => {
    const ntp = ['ntp.example', '192.0.2.4'];
    await start({
      version: '7.0.3',
      build: '24784741',
      change: (plan) => ({ ...plan, sites: { rack: { ...plan.sites!.rack!, ntp } } }),
    });
    expect(await ticks()).toMatchObject({ 'site.ntp': 'todo', 'site.clock': 'blocked' });
    const run = await apply(['site.ntp']);
    expect([failures(run), run.state]).toEqual([[], 'succeeded']);
    expect(pair.shell.esxi.ntp).toEqual({ enabled: true, servers: ntp });
    expect(pair.shell.esxi.ntpPortOpen).toBe(true);
    expect(await ticks()).toMatchObject({ 'site.ntp': 'done', 'site.clock': 'done' });
    const undo = pair.session.runs.previewUndo(run.id);
    pair.session.runs.undo(run.id, undo.digest);
    await pair.session.runs.settled();
    expect(pair.shell.esxi.ntp).toEqual({ enabled: false, servers: [] });
    expect(pair.shell.esxi.ntpPortOpen).toBe(false);
  });
});

describe('a site whose API may write', { timeout: 30_000 }, () => {
  test('is used by it, although a shell is there; SSH is started because the plan names the host', async () => {
    await start({ licence: 'evaluation' });
    expect(await ticks()).toMatchObject({ 'site.licence': 'done', 'site.ssh': 'todo' });
    expect(await ways()).toEqual(['site rack']);
    const run = await apply();
    expect([failures(run), run.state]).toEqual([[], 'succeeded']);
    expect(pair.site.host.services[0]).toMatchObject({ running: true, policy: 'off' });
    expect(finding('site.shell@rack').reason.key).toBe('site.shell.api');
    expect(pair.site.host.machine('node')).toBeDefined();
    expect(await registered()).not.toContain('node.vmx');
    const undo = pair.session.runs.previewUndo(run.id);
    expect(undo.steps.at(-1)?.id).toBe('site.ssh@rack');
    pair.session.runs.undo(run.id, undo.digest);
    await pair.session.runs.settled();
    expect(pair.site.host.services[0]).toMatchObject({ running: false, policy: 'off' });
  });

  test('says that the shell in the plan is another machine’s, and goes on without it', async () => {
    await start({ licence: 'evaluation' });
    pair.shell.esxi.hardwareUuid = '11111111-2222-3333-4444-555555555555';
    await ticks();
    await apply(['site.ssh']);
    await ticks();
    expect(finding('site.shell@rack').state).toBe('done');
    expect(finding('site.shell@rack').notes.map(({ key }) => key)).toEqual(['site.shell.other']);
  });

  test('that refuses the first write fails the run; the next plan goes by the shell, also after a restart', async () => {
    await start({ licence: 'evaluation' });
    pair.site.host.services[0]!.running = true;
    await ticks();
    expect(await ways()).toEqual(['site rack']);
    pair.site.host.readOnly = true;
    const run = await apply();
    expect(run.state).toBe('failed');
    expect(failures(run)).toContain('site-licence-read-only');
    expect(writes()).toHaveLength(1);
    // Nothing of that run went by the shell.
    expect(pair.shell.esxi.portgroups.has('PROV')).toBe(false);

    await ticks();
    expect(finding('site.shell@rack').reason.key).toBe('site.shell.refused');
    expect(await ways()).toEqual(['script rack-shell']);
    const again = await apply();
    expect([failures(again), again.state]).toEqual([[], 'succeeded']);
    expect(writes()).toHaveLength(1);
    expect(pair.session.journal.facts().map(({ key }) => key)).toContain('site-writes-refused');

    // Another licence: the API is asked again, and what it lets through takes the note away.
    pair.site.host.licence = 'free';
    await ticks();
    expect(finding('site.shell@rack').reason.key).toBe('site.shell.licence');
  });

  test('whose licence changes between the preview and the run is not changed by another driver than shown', async () => {
    await start();
    await ticks();
    const { digest } = await preview();
    pair.site.host.licence = 'evaluation';
    pair.site.host.readOnly = false;
    const { id } = await pair.session.runs.apply(undefined, digest);
    await pair.session.runs.settled();
    const run = pair.session.state.runs.find((each) => each.id === id)!;
    expect(run.state).toBe('failed');
    expect(run.steps[0]?.failure).toMatchObject({
      code: 'driver-changed',
      reason: { key: 'run.driver-changed', params: { from: 'rack-shell', to: 'rack' } },
    });
    expect(writes()).toEqual([]);
    expect(pair.shell.esxi.portgroups.has('PROV')).toBe(false);
  });

  test('what the shell made is taken back by the shell, also when the API may write by then', async () => {
    await start();
    await ticks();
    const run = await apply();
    expect(run.state).toBe('succeeded');
    pair.site.host.licence = 'evaluation';
    pair.site.host.readOnly = false;
    await ticks();
    const undo = pair.session.runs.previewUndo(run.id);
    const targets = undo.steps.flatMap(({ actions }) => actions.map(({ target }) => target));
    expect([...new Set(targets)]).toEqual(['rack-shell']);
    pair.session.runs.undo(run.id, undo.digest);
    await pair.session.runs.settled();
    expect(await registered()).not.toContain('node.vmx');
  });
});

test('power of a machine goes by the driver of its site', async () => {
  await start();
  await ticks();
  await apply();
  const { uuid } = machineSpecs(pair.session.plan)[0]!;
  // The simulated API does not see what the shell registered: what it would show is put there.
  pair.site.host.addForeign({ name: 'node', mac: '00:50:56:00:00:09' });
  const inventory = pair.session.state.inventories.rack!.inventory;
  const machine = { ...inventory.machines[0]!, uuid, owner: { lab: 'pair-lab', machine: 'node' } };
  inventory.machines.push(machine);
  const { steps } = pair.session.runs.previewPower('rack', uuid, 'on');
  expect(steps[0]?.actions.map(({ kind, target }) => [kind, target])).toEqual([
    ['script', 'rack-shell'],
  ]);
});
