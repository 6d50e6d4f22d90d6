// Powers one container on and off: its overlay, its network namespace, its control group and the
// systemd-nspawn process itself. Knows nothing of ssh or users.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BedState } from './bed-state.ts';
import { bedCgroups, removeCgroup } from './cgroups.ts';
import { bedAddress } from './places.ts';
import { mustRun, runCommand } from './run-command.ts';
import { until } from './until.ts';

export interface MachineOptions {
  /** Its place in the bed: names its namespace and its cable. */
  number: number;
  name: string;
  address: string;
  folder: string;
  nspawnOptions: string[];
  /** Whether /sys and /proc/sys can be written (systemd's ENVIRONMENT.md). */
  kernelSettings: boolean;
  /** Whether what the host made of its network is gone after a restart. */
  ownNetwork: boolean;
}

// nspawn asks for its own restart with this status when the container reboots.
const rebootStatus = 133;

/** Made from the address, lest others keep sending to the previous holder's for half a minute. */
export function hardwareAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '1b', ...bytes].join(':');
}

export class Machine {
  readonly id: string;
  readonly cable: string;
  readonly #bed: BedState;
  readonly #options: MachineOptions;
  #process: ChildProcess | undefined;
  #ended: Promise<number> = Promise.resolve(0);
  #wanted = false;
  #boots = 0;

  constructor(bed: BedState, options: MachineOptions) {
    this.#bed = bed;
    this.#options = options;
    this.id = `${bed.namespace}h${options.number}`;
    this.cable = `vh${options.number}`;
  }

  get boots(): number {
    return this.#boots;
  }

  get consoleLog(): string {
    return readFileSync(join(this.#options.folder, 'console.log'), 'utf8');
  }

  get isOn(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null;
  }

  get #keeperRoot(): string {
    return `/proc/${this.#bed.keeper.pid}/root`;
  }

  #groups(): string[] {
    const groups = bedCgroups(this.#bed.namespace, this.#keeperRoot);
    return groups.map((group) => join(group, this.id));
  }

  #inMounts(program: string, ...args: string[]): [string, string[]] {
    const mounts = `--mount=/proc/${this.#bed.keeper.pid}/ns/mnt`;
    return ['nsenter', [mounts, program, ...args]];
  }

  async create(): Promise<void> {
    const { folder, address } = this.#options;
    for (const part of ['work', 'root']) mkdirSync(join(folder, part), { recursive: true });
    const layers = [
      `lowerdir=${this.#bed.baseImage}`,
      `upperdir=${join(folder, 'upper')}`,
      `workdir=${join(folder, 'work')}`,
    ].join(',');
    await mustRun(
      ...this.#inMounts('mount', '-t', 'overlay', 'overlay', '-o', layers, join(folder, 'root')),
    );
    await mustRun(...this.#inMounts('ip', 'netns', 'add', this.id));
    const bed = this.#bed.namespace;
    await mustRun(...this.#inMounts('ip', '-n', this.id, '-b', '-'), {
      stdin: [
        `link add eth0 address ${hardwareAddress(address)} type veth peer ` +
          `name ${this.cable} netns ${bed}`,
        'link set lo up',
        `addr add ${address}/16 dev eth0`,
        'link set eth0 up',
        `route add default via ${bedAddress}`,
        '',
      ].join('\n'),
    });
    await mustRun('ip', ['-n', bed, 'link', 'set', this.cable, 'master', 'br0', 'up']);
  }

