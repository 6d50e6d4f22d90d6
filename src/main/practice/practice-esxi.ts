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
}

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

/** Starts a simulated ESXi host with its shell on a free port of 127.0.0.1. */
export async function startPracticeEsxi(options: PracticeEsxiOptions): Promise<PracticeEsxi> {
  const esxi = new EsxiState(options.version, options.build);
  const host = await startPracticeHost({
    hostname: 'esxi',
    user: 'root',
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.authorizedKeys === undefined ? {} : { authorizedKeys: options.authorizedKeys }),
    keyboardOnly: true,
    programs: esxiPrograms(esxi),
    layOut: (machine) => layOutEsxi(machine, esxi),
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  return { host, esxi };
}
