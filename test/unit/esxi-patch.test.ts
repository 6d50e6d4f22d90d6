import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action, ScriptAction } from '../../src/contract/action.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { ProbeAnswerError } from '../../src/main/engine/probe.ts';
import {
  depotProfiles,
  dryRun,
  patchState,
  readProfiles,
  readUpdate,
} from '../../src/main/engine/probes/esxi-patch.ts';
import { esxiTime, readNtp, timeCommands } from '../../src/main/engine/probes/esxi-time.ts';
import { PATCH_EXIT, patchSteps } from '../../src/main/guide/esxi-patch.ts';
import { type EsxiRoom, startEsxiRoom } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { en, ja } from '../../src/messages/catalogues.ts';
import { EsxiStandIn } from './support/esxi-stand-in.ts';
import { SHELLS } from './support/shells.ts';

const PATCH = { depot: '/vmfs/volumes/my store/p (1).zip', profile: 'ESXi-6.7.0-2025-standard' };

describe('what esxcli says of a patch', () => {
  test('a list of profiles is read from 5.5 (three columns) as from 8.0 (five), blanks in the vendor or not', () => {
    const old = `Name                              Vendor        Acceptance Level
--------------------------------  ------------  ----------------
ESXi-6.0.0-20150701001s-standard  VMware, Inc.  PartnerSupported
ESXi-6.0.0-20150704001-no-tools   VMware, Inc.  PartnerSupported
`;
    expect(readProfiles(old)).toEqual([
      'ESXi-6.0.0-20150701001s-standard',
      'ESXi-6.0.0-20150704001-no-tools',
    ]);
    const now = `Name                          Vendor        Acceptance Level  Creation Time        Modification Time
----------------------------  ------------  ----------------  -------------------  -----------------
ESXi-8.0U2-22380479-standard  VMware, Inc.  PartnerSupported  2023-09-21T00:00:00  2023-09-21T00:00:00
`;
    expect(readProfiles(now)).toEqual(['ESXi-8.0U2-22380479-standard']);
    expect(() => readProfiles(' [MetadataDownloadError]\n Could not download\n')).toThrow(
      ProbeAnswerError,
    );
  });

  test('a dry run of 6.0 and the result of 9.1, whose fields are in another order and go over lines', () => {
    const dry = `Installation Result
   Message: Dryrun only, host not changed. The following installers will be applied: [BootBankInstaller, LockerInstaller]
   Reboot Required: true
   VIBs Installed: VMware_bootbank_esx-base_6.0.0-0.11.2809209, VMware_locker_tools-light_6.0.0-0.11.2809209
   VIBs Removed: VMware_bootbank_esx-base_6.0.0-0.8.2809111
   VIBs Skipped:
`;
    expect(readUpdate(dry)).toMatchObject({
      installed: [
        'VMware_bootbank_esx-base_6.0.0-0.11.2809209',
        'VMware_locker_tools-light_6.0.0-0.11.2809209',
      ],
      removed: ['VMware_bootbank_esx-base_6.0.0-0.8.2809111'],
      skipped: [],
      rebootRequired: true,
    });
    const done = `Update Result
   Message: The update completed successfully, but the system needs to be
            rebooted for the changes to be effective.
   VIBs Installed: VMware_bootbank_esx-base_9.1.1-0.25714478
   VIBs Removed: VMware_bootbank_esx-base_9.1.0-0.25370933
   VIBs Skipped: a_b_c_1,
      d_e_f_2
   Reboot Required: true
   DPU Results:
`;
    expect(readUpdate(done)).toMatchObject({
      message:
        'The update completed successfully, but the system needs to be rebooted for the changes to be effective.',
      skipped: ['a_b_c_1', 'd_e_f_2'],
      rebootRequired: true,
    });
    expect(() => readUpdate(' [NoMatchError]\n No image profile found\n')).toThrow(
      ProbeAnswerError,
    );
  });

  test.each([
    [
      '   Enabled: true\n   Loglevel: warning\n   PID: 1\n   Servers: a.example, 192.0.2.2\n',
      true,
      2,
    ],
    ['Enabled: false\nServer:\n  - a.example\n  - b.example\n', false, 2],
    ['   Enabled: false\n   Servers: \n   Other: x\n', false, 0],
  ])('the time service %j', (text, enabled, servers) => {
    const found = readNtp(text);
    expect({ enabled: found.enabled, servers: found.servers.length }).toEqual({ enabled, servers });
  });

  test('whatever is answered, nothing but an answer of that kind is thrown', () => {
    const readers = [
      readProfiles,
      readUpdate,
      readNtp,
      (text: string) => patchState(PATCH).parse({ exitCode: 0, text }),
      (text: string) => esxiTime.parse({ exitCode: 0, text }),
    ];
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...readers), (text, read) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ProbeAnswerError);
        }
      }),
    );
  });
});

