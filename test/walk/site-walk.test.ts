import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '../../src/contract/run.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LAB_FOLDER, LabSession } from '../../src/main/app/lab-session.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { type EsxiApiLab, startEsxiApiLab } from '../../src/main/practice/esxi/esxi-api-lab.ts';
import type { Licence } from '../../src/main/practice/esxi/esxi-host.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { withPracticeSecrets } from '../../src/main/vault/practice-secrets.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

let lab: EsxiApiLab;
let one: LabSession;
let clock: number;
/** Called between two words of each task, so that a test can do something in the middle. */
let between: () => void;

async function start(licence: Licence = 'evaluation', tamper?: () => Promise<void>): Promise<void> {
  lab = await startEsxiApiLab({
    directory: mkdtempSync(join(tmpdir(), 'labwright-site-walk-')),
    now: () => clock,
    licence,
    wait: async () => between(),
  });
  // Two machines say as much as three.
  const plan = await readFile(lab.path, 'utf8');
  await writeFile(lab.path, plan.replace('count: 3', 'count: 2'));
  await tamper?.();
  one = await LabSession.open({
    path: lab.path,
    practice: false,
    chapters: CHAPTERS,
    vault: await withPracticeSecrets(new MemoryVault(), folder()),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: () => clock,
    wait: () => Promise.resolve(),
    who: 'ann',
  });
}

const folder = () => join(dirname(lab.path), LAB_FOLDER);
const host = () => lab.site.host;
const writes = () =>
  lab.site.requests.filter(({ method }) =>
    /^(Add|CreateVM|Reconfig|Power|Destroy_Task|Remove|Update|Start|Stop|Enable|Disable)/.test(
      method,
    ),
  );

/** State of each step by its own name, for the first of its targets that is not done. */
async function ticks(): Promise<Record<string, string>> {
  const findings = await one.findings.check({ fresh: true });
  const states: Record<string, string> = {};
  for (const { step, state } of findings) {
    if (states[step] === undefined || states[step] === 'done') states[step] = state;
  }
  return states;
}

const finding = (id: string) => one.state.findings[id]!;

async function apply(steps?: string[]): Promise<Run> {
  const { digest } = await one.runs.preview(steps);
  const { id } = await one.runs.apply(steps, digest);
  await one.runs.settled();
  return one.state.runs.find((run) => run.id === id)!;
}

async function undo(run: Run): Promise<Run> {
  const { digest } = one.runs.previewUndo(run.id);
  const { id } = one.runs.undo(run.id, digest);
  await one.runs.settled();
  return one.state.runs.find((each) => each.id === id)!;
}

/** What the first failed action of a run says. */
const failure = (run: Run) =>
  run.steps.flatMap(({ actions }) => actions).find(({ state }) => state === 'failed')?.failure;

const DONE = {
  'site.installed': 'done',
  'site.reachable': 'done',
  'site.place': 'done',
  'site.version': 'done',
  'site.licence': 'done',
  'site.storage': 'done',
  'site.clock': 'done',
  'network.portgroup': 'done',
  'nodes.room': 'done',
  'nodes.machine': 'done',
  'nodes.leftovers': 'done',
};

beforeEach(() => {
  clock = Date.UTC(2026, 10, 23);
  between = () => {};
});

afterEach(async () => {
  await one.close();
  await lab.close();
});

