import type { Patch } from '../engine/probes/esxi-patch.ts';
import { ESXI_RELEASES } from '../guide/esxi-releases.ts';
import { esxiPrograms } from './esxi/esxi-programs.ts';
import { EsxiState } from './esxi/esxi-state.ts';
import type { Machine } from './machine.ts';
import { type PracticeHost, startPracticeHost } from './practice-host.ts';

export interface PracticeEsxiOptions {
  readonly password?: string;
  readonly authorizedKeys?: readonly string[];
  readonly version?: string;
  readonly build?: string;
  readonly now?: () => number;
}

export interface PracticeEsxi {
  readonly host: PracticeHost;
  /** What hostd knows: to break something, or to look. */
  readonly esxi: EsxiState;
  readonly machine: Machine;
}

/** How long its restart takes; a real one takes minutes. */
const DOWN_SECONDS = 20;

/** What a Linux server has and ESXi has not. */
const LINUX_ONLY = '/etc/os-release /etc/machine-id /etc/lsb-release /etc/debian_version'.split(
  ' ',
);
const LINUX_PROGRAMS = 'sudo systemctl systemd-run apt-get dpkg journalctl curl'.split(' ');

function layOutEsxi(machine: Machine, esxi: EsxiState): void {
  const { fs } = machine;
  for (const path of LINUX_ONLY) fs.rmSync(path, { force: true });
  for (const name of LINUX_PROGRAMS) fs.rmSync(`/usr/bin/${name}`, { force: true });
  fs.rmSync('/run/systemd', { recursive: true, force: true });
  // Root's home is the root of the file system, which is a RAM disk.
  fs.writeSync('/etc/passwd', 'root:x:0:0:Administrator:/:/bin/sh\n');
  fs.writeSync('/etc/group', 'root:x:0:\n');
  const { name, uuid } = esxi.datastore;
  fs.mkdirSync('/vmfs/volumes', { recursive: true });
  fs.mount(`/vmfs/volumes/${uuid}`, 'volume');
  fs.volume = esxi;
  fs.symlinkSync(uuid, `/vmfs/volumes/${name}`);
}

/** Puts the newest patch that is known for 6.7 onto the datastore. Numbers of its VIBs are made up but for builds. */
export function addBundle({ esxi, machine }: Pick<PracticeEsxi, 'esxi' | 'machine'>): Patch {
  const known = ESXI_RELEASES.find(({ line }) => line === '6.7');
  if (known === undefined) throw new RangeError('no release of 6.7');
  const depot = `/vmfs/volumes/${esxi.datastore.name}/${known.name}.zip`;
  const profile = `ESXi-6.7.0-${known.released.replaceAll('-', '')}001-standard`;
  const build = String(known.build);
  const vibs = (level: string, of: string) => [
    `VMware_bootbank_esx-base_6.7.0-3.${level}.${of}`,
    `VMware_bootbank_esx-update_6.7.0-3.${level}.${of}`,
    `VMware_bootbank_vsan_6.7.0-3.${level}.${of}`,
  ];
  machine.fs.writeSync(depot, 'PK practice bundle\n');
  esxi.bundles.push({
    path: depot,
    profile,
    build,
    installed: vibs('207', build),
    removed: vibs('73', esxi.build),
    skipped: [
      'VMW_bootbank_ne1000_0.8.4-2vmw.670.2.48.13006603',
      'VMware_locker_tools-light_11.0.5.15389592-15999342',
    ],
  });
  return { depot, profile };
}

/** Starts a simulated ESXi host with its shell on a free port of 127.0.0.1. */
export async function startPracticeEsxi(options: PracticeEsxiOptions): Promise<PracticeEsxi> {
  const esxi = new EsxiState(options.version, options.build);
  let running: Machine | undefined;
  const host = await startPracticeHost({
    hostname: 'esxi',
    user: 'root',
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.authorizedKeys === undefined ? {} : { authorizedKeys: options.authorizedKeys }),
    keyboardOnly: true,
    programs: esxiPrograms(esxi),
    layOut: (machine) => {
      running = machine;
      layOutEsxi(machine, esxi);
    },
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  esxi.restart = () => {
    host.setReachable(false);
    running?.processes.endAll();
    // What lies in its RAM disks is gone.
    running?.fs.rmSync('/tmp', { recursive: true, force: true });
    running?.fs.mkdirSync('/tmp', { recursive: true });
    esxi.boot();
    const back = () => esxi.sshStarts && host.setReachable(true);
    setTimeout(back, DOWN_SECONDS * esxi.secondMs).unref();
  };
  if (running === undefined) throw new RangeError('the machine was not laid out');
  return { host, esxi, machine: running };
}
