import { createHash } from 'node:crypto';
import { layOut, STUB } from './layout.ts';
import { LibvirtState } from './libvirt/libvirt-state.ts';
import { MaasState } from './maas-state.ts';
import { Network, UPLINK, type Uplink } from './network.ts';
import { PackageState } from './packages.ts';
import type { PracticeSource } from './practice-source.ts';
import { Processes } from './processes.ts';
import type { Io, Programs } from './program.ts';
import { programs } from './programs.ts';
import { sessions } from './session.ts';
import { Shell } from './shell.ts';
import { Units } from './units.ts';
import { Vfs } from './vfs.ts';

export type Release = 'trusty' | 'jammy';
export type SudoPolicy = 'no-password' | 'password' | 'denied';

export interface MachineOptions {
  readonly hostname: string;
  readonly user: string;
  readonly password?: string;
  readonly sudo: SudoPolicy;
  readonly release: Release;
  readonly clockOffsetMs: number;
  readonly diskBytes: number;
  readonly source?: PracticeSource;
  readonly bytesPerSecond?: number;
  /** Programs that this machine has besides, or in place of, a server's. */
  readonly programs?: Programs;
  /** Changes the files of the fresh server into those of another system. */
  readonly layOut?: (machine: Machine) => void;
  /** A host that can run machines: more memory, and the programs that configure its network. */
  readonly kvm?: boolean;
  /** Its network card; a host for machines has one unless given. */
  readonly uplink?: Uplink;
  readonly now: () => number;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface Fetch {
  readonly path: string;
  readonly range?: string;
  readonly bytes: number;
}

/** A simulated Ubuntu server: its files, processes, packages and units. No network, no SSH. */
export class Machine {
  readonly options: MachineOptions;
  readonly fs: Vfs;
  readonly processes: Processes;
  readonly packages: PackageState;
  readonly units: Units;
  readonly network: Network;
  readonly shell: Shell;
  readonly machineId: string;
  readonly bootId: string;
  readonly commandLog: string[] = [];
  readonly fetchLog: Fetch[] = [];
  readonly bootedAt: number;
  nextTerminal = 0;
  /** Files held by flock(1). */
  readonly locks = new Set<string>();
  readonly maas = new MaasState();
  readonly #power = new AbortController();
  /** libvirt's daemons by user: root's is the system's. */
  readonly #libvirt = new Map<string, LibvirtState>();

  constructor(options: MachineOptions) {
    this.options = options;
    this.bootedAt = this.now();
    this.machineId = digest(`machine ${options.hostname}`).slice(0, 32);
    const boot = digest(`boot ${options.hostname} ${this.bootedAt}`);
    this.bootId = [
      boot.slice(0, 8),
      boot.slice(8, 12),
      boot.slice(12, 16),
      boot.slice(16, 20),
      boot.slice(20, 32),
    ].join('-');
    this.fs = new Vfs({
      capacity: options.diskBytes,
      who: () => sessions.getStore() ?? { uid: 0, gid: 0 },
      now: () => this.now(),
    });
    this.processes = new Processes(() => this.now());
    this.network = new Network(options.uplink ?? (options.kvm ? UPLINK : undefined));
    this.shell = new Shell(this, { ...programs(options.release), ...options.programs });
    this.packages = new PackageState(this);
    layOut(this);
    options.layOut?.(this);
    this.units = new Units(this);
  }

  /** The machine's clock: the injected one plus the offset that practices a wrong clock. */
  now(): number {
    return this.options.now() + this.options.clockOffsetMs;
  }

  get cpus(): number {
    return this.options.kvm ? 4 : 2;
  }

  get memoryKib(): number {
    return (this.options.kvm ? 16 : 2) * 1024 * 1024;
  }

  libvirtOf(user: string): LibvirtState {
    let found = this.#libvirt.get(user);
    if (!found) {
      found = new LibvirtState(this, user);
      this.#libvirt.set(user, found);
    }
    return found;
  }

  get address(): string {
    return '127.0.0.1';
  }

