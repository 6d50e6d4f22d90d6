import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { proposePlan } from '../../src/main/app/propose-plan.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { startPracticeEsxi } from '../../src/main/practice/practice-esxi.ts';
import { type EsxiRoom, startEsxiRoom } from '../../src/main/practice/practice-lab.ts';
import { runScript } from '../../src/main/ssh/run-script.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

const STORE = '/vmfs/volumes/datastore1';

let room: EsxiRoom;
let session: LabSession;

beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-esxi-'));
  room = await startEsxiRoom({ directory, now: Date.now });
  // The patch has tests of its own (esxi-patch.test.ts); it restarts the host, which takes time.
  const text = await readFile(room.path, 'utf8');
  await writeFile(room.path, text.replace(/^ {4}esxi:\n( {6}.*\n)+/m, ''));
  session = await open();
});

afterEach(async () => {
  await session.close();
  await room.close();
});

const open = () =>
  LabSession.open({
    path: room.path,
    practice: true,
    chapters: CHAPTERS,
    vault: new MemoryVault(),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, Math.min(milliseconds, 50))),
    who: 'ann',
  });

const check = async () => {
  const findings = await session.findings.check({ fresh: false });
  return Object.fromEntries(findings.map(({ id, state }) => [id, state]));
};
const finding = (id: string) => session.state.findings[id];

async function apply(steps?: string[]) {
  const { digest } = await session.runs.preview(steps);
  const { id } = await session.runs.apply(steps, digest);
  await session.runs.settled();
  const run = session.state.runs.find((each) => each.id === id);
  return run!;
}

async function undo(run: string): Promise<void> {
  session.runs.undo(run, session.runs.previewUndo(run).digest);
  await session.runs.settled();
}

const onHost = async (script: string) => (await room.host.run(script)).stdout;
/** All that a run could have changed, files and what hostd knows. */
const everything = async () => ({
  files: await onHost(`find /vmfs -name '*' | sort; cat ${STORE}/*/*.vmx`),
  vms: [...room.esxi.vms.values()].map((vm) => ({ ...vm })),
  switches: [...room.esxi.switches],
  portgroups: structuredClone([...room.esxi.portgroups]),
});

const DONE = {
  'esxi.installed@esxi': 'done',
  'esxi.reachable@esxi': 'done',
  // The host of the room lags behind; that is a card, and nothing waits for it.
  'esxi.version@esxi': 'manual',
  'esxi.licence@esxi': 'done',
  'esxi.clock@esxi': 'done',
  'esxi.storage@esxi': 'done',
  'network.portgroup@lan': 'done',
  'network.portgroup@pxe': 'done',
  'network.policy@lan': 'done',
  'network.policy@pxe': 'done',
  'nodes.room@esxi': 'done',
  'nodes.machine@node-1': 'done',
  'nodes.machine@node-2': 'done',
  'nodes.machine@builder': 'done',
  'nodes.leftovers@esxi': 'done',
};