describe('the chapters on a practice ESXi', () => {
  test('go from check to apply, and undo leaves exactly what was there before', async () => {
    await start();
    const before = host().inventory();
    expect(await ticks()).toEqual({
      ...DONE,
      'network.portgroup': 'todo',
      'nodes.machine': 'blocked',
    });
    expect(host().inventory()).toEqual(before);

    const made = await apply();
    expect([failure(made), made.state]).toEqual([undefined, 'succeeded']);
    expect(await ticks()).toEqual(DONE);
    expect(host().machine('node-2')).toMatchObject({
      cpus: 2,
      memoryMb: 4096,
      power: 'poweredOff',
    });
    const sent = writes().length;
    expect((await one.runs.preview(undefined)).steps).toEqual([]);
    expect(writes()).toHaveLength(sent);

    // Someone turns the boot order and takes memory away.
    const node = host().machine('node-2')!;
    const turned = node.bootOrder.toReversed();
    node.bootOrder = turned;
    node.memoryMb = 1024;
    expect((await ticks())['nodes.machine']).toBe('drifted');
    const mended = await apply(['nodes.machine@node-2']);
    expect([failure(mended), mended.state]).toEqual([undefined, 'succeeded']);
    expect(await ticks()).toEqual(DONE);
    expect(host().machine('node-2')).toMatchObject({ memoryMb: 4096 });

    // Taking the mend back brings what somebody had set; taking the making back, what was there.
    expect((await undo(mended)).state).toBe('succeeded');
    expect(host().machine('node-2')).toMatchObject({ memoryMb: 1024, bootOrder: turned });
    expect((await undo(made)).state).toBe('succeeded');
    expect(host().inventory()).toEqual(before);

    const journal = JSON.stringify([...one.journal.ofRun(made.id), ...one.journal.facts()]);
    expect(journal).toContain('maas-pxe');
    expect(journal).not.toContain(lab.site.password);
    expect(JSON.stringify(one.state)).not.toContain(lab.site.password);
  });

  test('go on when the session ends in the middle of a run', async () => {
    await start();
    await ticks();
    let words = 0;
    between = () => {
      words += 1;
      // The first machine's task is under way: everybody is logged out, but no task is lost.
      if (words === 1) lab.site.endSessions();
    };
    const run = await apply();
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(words).toBeGreaterThan(1);
    const logins = lab.site.requests.filter(({ method }) => method === 'Login');
    expect(logins.length).toBeGreaterThan(1);
    expect([...host().machines.values()].map(({ name }) => name).sort()).toEqual([
      'files',
      'node-1',
      'node-2',
      'old-proxy',
    ]);
  });
});

