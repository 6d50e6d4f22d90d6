import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { type EsxiRoom, startEsxiRoom } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

const STORE = '/vmfs/volumes/datastore1';

let room: EsxiRoom;
let session: LabSession;

beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-esxi-'));
  room = await startEsxiRoom({ directory, now: Date.now });
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
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    who: 'ann',
  });

const check = async () => {
  const findings = await session.check({ fresh: false });
  return Object.fromEntries(findings.map(({ id, state }) => [id, state]));
};
const finding = (id: string) => session.state.findings[id];

async function apply(steps?: string[]) {
  const { digest } = await session.preview(steps);
  const { id } = await session.apply(steps, digest);
  await session.settled();
  const run = session.state.runs.find((each) => each.id === id);
  return run!;
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
  'esxi.reachable@esxi': 'done',
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
    expect((await session.preview(undefined)).steps).toEqual([]);
    const listed = await onHost('vim-cmd vmsvc/getallvms');
    expect(listed).toContain('labwright lab=practice-esxi machine=node-1');
    expect(room.esxi.portgroups.get('PROV')).toMatchObject({ switch: 'PROV', vlan: 0 });
    expect(room.esxi.switches.get('PROV')).toEqual({ uplinks: [] });

    // A person puts the disk first and takes a processor away.
    await onHost(
      `sed -i 's/^bios.bootOrder = .*/bios.bootOrder = "hdd"/; s/^numvcpus = .*/numvcpus = "1"/' ${STORE}/node-1/node-1.vmx`,
    );
    expect(await check()).toMatchObject({ 'nodes.machine@node-1': 'drifted' });
    expect((await apply()).state).toBe('succeeded');
    expect(await onHost(`cat ${STORE}/node-1/node-1.vmx`)).toContain(
      'bios.bootOrder = "ethernet0,hdd"',
    );
    expect(await check()).toEqual(DONE);

    const undo = session.previewUndo(run.id);
    session.undo(run.id, undo.digest);
    await session.settled();
    expect(await everything()).toEqual(before);
  });
});