/** esxcli as far as a patch needs it, in shell; its state are files. */
const ESXCLI = `#!/bin/sh
while [ $# -gt 0 ]; do case $1 in --formatter=csv) csv=1; shift ;; *) break ;; esac; done
case "$1 $2 $3" in
'system maintenanceMode get') cat "$S/mode" ;;
'system maintenanceMode set') [ -e "$S/stuck" ] || { [ "$5" = true ] && echo Enabled || echo Disabled; } >"$S/mode" ;;
'system shutdown reboot') echo "reboot $*" >>"$S/log" ;;
'vm process list') [ ! -e "$S/mute" ] || { echo 'Connect to localhost failed: Connection failure' >&2; exit 1; }; if [ -n "$csv" ]; then echo 'ConfigFile,DisplayName,'; sed 's/^/x,/; s/$/,/' "$S/running"; else sed 's/^/   Display Name: /' "$S/running"; fi ;;
'software profile update') echo "update $*" >>"$S/log" ;;
'software profile get') echo 'No pending image profile available.'; echo '   Name: No pending image profile available.' ;;
'software sources profile') echo 'Name  Vendor'; echo '----  ------'; echo 'p1  V' ;;
esac
`;

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))(
  'in $name',
  ({ shell }) => {
    let host: EsxiStandIn;

    beforeEach(() => {
      host = new EsxiStandIn(shell);
      host.program('esxcli', ESXCLI);
      host.program('chkconfig', '#!/bin/sh\necho "SSH                     off"\n');
      host.set('mode', 'Disabled\n');
      host.set('running', '');
    });

    afterEach(() => host.remove());

    const script = (id: string, step: string, facts: Record<string, unknown>) => {
      const found = patchSteps.find((each) => each.id === step)!;
      const plan = { hosts: { esxi: { role: 'esxi', esxi: PATCH } }, sites: {} };
      const view = { need: ({ probe }: { probe: { key: string } }) => facts[probe.key] };
      const context = { plan, owner: 'esxi', target: 'esxi', facts: view };
      const actions = found.plan!(context as never) as readonly Action[];
      return (actions.find((each) => each.id === id) as ScriptAction).script;
    };
    const state = (more = {}) => ({
      [patchState(PATCH).key]: { maintenance: false, ours: false, running: [], ...more },
      [dryRun(PATCH).key]: {
        message: '',
        installed: ['a_1'],
        removed: [],
        skipped: [],
        rebootRequired: true,
      },
    });
    const enter = () => script('enter-maintenance', 'esxi.update', state());
    const update = () => script('update', 'esxi.update', state());
    const restart = () => script('restart', 'esxi.restart', state({ pending: 'p' }));
    const leave = () =>
      script('leave-maintenance', 'esxi.maintenance', state({ maintenance: true, ours: true }));

    test('a host goes in, is updated and restarted, and comes out; each read back', () => {
      expect(host.run(enter())).toMatchObject({ code: 0 });
      expect(host.files()).toEqual(['p (1).zip.labwright']);
      expect(host.run(update())).toMatchObject({ code: 0 });
      expect(host.run(restart())).toMatchObject({ code: 0 });
      expect(host.state('log')).toMatch(
        /^update software profile update -d \/volumes\/my store\/p \(1\)\.zip -p ESXi-6\.7\.0-2025-standard\nreboot system shutdown reboot -d 30 -r Labwright: /,
      );
      expect(host.run(leave())).toMatchObject({ code: 0 });
      expect(host.files()).toEqual([]);
      expect(host.state('mode')).toBe('Disabled\n');
    });

    test('a host that does not list its machines is not taken for one without machines', () => {
      host.set('mode', 'Enabled\n');
      host.set('mute', '');
      for (const each of [enter(), update(), restart()]) {
        expect(host.run(each).code).toBe(1);
      }
      expect(host.state('log')).toBe('');
    });

    test('nothing is done while a machine runs, out of maintenance mode, or when the host does not follow', () => {
      host.set('running', 'maas server\n');
      for (const each of [enter(), update(), restart()]) {
        expect(host.run(each)).toMatchObject({
          code: PATCH_EXIT.running,
          output: 'running: maas server\n',
        });
      }
      host.set('running', '');
      for (const each of [update(), restart()]) {
        expect(host.run(each).code).toBe(PATCH_EXIT.noMaintenance);
      }
      host.set('stuck', '');
      expect(host.run(enter()).code).toBe(PATCH_EXIT.notEntered);
      expect(host.files()).toEqual([]);
      host.set('mode', 'Enabled\n');
      expect(host.run(leave()).code).toBe(PATCH_EXIT.notLeft);
      expect(host.state('log')).toBe('');
    });

    test('a host that somebody else put into maintenance mode is not marked as ours', () => {
      host.set('mode', 'Enabled\n');
      expect(host.run(enter())).toMatchObject({ code: 0 });
      expect(host.files()).toEqual([]);
    });

    test('the questions are answered in its words', async () => {
      host.set('running', 'maas server\n');
      const probe = patchState(PATCH);
      const parsed = await probe.parse({ exitCode: 0, text: host.run(probe.script).output });
      expect(parsed).toEqual({
        maintenance: false,
        ours: false,
        running: ['maas server'],
        sshStarts: false,
      });
      const depot = depotProfiles(PATCH);
      const ask = async () => depot.parse({ exitCode: 0, text: host.run(depot.script).output });
      expect(await ask()).toEqual({ present: false, profiles: [] });
      host.put('.', 'p (1).zip', 'x');
      expect(await ask()).toEqual({ present: true, profiles: ['p1'] });
    });
  },
);