describe('the host behind the API', () => {
  const change = async (edit: (text: string) => string) => {
    const { text, sha256 } = one.state.plan;
    const state = await one.savePlan(edit(text), sha256);
    expect(state.problems).toEqual([]);
  };
  const portgroup = (name: string) => host().portgroups.find((each) => each.name === name)!;

  test('a portgroup lets nested machines’ frames through only when the plan needs it, and gets back just what it had', async () => {
    await start();
    // Somebody’s portgroup: it sets one value itself and has the others from its switch.
    host().portgroups.push({
      name: 'LAB',
      switchName: 'vSwitch0',
      vlan: 5,
      security: { macChanges: false },
    });
    await change((text) => text.replace('portgroup: maas-pxe', 'portgroup: LAB'));
    expect(await ticks()).not.toHaveProperty('network.policy');
    expect(finding('network.portgroup@pxe').state).toBe('done');
    await change((text) => text.replace('count: 2', 'count: 2\n    nested: true'));
    const before = host().inventory();
    expect((await ticks())['network.policy']).toBe('todo');
    const [step] = (await one.runs.preview(['network.policy'])).steps;
    expect(step?.risks).toEqual(['weakens-security']);
    expect(step?.actions[0]).toMatchObject({
      kind: 'site',
      equivalent: [
        'govc host.portgroup.change -allow-promiscuous=true -mac-changes=true -forged-transmits=true LAB',
      ],
    });
    const run = await apply(['network.policy']);
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(portgroup('LAB')).toMatchObject({
      vlan: 5,
      switchName: 'vSwitch0',
      security: { allowPromiscuous: true, macChanges: true, forgedTransmits: true },
    });
    expect((await undo(run)).state).toBe('succeeded');
    expect(host().inventory()).toEqual(before);
  });

  test('a portgroup that is elsewhere than planned is somebody’s; a switch that is missing is not made up', async () => {
    await start();
    await change((text) =>
      text.replace(
        'portgroup: maas-pxe',
        'portgroup: VM Network\n    switch: vSwitch1\n    vlan: 9',
      ),
    );
    await ticks();
    expect(finding('network.portgroup@pxe').reason.key).toBe('portgroup.other-switch');
    await change((text) => text.replace('switch: vSwitch1', 'switch: vSwitch0'));
    await ticks();
    expect(finding('network.portgroup@pxe').reason.key).toBe('portgroup.other-vlan');
    await change((text) =>
      text.replace('portgroup: VM Network', 'portgroup: NEW').replace('vSwitch0', 'vSwitch7'),
    );
    await ticks();
    expect(finding('network.portgroup@pxe').reason.key).toBe('portgroup.no-switch');
    expect((await one.runs.preview(['network.portgroup'])).steps).toEqual([]);

    // On a named switch that is there it is made, and with an undo the switch stays.
    await change((text) => text.replace('vSwitch7', 'vSwitch0'));
    const before = host().inventory();
    await ticks();
    const run = await apply(['network.portgroup']);
    expect(portgroup('NEW')).toMatchObject({ switchName: 'vSwitch0', vlan: 9 });
    await undo(run);
    expect(host().inventory()).toEqual(before);
  });

  test('time servers are set with service and firewall, and put back exactly', async () => {
    await start();
    await change((text) =>
      text.replace('    datastore:', '    ntp: [ntp.example]\n    datastore:'),
    );
    const settings = () =>
      structuredClone([host().services, host().ntpServers, host().ntpPortOpen]);
    const before = settings();
    expect(await ticks()).toMatchObject({ 'site.ntp': 'todo', 'site.clock': 'blocked' });
    const run = await apply(['site.ntp']);
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(host().ntpServers).toEqual(['ntp.example']);
    expect(host().ntpPortOpen).toBe(true);
    expect(host().services.find(({ key }) => key === 'ntpd')).toMatchObject({
      running: true,
      policy: 'on',
    });
    expect(await ticks()).toMatchObject({ 'site.ntp': 'done', 'site.clock': 'done' });
    host().services[1]!.running = false;
    expect((await ticks())['site.ntp']).toBe('drifted');
    const [step] = (await one.runs.preview(['site.ntp'])).steps;
    expect(step?.actions.map(({ id }) => id)).toEqual(['start-service']);
    host().services[1]!.running = true;
    await ticks();
    expect((await undo(run)).state).toBe('succeeded');
    expect(settings()).toEqual(before);
  });

  test('a clock that is off is a card; so is a build that is behind, for which nothing waits', async () => {
    await start();
    host().clockOffsetMs = 600_000;
    expect((await ticks())['site.clock']).toBe('manual');
    expect(finding('site.clock@esxi').reason).toMatchObject({
      key: 'site.clock.off',
      params: { seconds: 600 },
    });
    host().build = '8169922';
    expect(await ticks()).toMatchObject({ 'site.version': 'manual', 'nodes.room': 'done' });
    const { reason, notes } = finding('site.version@esxi');
    expect(reason).toMatchObject({ key: 'esxi.version.older', params: { build: '8169922' } });
    expect(notes.map(({ key }) => key)).toContain('site.version.how');
    one.findings.claim('site.version@esxi', 'skipped', 'it is a lab');
    expect((await ticks())['site.version']).toBe('skipped');
  });

  test('an evaluation that has ended stops everything: no machine could be started', async () => {
    await start('expired');
    expect(await ticks()).toMatchObject({
      'site.licence': 'manual',
      'network.portgroup': 'blocked',
    });
    expect(finding('site.licence@esxi').reason.key).toBe('esxi.licence.expired');
  });

  test('nobody at the address is a card about installing, not an error', async () => {
    await start();
    await change((text) => text.replace(/port: \d+/, 'port: 1'));
    expect(await ticks()).toMatchObject({
      'site.installed': 'manual',
      'site.reachable': 'blocked',
    });
    expect(finding('site.installed@esxi').reason.key).toBe('site.installed.silent');
  });

  test('a host name that the site does not have is said before anything is made on another', async () => {
    await start();
    await change((text) => text.replace('    datastore:', '    host: esx-9\n    datastore:'));
    expect(await ticks()).toMatchObject({ 'site.place': 'manual', 'network.portgroup': 'blocked' });
    expect(finding('site.place@esxi').reason).toEqual({
      key: 'site.place.unknown',
      params: { name: 'esx-9', known: 'esxi-practice' },
    });
    await change((text) => text.replace('host: esx-9', 'host: esxi-practice'));
    expect((await ticks())['site.place']).toBe('done');
    const [step] = (await one.runs.preview(['network.portgroup'])).steps;
    // The host is part of what is shown, and of what is done.
    expect(step?.actions[0]).toMatchObject({
      call: { kind: 'add-network', host: 'esxi-practice' },
    });
    expect((await apply()).state).toBe('succeeded');
  });
});