describe('the ESXi room', { timeout: 60_000 }, () => {
  test('is checked, previewed, applied and proven; a second time nothing is to do; drift is mended; an undo takes all back', async () => {
    const before = await everything();
    expect(await check()).toMatchObject({
      'esxi.reachable@esxi': 'done',
      'network.portgroup@lan': 'done',
      'network.portgroup@pxe': 'todo',
      'network.policy@lan': 'todo',
      'nodes.room@esxi': 'done',
    });
    expect(finding('esxi.licence@esxi')?.notes?.map(({ key }) => key)).toEqual([
      'esxi.licence.free-power',
    ]);
    const run = await apply();
    expect(run.steps.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(run.state).toBe('succeeded');
    expect(await check()).toEqual(DONE);
    expect((await session.runs.preview(undefined)).steps).toEqual([]);
    const listed = await onHost('vim-cmd vmsvc/getallvms');
    expect(listed).toContain('labwright lab=practice-esxi machine=node-1');
    expect(room.esxi.portgroups.get('PROV')).toMatchObject({ switch: 'PROV', vlan: 0 });
    expect(room.esxi.switches.get('PROV')).toEqual({ uplinks: [] });

    // A person puts the disk first and takes a processor away.
    await onHost(
      `sed -i 's/^bios.bootOrder = .*/bios.bootOrder = "hdd"/; s/^numvcpus = .*/numvcpus = "1"/' ${STORE}/node-1/node-1.vmx`,
    );
    expect(await check()).toMatchObject({ 'nodes.machine@node-1': 'drifted' });
    const drifted = await onHost(`cat ${STORE}/node-1/node-1.vmx`);
    const mending = await apply();
    expect(mending.state).toBe('succeeded');
    expect(await onHost(`cat ${STORE}/node-1/node-1.vmx`)).not.toBe(drifted);
    await undo(mending.id);
    expect(await onHost(`cat ${STORE}/node-1/node-1.vmx`)).toBe(drifted);
    await check();
    expect((await apply()).state).toBe('succeeded');
    expect(await onHost(`cat ${STORE}/node-1/node-1.vmx`)).toContain(
      'bios.bootOrder = "ethernet0,hdd"',
    );
    expect(await check()).toEqual(DONE);

    await undo(run.id);
    expect(await everything()).toEqual(before);
  });

  test('a machine of someone else with a planned name is left alone, and said', async () => {
    await onHost(
      `mkdir ${STORE}/node-1 && printf 'config.version = "8"\\ndisplayName = "node-1"\\n' > ${STORE}/node-1/node-1.vmx && vim-cmd solo/registervm ${STORE}/node-1/node-1.vmx`,
    );
    const theirs = await onHost(`cat ${STORE}/node-1/node-1.vmx`);
    await check();
    await apply();
    expect(finding('nodes.machine@node-1')).toMatchObject({
      state: 'manual',
      reason: { key: 'machine.foreign' },
    });
    expect(finding('nodes.machine@node-2')?.state).toBe('done');
    expect(await onHost(`cat ${STORE}/node-1/node-1.vmx`)).toBe(theirs);
  });

  test('a portgroup that someone else made is used as it is, or left alone where the plan says otherwise', async () => {
    const open = { promiscuous: true, forgedTransmits: true, macChanges: true };
    room.esxi.portgroups.set('PROV', { switch: 'vSwitch0', vlan: 5, policy: open });
    room.esxi.portgroups.set('VM Network', { switch: 'vSwitch9', vlan: 0 });
    expect(await check()).toMatchObject({
      'network.portgroup@pxe': 'done',
      'network.policy@pxe': 'done',
      'network.portgroup@lan': 'manual',
    });
    expect(finding('network.portgroup@lan')?.reason.key).toBe('portgroup.other-switch');
    room.esxi.portgroups.delete('VM Network');
    await check();
    expect(finding('network.portgroup@lan')?.reason.key).toBe('portgroup.absent');
    room.esxi.switches.delete('vSwitch0');
    await check();
    expect(finding('network.portgroup@lan')?.reason.key).toBe('portgroup.no-switch');
    expect((await session.runs.preview(['network.portgroup'])).steps).toEqual([]);
  });

  test('a plan for another VLAN and another datastore says what is not so', async () => {
    const changed = (await readFile(room.path, 'utf8'))
      .replace('switch: vSwitch0', 'switch: vSwitch0\n    vlan: 7')
      .replace('count: 2', 'count: 2\n    datastore: elsewhere');
    await session.savePlan(changed, session.state.plan.sha256);
    await check();
    expect(finding('network.portgroup@lan')?.reason.key).toBe('portgroup.other-vlan');
    expect(finding('esxi.storage@esxi')).toMatchObject({
      state: 'manual',
      reason: { params: { name: 'elsewhere', known: 'datastore1' } },
    });
    expect((await session.runs.preview(['nodes.machine'])).steps).toEqual([]);
  });

  test('a full datastore is said with the words of the host, nothing half-made stays, and it goes on after', async () => {
    await check();
    await apply(['network.portgroup', 'network.policy']);
    const before = await everything();
    // A .vmx still fits, the first block of a disk does not.
    room.esxi.freeBytes = 500_000;
    await check();
    expect(finding('nodes.room@esxi')?.notes.map(({ key }) => key)).toContain(
      'nodes.room.disk-over',
    );
    const run = await apply(['nodes.machine']);
    expect(run.state).toBe('failed');
    expect(run.steps[0]?.failure?.reason.key).toBe('esxi.failed.noRoom');
    expect(run.steps[0]?.failure?.output).toContain('There is not enough space');
    expect(await everything()).toEqual(before);
    room.esxi.freeBytes = 100 * 1024 ** 3;
    await check();
    expect((await apply(['nodes.machine'])).state).toBe('succeeded');
  });

  test('a hostd that restarts while it is asked is asked again', async () => {
    room.esxi.restarting = 1;
    expect(await check()).toMatchObject({
      'esxi.storage@esxi': 'done',
      'esxi.licence@esxi': 'done',
    });
    expect(room.esxi.restarting).toBe(0);
  });

  test('an evaluation does the same; only its words differ, and the hardware is the host’s newest', async () => {
    room.esxi.licence = 'evaluation';
    await check();
    expect(finding('esxi.licence@esxi')?.reason).toEqual({
      key: 'esxi.licence.evaluation',
      params: { days: 41 },
    });
    expect((await apply()).state).toBe('succeeded');
    expect(await onHost(`cat ${STORE}/node-1/node-1.vmx`)).toContain('virtualHW.version = "14"');
  });

  test('the licence key is in no fact and no journal', async () => {
    await check();
    await session.close();
    const journal = await readFile(join(dirname(room.path), '.labwright', 'journal.db'), 'latin1');
    expect(journal).toContain('vSphere 6 Hypervisor');
    expect(journal).not.toContain('0A0B0-0C0D0');
    session = await open();
  });

  test('another host behind the same key is noticed by the UUID of its system', async () => {
    await check();
    room.esxi.uuid = '11111111-2222-3333-4444-555555555555';
    await check();
    expect(finding('esxi.reachable@esxi')?.state).toBe('unknown');
    expect(session.state.hosts.esxi).toMatchObject({ connection: 'changed' });
    expect(session.state.hosts.esxi?.error?.code).toBe('host-identity-changed');
  });

  test('jobs leave nothing in the home of root, which is a RAM disk that must not fill up', async () => {
    await check();
    await apply();
    expect(await onHost('ls -a /.local 2>/dev/null; ls -a /tmp')).toContain('labwright');
    expect(await onHost('ls /.local 2>/dev/null')).toBe('');
  });
});

test('a password is given by answering questions, also none, as ESXi asks them', async () => {
  const { host } = await startPracticeEsxi({ password: 'pass word' });
  const login = { name: 'esxi', address: host.address, port: host.port, user: host.user };
  const verify = async () => {};
  const right = await connectSsh2({
    login: { ...login, password: 'pass word' },
    knownKeyTypes: [],
    verify,
  });
  const result = await runScript(right, {
    host: 'esxi',
    script: 'vmware -v',
    sudo: false,
    deadlineMs: 10_000,
  });
  expect(result.stdout.toString()).toBe('VMware ESXi 6.7.0 build-14320388\n');
  right.end();
  const wrong = connectSsh2({ login: { ...login, password: 'x' }, knownKeyTypes: [], verify });
  await expect(wrong).rejects.toMatchObject({ code: 'host-auth-failed' });
  await host.close();
});

test('an ESXi host among those that a lab is proposed from gets its role, and is no mirror', async () => {
  const { host } = await startPracticeEsxi({ password: 'pass word' });
  const vault = new MemoryVault();
  await vault.set('esxi-password', 'pass word');
  const { text, unreached } = await proposePlan({
    hosts: [
      { name: 'esxi', address: host.address, port: host.port, user: 'root', auth: 'password' },
    ],
    accept: [{ address: host.address, fingerprint: host.hostKeyFingerprint }],
    vault,
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
  });
  expect(unreached).toEqual([]);
  expect(readPlan(text).plan).toMatchObject({ hosts: { esxi: { role: 'esxi' } } });
  expect(text).not.toContain('mirror');
  await host.close();
});