  powerOn(): void {
    const { folder, name, nspawnOptions, kernelSettings } = this.#options;
    this.#wanted = true;
    const groups = this.#groups().map((group) => group.slice(this.#keeperRoot.length));
    // The shell moves itself into the control groups and then becomes nspawn, so that nspawn and
    // all it starts are in there from the first moment.
    const enter = groups.map((group) => `mkdir -p ${group} && echo $$ > ${group}/cgroup.procs`);
    const writable = kernelSettings ? 'export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes\n' : '';
    const script = `set -e\n${enter.join('\n')}\n${writable}exec systemd-nspawn "$@"`;
    const log = openSync(join(folder, 'console.log'), 'a');
    const [program, args] = this.#inMounts(
      'sh',
      '-c',
      script,
      'sh',
      '--quiet',
      '--register=no',
      '--keep-unit',
      '--settings=no',
      `--machine=${this.id}`,
      `--hostname=${name}`,
      `--directory=${join(folder, 'root')}`,
      `--network-namespace-path=/run/netns/${this.id}`,
      '--resolv-conf=off',
      '--timezone=off',
      '--link-journal=no',
      '--kill-signal=SIGRTMIN+3',
      '--console=pipe',
      '--capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_SYS_ADMIN,CAP_MKNOD',
      ...nspawnOptions,
      '--boot',
    );
    // If this process is killed the kernel kills nspawn, and nspawn's death kills the container.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#process = child;
    this.#boots += 1;
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve(255));
      child.once('exit', (code) => {
        resolve(code ?? 255);
        if (code === rebootStatus && this.#wanted) void this.#startAgain();
      });
    });
  }

  async #startAgain(): Promise<void> {
    // The name space outlives the container, and with it every bridge and address in it.
    if (this.#options.ownNetwork) await this.#bareCable();
    if (this.#wanted) this.powerOn();
  }

  async #bareCable(): Promise<void> {
    const inside = (...args: string[]) => this.#inMounts('ip', '-n', this.id, ...args);
    const links = await mustRun(...inside('-o', 'link', 'show', 'type', 'bridge'));
    for (const [, name = ''] of links.matchAll(/^\d+: ([^:@]+)/gm)) {
      await mustRun(...inside('link', 'delete', name));
    }
    await mustRun(...inside('addr', 'flush', 'dev', 'eth0'));
    await mustRun(...inside('link', 'set', 'eth0', 'down'));
  }

  /** Process id, as this machine counts, of the container's own systemd. */
  leader(): number | undefined {
    const pid = this.#process?.pid;
    if (pid === undefined || !this.isOn) return undefined;
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'systemd-nspawn') return undefined;
      for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')) {
        if (child === '') continue;
        // Before it has become systemd it is still a half-made copy of nspawn.
        if (readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'systemd') return Number(child);
      }
    } catch {
      // A process ended while we looked at it.
    }
    return undefined;
  }

  async setCable(state: 'up' | 'down'): Promise<void> {
    await mustRun('ip', ['-n', this.#bed.namespace, 'link', 'set', this.cable, state]);
  }

  async powerOff(): Promise<void> {
    this.#wanted = false;
    this.#process?.kill('SIGKILL');
    await this.#ended;
    for (const group of this.#groups()) await removeCgroup(group);
  }

  /** nspawn names a lock after its root's inode and, when killed, leaves the file behind. */
  async #dropLock(root: string): Promise<void> {
    const { stdout } = await runCommand(...this.#inMounts('stat', '-c', '%d:%i', root));
    await rm(`/run/systemd/nspawn/locks/inode-${stdout.trim()}`, { force: true });
  }

  async remove(): Promise<void> {
    await this.powerOff();
    // Deleting a namespace only begins the work; the cable must be gone before its name is reused.
    await runCommand('ip', ['-n', this.#bed.namespace, 'link', 'delete', this.cable]);
    await runCommand(...this.#inMounts('ip', 'netns', 'delete', this.id));
    const root = join(this.#options.folder, 'root');
    await this.#dropLock(root);
    await until(`${root} unmounted`, 10_000, async () => {
      const { code, stderr } = await runCommand(...this.#inMounts('umount', root));
      return code === 0 || /not mounted|no mount point|not found/.test(stderr) ? true : undefined;
    });
    await rm(this.#options.folder, { recursive: true, force: true });
    await rm(`/run/systemd/nspawn/propagate/${this.id}`, { recursive: true, force: true });
  }
}