describe('a free licence', () => {
  test('is named by the finding before anything is written', async () => {
    await start('free');
    expect(await ticks()).toMatchObject({
      'site.reachable': 'done',
      'site.licence': 'manual',
      'network.portgroup': 'blocked',
    });
    expect(finding('site.licence@esxi').reason).toMatchObject({
      key: 'site.licence.read-only',
      params: { name: 'vSphere Hypervisor' },
    });
    expect((await one.runs.preview(undefined)).steps).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test('that shows only at the first write fails the run, says what to do, and changes nothing', async () => {
    await start();
    const before = host().inventory();
    await ticks();
    host().readOnly = true;
    const run = await apply();
    expect(run.state).toBe('failed');
    expect(failure(run)?.code).toBe('site-licence-read-only');
    expect(writes()).toHaveLength(1);
    expect(host().inventory()).toEqual(before);
  });
});

describe('what is in the way', () => {
  test('another certificate stops everything before the password is sent', async () => {
    const wrong = Array.from({ length: 32 }, () => 'AA').join(':');
    await start('evaluation', async () => {
      const { address, port } = lab.site;
      const pins = JSON.stringify({ [`${address}:${port}`]: wrong });
      await writeFile(join(folder(), 'certificates.json'), pins);
    });
    expect((await ticks())['site.reachable']).toBe('unknown');
    expect(one.state.hosts.esxi).toMatchObject({
      connection: 'changed',
      offered: { fingerprint: lab.site.fingerprint },
    });
    expect(lab.site.requests).toEqual([]);
    await expect(one.identities.trust('esxi', lab.site.fingerprint, false)).rejects.toThrow(
      'host-key-changed',
    );
    await one.identities.trust('esxi', lab.site.fingerprint, true);
    expect((await ticks())['site.reachable']).toBe('done');
  });

  test('a name that belongs to somebody else’s machine is named, and the machine left alone', async () => {
    await start();
    const { id } = host().addForeign({ name: 'node-1', mac: '00:0c:29:00:00:07' });
    await ticks();
    await apply(['network.portgroup']);
    expect((await ticks())['nodes.machine']).toBe('manual');
    expect(finding('nodes.machine@node-1').reason.key).toBe('machine.foreign');
    const run = await apply();
    expect(run.steps.map(({ id: step }) => step)).toEqual(['nodes.machine@node-2']);
    expect(host().machine('node-1')?.id).toBe(id);
  });

  test('a name that is taken after the preview fails that machine only', async () => {
    await start();
    await ticks();
    await apply(['network.portgroup']);
    await ticks();
    let foreign = false;
    between = () => {
      if (!foreign && host().machine('node-1')) {
        foreign = true;
        host().addForeign({ name: 'node-2', mac: '00:0c:29:00:00:07' });
      }
    };
    const run = await apply();
    expect(foreign).toBe(true);
    expect(run.state).not.toBe('succeeded');
    expect(host().machine('node-2')?.annotation).toContain('Mori');
    expect(host().machine('node-1')?.annotation).toContain('machine=node-1');
  });

  test('a hardware address in use is found before anything is made with it', async () => {
    await start();
    const [spec] = machineSpecs(one.plan);
    host().addForeign({ name: 'copy', mac: spec!.nics[0]!.mac });
    await ticks();
    await apply(['network.portgroup']);
    await ticks();
    expect(finding('nodes.machine@node-1').reason).toMatchObject({
      key: 'machine.mac-taken',
      params: { name: 'node-1', other: 'copy' },
    });
    await apply();
    expect(host().machine('node-1')).toBeUndefined();
    expect(host().machine('node-2')).toBeDefined();
  });

  test('a full datastore fails the machine with its own words, and leaves nothing half made', async () => {
    await start();
    await ticks();
    host().datastores[0]!.freeBytes = 1000;
    const run = await apply();
    expect(failure(run)?.code).toBe('site-datastore-full');
    expect(host().machine('node-1')).toBeUndefined();
    expect(host().datastores[0]!.freeBytes).toBe(1000);
  });

  test('maintenance mode is found before anything is made', async () => {
    await start();
    host().inMaintenance = true;
    expect(await ticks()).toMatchObject({ 'nodes.room': 'manual', 'nodes.machine': 'blocked' });
    expect(finding('nodes.room@esxi').reason.key).toBe('nodes.room.maintenance');
    host().inMaintenance = false;
    expect((await ticks())['nodes.room']).toBe('done');
  });

  test('maintenance mode that begins after the check stops the run before a machine is made', async () => {
    await start();
    await ticks();
    host().inMaintenance = true;
    const run = await apply();
    expect(run.state).toBe('failed');
    const said = run.steps.map((step) => [step.id, step.state, step.failure?.reason.key]);
    expect(said).toContainEqual(['nodes.machine@node-1', 'failed', 'nodes.room.maintenance']);
    expect(host().machine('node-1')).toBeUndefined();
  });
});