test('time servers are quoted, and without any the defaults come back', () => {
  const set = timeCommands({ enabled: true, portOpen: true, servers: ['a.example', '192.0.2.2'] });
  expect(set.split('\n')[0]).toBe('esxcli system ntp set --server a.example --server 192.0.2.2');
  const none = timeCommands({ enabled: false, portOpen: false, servers: [] });
  expect(none).toContain('ntp set --reset\nesxcli system ntp set --enabled false\n');
});

test('every exit code of the scripts is explained in both languages', () => {
  for (const name of Object.keys(PATCH_EXIT)) {
    const key = `esxi.patch.${name}`;
    expect(en[key as keyof typeof en]).toBeTruthy();
    expect(ja[key as keyof typeof ja]).toBeTruthy();
  }
});

describe('patching the host of the ESXi room', { timeout: 60_000 }, () => {
  let room: EsxiRoom;
  let session: LabSession;

  beforeEach(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'labwright-patch-'));
    room = await startEsxiRoom({ directory, now: Date.now });
    room.esxi.secondMs = 5;
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
  const STEPS = ['esxi.ssh-start', 'esxi.update', 'esxi.restart', 'esxi.maintenance'];
  const check = async () => {
    await session.findings.check({ fresh: false, steps: ['esxi.version', 'esxi.depot', ...STEPS] });
    return Object.fromEntries(STEPS.map((step) => [step, finding(step).state]));
  };
  const finding = (step: string) => session.state.findings[`${step}@esxi`]!;
  async function apply(steps = STEPS) {
    const { digest } = await session.runs.preview(steps);
    const { id } = await session.runs.apply(steps, digest);
    await session.runs.settled();
    return session.state.runs.find((run) => run.id === id)!;
  }

  test('goes from a dry run to the new build, by one preview, and out of maintenance mode again', async () => {
    expect(await check()).toEqual({
      'esxi.ssh-start': 'todo',
      'esxi.update': 'todo',
      'esxi.restart': 'blocked',
      'esxi.maintenance': 'blocked',
    });
    expect(finding('esxi.update').reason.params).toMatchObject({
      installed: 3,
      removed: 3,
      skipped: 2,
    });
    expect(
      finding('esxi.update')
        .evidence.map(({ command }) => command)
        .join(),
    ).toContain('--dry-run');
    const { steps } = await session.runs.preview(STEPS);
    expect(steps.map(({ id, actions }) => [id, actions.map((action) => action.id)])).toEqual([
      ['esxi.ssh-start@esxi', ['start-ssh']],
      ['esxi.update@esxi', ['enter-maintenance', 'update']],
      ['esxi.restart@esxi', ['restart', 'wait-for-host']],
      ['esxi.maintenance@esxi', ['leave-maintenance']],
    ]);
    const run = await apply();
    expect(run.steps.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(await check()).toEqual(Object.fromEntries(STEPS.map((step) => [step, 'done'])));
    expect(finding('esxi.version').reason.key).toBe('esxi.version.newest');
    expect(room.esxi.maintenance).toBe(false);
    // What can be taken back is: the host starts without SSH again. The update stays.
    const undo = session.runs.previewUndo(run.id);
    expect(undo.steps.map(({ id }) => id)).toEqual(['esxi.ssh-start@esxi']);
    expect(undo.left.map(({ id, reason }) => [id, reason.key])).toEqual([
      ['esxi.maintenance@esxi', 'undo.stays'],
      ['esxi.restart@esxi', 'undo.stays'],
      ['esxi.update@esxi', 'undo.stays'],
    ]);
    session.runs.undo(run.id, undo.digest);
    await session.runs.settled();
    expect(room.esxi.sshStarts).toBe(false);
    expect(room.esxi.build).toBe(room.esxi.bundles[0]?.build);
  });

  test('a machine that runs stops it, whoever’s it is; one that is started after the preview too', async () => {
    const { path } = room.esxi.register('/vmfs/volumes/datastore1/old/old.vmx');
    await room.host.run(
      `mkdir -p ${path.replace('/old.vmx', '')}; echo 'displayName = "old"' > ${path}`,
    );
    const [vm] = [...room.esxi.vms.values()];
    vm!.power = 'on';
    await check();
    expect(finding('esxi.update')).toMatchObject({
      state: 'manual',
      reason: { key: 'esxi.update.running', params: { n: 1, names: 'old' } },
    });
    expect((await session.runs.preview(['esxi.update'])).steps).toEqual([]);
    vm!.power = 'off';
    await check();
    const { digest } = await session.runs.preview(['esxi.update']);
    vm!.power = 'on';
    const { id } = await session.runs.apply(['esxi.update'], digest);
    await session.runs.settled();
    const run = session.state.runs.find((each) => each.id === id)!;
    expect(run.state).toBe('failed');
    expect(room.esxi.pending).toBeUndefined();
    expect(room.esxi.maintenance).toBe(false);
  });

  test('what an interrupted patch left is gone on with; undoing it leaves maintenance mode', async () => {
    await check();
    const run = await apply(['esxi.ssh-start', 'esxi.update']);
    expect(room.esxi.maintenance).toBe(true);
    expect(await check()).toMatchObject({ 'esxi.update': 'done', 'esxi.restart': 'todo' });
    expect(finding('esxi.update').reason.key).toBe('esxi.update.staged');
    const undo = session.runs.previewUndo(run.id);
    expect(undo.steps.map(({ actions }) => actions.map(({ id }) => id))).toEqual([
      ['leave-maintenance'],
      ['no-ssh-at-start'],
    ]);
    await apply(['esxi.restart', 'esxi.maintenance']);
    expect(await check()).toMatchObject({ 'esxi.restart': 'done', 'esxi.maintenance': 'done' });
  });

  test('somebody else’s maintenance mode is left to them', async () => {
    room.esxi.maintenance = true;
    await check();
    await apply(['esxi.ssh-start', 'esxi.update', 'esxi.restart']);
    await check();
    expect(finding('esxi.maintenance')).toMatchObject({
      state: 'manual',
      reason: { key: 'esxi.maintenance.others' },
    });
    expect(room.esxi.maintenance).toBe(true);
  });

  test('a bundle that is missing, or without the profile, is a card that says what to do', async () => {
    const depot = room.esxi.bundles[0]!.path;
    await room.host.run(`rm '${depot}'`);
    await check();
    expect(finding('esxi.depot').reason).toMatchObject({
      key: 'esxi.depot.absent',
      params: { path: depot },
    });
    await room.host.run(`echo x > '${depot}'`);
    const { text, sha256 } = session.state.plan;
    await session.savePlan(text.replace(/profile: .*/, 'profile: ESXi-of-nobody'), sha256);
    await session.findings.check({ fresh: true, steps: ['esxi.depot'] });
    expect(finding('esxi.depot')).toMatchObject({
      state: 'manual',
      reason: { key: 'esxi.depot.no-profile', params: { profile: 'ESXi-of-nobody' } },
    });
  });
});
