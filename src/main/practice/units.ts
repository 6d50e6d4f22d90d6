import type { Machine } from './machine.ts';
import type { Process } from './processes.ts';
import { type Streams, sessions } from './session.ts';
import { quote } from './words.ts';

interface UnitFile {
  readonly path: string;
  readonly sections: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  readonly text: string;
}

export interface Unit {
  readonly name: string;
  active: 'active' | 'inactive' | 'failed' | 'activating';
  sub: string;
  result: string;
  status: number;
  since: number;
  main?: Process;
  done?: Promise<void>;
  /** A transient unit (systemd-run) has no file. */
  readonly transient?: {
    description: string;
    properties: ReadonlyMap<string, string>;
    collect: boolean;
  };
  /** Ships with the practice server; there is nothing to execute. */
  readonly shipped?: Shipped;
}

interface Shipped {
  readonly description: string;
  readonly start: string;
  /** What enabling it links, when that is more than itself. */
  readonly links?: readonly { readonly name: string; readonly target: string }[];
  /** Sockets that it listens on: started with it, and waking it when they are used. */
  readonly sockets?: readonly string[];
}

/** systemd's view of the machine: units from files, from packages and from systemd-run. */
export class Units {
  readonly #machine: Machine;
  readonly #units = new Map<string, Unit>();
  readonly #enabled = new Set<string>();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.install('ssh.service', 'OpenBSD Secure Shell server', '/usr/sbin/sshd -D');
    this.install(
      'cron.service',
      'Regular background program processing daemon',
      '/usr/sbin/cron -f',
    );
    if (machine.options.release === 'trusty') return;
    const time = 'Network Time Synchronization';
    this.install('systemd-timesyncd.service', time, '/lib/systemd/systemd-timesyncd');
  }

  /** A package brings a service: enabled and started, as Debian's maintainer scripts do. */
  install(
    name: string,
    description: string,
    start: string,
    more: Pick<Shipped, 'links' | 'sockets'> = {},
  ): void {
    this.#units.set(name, {
      ...this.#fresh(name),
      active: 'active',
      sub: 'running',
      shipped: { description, start, ...more },
    });
    this.#enabled.add(name);
  }

  /** Sockets that would wake a service which is stopped. */
  wakers(unit: Unit): string[] {
    return (unit.shipped?.sockets ?? []).filter((name) => this.isActive(name));
  }

  uninstall(name: string): void {
    this.#units.delete(name);
    this.#enabled.delete(name);
  }

  #fresh(name: string): Unit {
    return {
      name,
      active: 'inactive',
      sub: 'dead',
      result: 'success',
      status: 0,
      since: this.#machine.now(),
    };
  }

  static full(name: string): string {
    return /\.(service|timer|target|socket|mount|path)$/.test(name) ? name : `${name}.service`;
  }

  file(name: string): UnitFile | undefined {
    for (const folder of ['/etc/systemd/system', '/run/systemd/system', '/lib/systemd/system']) {
      const path = `${folder}/${name}`;
      const node = this.#machine.fs.find(path);
      if (node?.kind !== 'file') continue;
      const text = Buffer.from(node.bytes.subarray(0, node.size)).toString('utf8');
      const sections = new Map<string, (readonly [string, string])[]>();
      let current: (readonly [string, string])[] = [];
      for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
        const header = /^\[(.+)\]$/.exec(line.trim());
        const pair = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line.trim());
        if (header?.[1]) {
          current = sections.get(header[1]) ?? [];
          sections.set(header[1], current);
        } else if (pair) current.push([pair[1] as string, pair[2] as string]);
      }
      return { path, sections, text };
    }
    return undefined;
  }

  get(name: string): Unit | undefined {
    const known = this.#units.get(name);
    if (known) return known;
    if (!this.file(name)) return undefined;
    const unit = this.#fresh(name);
    this.#units.set(name, unit);
    return unit;
  }

  value(name: string, section: string, key: string): string | undefined {
    return this.file(name)
      ?.sections.get(section)
      ?.findLast(([item]) => item === key)?.[1];
  }

  description(unit: Unit): string {
    return (
      unit.transient?.description ??
      unit.shipped?.description ??
      this.value(unit.name, 'Unit', 'Description') ??
      unit.name
    );
  }

  list(): Unit[] {
    for (const name of this.#machine.fs.find('/etc/systemd/system')?.children.keys() ?? [])
      if (/\.(service|timer)$/.test(name)) this.get(name);
    return [...this.#units.values()].filter(
      (unit) => unit.transient || unit.shipped || this.file(unit.name),
    );
  }

  enabled(name: string): 'enabled' | 'disabled' | 'static' | 'transient' | undefined {
    const unit = this.get(name);
    if (!unit) return undefined;
    if (unit.transient) return 'transient';
    if (unit.shipped) return this.#enabled.has(name) ? 'enabled' : 'disabled';
    const install = this.file(name)?.sections.get('Install');
    if (!install) return 'static';
    return this.#wants(name).some((path) => this.#machine.fs.find(path, false))
      ? 'enabled'
      : 'disabled';
  }

  #wants(name: string): string[] {
    const targets = (this.value(name, 'Install', 'WantedBy') ?? '')
      .split(/\s+/)
      .filter((item) => item !== '');
    return targets.map((target) => `/etc/systemd/system/${target}.wants/${name}`);
  }

  /** What systemctl says when it makes the links, or undefined when there was nothing to do. */
  enable(name: string): string[] {
    const { shipped } = this.#units.get(name) ?? {};
    if (shipped) {
      const links = (shipped.links ?? []).filter((each) => !this.#enabled.has(each.name));
      for (const each of [name, ...links.map((link) => link.name)]) this.#enabled.add(each);
      return links.map(
        (link) =>
          `Created symlink /etc/systemd/system/${link.target}.wants/${link.name} → /lib/systemd/system/${link.name}.`,
      );
    }
    const { fs } = this.#machine;
    const said: string[] = [];
    for (const path of this.#wants(name)) {
      if (fs.find(path, false)) continue;
      fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      fs.symlinkSync(this.file(name)?.path ?? '', path);
      said.push(`Created symlink ${path} → ${this.file(name)?.path}.`);
    }
    return said;
  }

  disable(name: string): string[] {
    const { shipped } = this.#units.get(name) ?? {};
    if (shipped) {
      const links = (shipped.links ?? []).filter((each) => this.#enabled.has(each.name));
      for (const each of [name, ...links.map((link) => link.name)]) this.#enabled.delete(each);
      return links.map(
        (link) => `Removed "/etc/systemd/system/${link.target}.wants/${link.name}".`,
      );
    }
    const { fs } = this.#machine;
    const there = this.#wants(name).filter((path) => fs.find(path, false));
    for (const path of there) fs.rmSync(path);
    return there.map((path) => `Removed ${path}.`);
  }

  /** Starts a unit; the promise settles when systemctl would return. */
  async start(unit: Unit): Promise<void> {
    if (unit.active === 'active' || unit.active === 'activating') return;
    unit.since = this.#machine.now();
    if (unit.shipped) {
      Object.assign(unit, { active: 'active', sub: 'running', result: 'success' });
      for (const name of unit.shipped.sockets ?? [])
        Object.assign(this.#units.get(name) ?? {}, { active: 'active', sub: 'running' });
      return;
    }
    if (unit.name.endsWith('.timer')) {
      Object.assign(unit, { active: 'active', sub: 'waiting' });
      return;
    }
    const oneshot = this.value(unit.name, 'Service', 'Type') === 'oneshot';
    const commands = (this.file(unit.name)?.sections.get('Service') ?? []).filter(
      ([key]) => key === 'ExecStart',
    );
    const properties = new Map(this.file(unit.name)?.sections.get('Service') ?? []);
    const lines = commands.map(([, line]) => words(line.replace(/^[-+!@:]+/, '')));
    const ends = this.execute(
      unit,
      lines.length === 1
        ? (lines[0] as string[])
        : ['sh', '-c', lines.map((line) => line.map(quote).join(' ')).join(' && ')],
      properties,
      { oneshot },
    );
    if (oneshot) await ends;
  }

  /** Runs a command as the unit's main process, in the background. */
  execute(
    unit: Unit,
    argv: readonly string[],
    properties: ReadonlyMap<string, string>,
    options: {
      oneshot?: boolean;
      environment?: Readonly<Record<string, string>>;
      streams?: Streams;
    } = {},
  ): Promise<void> {
    const { oneshot = false } = options;
    const user = properties.get('User') ?? 'root';
    Object.assign(unit, {
      active: oneshot ? 'activating' : 'active',
      sub: oneshot ? 'start' : 'running',
      result: 'success',
      status: 0,
    });
    const pairs = words(properties.get('Environment') ?? '').map((item) => [
      item.slice(0, item.indexOf('=')),
      item.slice(item.indexOf('=') + 1),
    ]);
    const env = {
      ...this.#machine.environment(user),
      ...Object.fromEntries(pairs),
      ...options.environment,
    };
    const cwd = properties.get('WorkingDirectory') ?? '/';
    const done = sessions
      .exit(() =>
        this.#machine.shell.daemon(
          argv,
          { user, env, cwd, streams: options.streams ?? this.#streams(unit, properties) },
          (process) => {
            unit.main = process;
          },
        ),
      )
      .then((exitCode) => {
        const signal = unit.main?.ended;
        delete unit.main;
        const stopped = signal === 'TERM' && unit.sub === 'stop-sigterm';
        const clean = exitCode === 0 || stopped || (signal === 'TERM' && !oneshot);
        const remain = clean && oneshot && properties.get('RemainAfterExit') === 'yes';
        Object.assign(unit, {
          active: remain ? 'active' : clean ? 'inactive' : 'failed',
          sub: remain ? 'exited' : clean ? 'dead' : 'failed',
          result: clean ? 'success' : signal ? 'signal' : 'exit-code',
          status: signal
            ? { HUP: 1, INT: 2, QUIT: 3, KILL: 9, PIPE: 13, ALRM: 14, TERM: 15 }[signal]
            : exitCode,
          since: this.#machine.now(),
        });
        if (unit.transient && (clean || unit.transient.collect)) this.#units.delete(unit.name);
      });
    unit.done = done;
    return done;
  }

  #streams(unit: Unit, properties: ReadonlyMap<string, string>): Streams {
    const journal = (bytes: Uint8Array) => {
      for (const text of Buffer.from(bytes).toString('utf8').split('\n'))
        if (text !== '')
          this.#machine.log(`${unit.name.replace(/\.service$/, '')}[${unit.main?.pid ?? 1}]`, text);
    };
    const target = (value: string | undefined, otherwise: (bytes: Uint8Array) => void) => {
      const match = /^(append|file|truncate):(.+)$/.exec(value ?? '');
      if (value === 'null') return () => {};
      if (!match?.[2]) return otherwise;
      const path = match[2];
      const root = (use: () => void) => sessions.exit(use);
      if (match[1] === 'truncate') root(() => this.#machine.fs.writeSync(path, ''));
      else root(() => this.#machine.fs.appendSync(path, ''));
      return (bytes: Uint8Array) => root(() => this.#machine.fs.appendSync(path, bytes));
    };
    const out = target(properties.get('StandardOutput'), journal);
    // systemd.exec(5): StandardError= inherits StandardOutput= unless it is set.
    return { out, err: target(properties.get('StandardError'), out) };
  }

  addTransient(name: string, transient: NonNullable<Unit['transient']>): Unit {
    const unit: Unit = { ...this.#fresh(name), transient };
    this.#units.set(name, unit);
    return unit;
  }

  resetFailed(name?: string): void {
    for (const unit of [...this.#units.values()]) {
      if (unit.active !== 'failed' || (name !== undefined && unit.name !== name)) continue;
      if (unit.transient) this.#units.delete(unit.name);
      else Object.assign(unit, { active: 'inactive', sub: 'dead' });
    }
  }

  async stop(unit: Unit): Promise<void> {
    if (unit.main) {
      unit.sub = 'stop-sigterm';
      for (const process of this.#machine.processes.group(unit.main.pgid))
        this.#machine.processes.signal(process, 'TERM');
      await unit.done;
    }
    if (unit.active !== 'failed')
      Object.assign(unit, { active: 'inactive', sub: 'dead', since: this.#machine.now() });
  }

  isActive(name: string): boolean {
    return this.#units.get(name)?.active === 'active';
  }
}

/** Splits a command line as systemd does: quotes, no expansion (systemd.service(5)). */
function words(line: string): string[] {
  const found = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? [];
  return found.map((word) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_whole, double?: string, single?: string) => double ?? single ?? '',
    ),
  );
}