  /** Aborts when the machine is switched off. */
  get power(): AbortSignal {
    return this.#power.signal;
  }

  powerOff(): void {
    this.processes.endAll();
    this.#power.abort();
  }

  accounts(): Account[] {
    return this.#colons('/etc/passwd').map(([name = '', , uid, gid, , home = '/', shell = '']) => ({
      name,
      uid: Number(uid),
      gid: Number(gid),
      home,
      shell,
    }));
  }

  groups(): { name: string; gid: number; members: string[] }[] {
    return this.#colons('/etc/group').map(([name = '', , gid, members = '']) => ({
      name,
      gid: Number(gid),
      members: members.split(',').filter((item) => item !== ''),
    }));
  }

  #colons(path: string): string[][] {
    const file = this.fs.find(path);
    if (!file) return [];
    const lines = Buffer.from(file.bytes.subarray(0, file.size)).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => line.split(':'));
  }

  account(name: string): Account {
    const found = this.accounts().find((item) => item.name === name);
    return found ?? { name, uid: 65534, gid: 65534, home: '/', shell: '/bin/sh' };
  }

  userName(uid: number): string {
    return this.accounts().find((item) => item.uid === uid)?.name ?? String(uid);
  }

  groupName(gid: number): string {
    return this.groups().find((item) => item.gid === gid)?.name ?? String(gid);
  }

  environment(user: string): Record<string, string> {
    const account = this.account(user);
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    return {
      HOME: account.home,
      USER: user,
      LOGNAME: user,
      SHELL: account.shell,
      LANG: 'C.UTF-8',
      PATH: user === 'root' ? path : `${path}:/usr/games:/usr/local/games:/snap/bin`,
      PWD: account.home,
    };
  }

  /** Appends to the system log, as rsyslog would. */
  log(tag: string, message: string): void {
    const stamp = new Date(this.now()).toUTCString();
    const date = `${stamp.slice(8, 11)} ${stamp.slice(5, 7).replace(/^0/, ' ')} ${stamp.slice(17, 25)}`;
    const line = `${date} ${this.options.hostname} ${tag}: ${message}\n`;
    sessions.exit(() => this.fs.appendSync('/var/log/syslog', line));
  }

  /** A shell inside a shell (`sudo -i`): only on a terminal; without one its script is its stdin. */
  async interactive(
    io: Io,
    user: string,
    cwd: string,
    env: Record<string, string>,
  ): Promise<number> {
    const { tty } = io.session;
    if (!tty?.shell) return await io.run(['bash'], { user, cwd, env });
    return await tty.shell({ user, cwd, env, io });
  }

  /** Follows every link it can; the last part need not exist. */
  real(path: string): string {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const node = this.fs.find(path, false);
    if (node?.kind === 'link')
      return this.real(this.fs.resolvePath(parts.join('/') || '/', node.target));
    if (parts.length <= 1) return path;
    const folder = this.real(parts.join('/'));
    return `${folder === '/' ? '' : folder}/${name}`;
  }

  /** The address of a name: this host and the source of images are all the practice lab's DNS knows. */
  resolve(name: string): string | undefined {
    if (name === 'localhost' || name === this.options.hostname || name === this.address)
      return this.address;
    return this.options.source?.hosts.has(name) ? '192.0.2.10' : undefined;
  }

  /** The file a command name stands for. */
  which(name: string, path = this.environment('root').PATH ?? ''): string | undefined {
    if (name === '' || name.includes('/')) return undefined;
    for (const folder of path.split(':')) {
      const node = this.fs.find(`${folder}/${name}`);
      if (node?.kind === 'file' && (node.mode & 0o111) !== 0) return `${folder}/${name}`;
    }
    return undefined;
  }

  /** Whether a file is one of the programs this simulator knows, rather than a script. */
  isStub(path: string): boolean {
    const node = this.fs.find(path);
    return node !== undefined && Buffer.from(node.bytes.subarray(0, node.size)).equals(STUB);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
