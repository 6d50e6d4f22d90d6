import { type Io, type Program, type Programs, parseArgs } from '../program.ts';
import { type Unit, Units } from '../units.ts';
import { systemdRun } from './systemd-run.ts';

/**
 * systemctl, systemd-run and service. Exit statuses as systemctl(1) lists them (3: not active, 4: no
 * such unit, 5: cannot start it); texts of systemd 249. Timers are listed and can be started, but
 * nothing is run by them: the practice lab has no time to wait for a calendar.
 */
const DENIED = (verb: string, name: string) =>
  `Failed to ${verb} ${name}: Interactive authentication required.\nSee system logs and 'systemctl status ${name}' for details.\n`;

const stamp = (ms: number) => {
  const date = new Date(ms);
  return `${date.toUTCString().slice(0, 3)} ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
};

function loaded(io: Io, unit: Unit): string {
  const { units } = io.machine;
  const path = unit.transient
    ? `/run/systemd/transient/${unit.name}; transient`
    : `${units.file(unit.name)?.path ?? `/lib/systemd/system/${unit.name}`}; ${units.enabled(unit.name)}; vendor preset: enabled`;
  return `loaded (${path})`;
}

function status(io: Io, names: readonly string[]): number {
  let worst = 0;
  for (const name of names) {
    const unit = io.machine.units.get(name);
    if (!unit) {
      io.err(`Unit ${name} could not be found.\n`);
      worst = 4;
      continue;
    }
    const mark = unit.active === 'failed' ? '×' : unit.active === 'inactive' ? '○' : '●';
    const result = unit.active === 'failed' ? ` (Result: ${unit.result})` : ` (${unit.sub})`;
    io.out(
      `${mark} ${name} - ${io.machine.units.description(unit)}\n     Loaded: ${loaded(io, unit)}\n` +
        `     Active: ${unit.active}${result} since ${stamp(unit.since)}\n` +
        (unit.main ? `   Main PID: ${unit.main.pid} (${unit.main.command.split(' ')[0]})\n` : ''),
    );
    if (unit.active !== 'active' && unit.active !== 'activating') worst = Math.max(worst, 3);
  }
  return worst;
}

function properties(io: Io, name: string): Record<string, string> {
  const { units } = io.machine;
  const unit = units.get(name);
  const service = unit && !name.endsWith('.timer');
  return {
    ...(service
      ? {
          Type: units.value(name, 'Service', 'Type') ?? 'simple',
          MainPID: String(unit.main?.pid ?? 0),
          Result: unit.result,
          ExecMainStatus: String(unit.status),
          ExecMainPID: String(unit.main?.pid ?? 0),
          NRestarts: '0',
        }
      : { Result: unit?.result ?? 'success' }),
    Id: name,
    Names: name,
    Description: unit ? units.description(unit) : name,
    LoadState: unit ? 'loaded' : 'not-found',
    ActiveState: unit?.active ?? 'inactive',
    SubState: unit?.sub ?? 'dead',
    FragmentPath: units.file(name)?.path ?? '',
    UnitFileState: (unit && units.enabled(name)) ?? '',
    ActiveEnterTimestamp: unit && unit.active === 'active' ? stamp(unit.since) : '',
    ...(name.endsWith('.timer')
      ? {
          Unit: units.value(name, 'Timer', 'Unit') ?? name.replace(/timer$/, 'service'),
          LastTriggerUSec: '',
          NextElapseUSecRealtime: '',
        }
      : {}),
  };
}

function timers(io: Io, all: boolean): number {
  const rows = io.machine.units
    .list()
    .filter(({ name, active }) => name.endsWith('.timer') && (all || active === 'active'));
  io.out('NEXT LEFT LAST PASSED UNIT ACTIVATES\n');
  for (const { name } of rows)
    io.out(`n/a  n/a  n/a  n/a    ${name} ${name.replace(/timer$/, 'service')}\n`);
  io.out(`\n${rows.length} timers listed.\n`);
  return 0;
}

async function stop(unit: Unit, io: Io): Promise<void> {
  const { units } = io.machine;
  const wakers = units.wakers(unit);
  if (wakers.length > 0)
    io.err(
      `Warning: Stopping ${unit.name}, but it can still be activated by:\n${wakers.map((name) => `  ${name}\n`).join('')}`,
    );
  await units.stop(unit);
}

const systemctl: Program = async (args, io) => {
  const { flags, values, rest } = parseArgs(args, {
    flags:
      '-q --quiet --now --no-pager --no-legend --plain --all -a --value --version --no-block --full -l --user --system --failed --no-ask-password --force -f --no-reload',
    valued: '-p --property -t --type -n --lines --state -o --output --kill-who --signal -s',
  });
  const { units, options } = io.machine;
  if (flags.has('--version')) {
    io.out('systemd 249 (249.11-0ubuntu3.12)\n+PAM +AUDIT +SELINUX +APPARMOR\n');
    return 0;
  }
  const quiet = flags.has('-q') || flags.has('--quiet');
  const [verb = 'list-units', ...operands] = rest;
  const names = operands.map(Units.full);
  const say = (text: string) => void (quiet || io.out(`${text}\n`));
  const missing = (verbText: string, name: string) =>
    io.err(`Failed to ${verbText} ${name}: Unit ${name} not found.\n`);
  const mayChange = (verbText: string): boolean => {
    if (io.session.uid === 0) return true;
    for (const name of names.length > 0 ? names : [''])
      io.err(
        verbText === 'reload daemon'
          ? 'Failed to reload daemon: Interactive authentication required.\n'
          : DENIED(verbText, name),
      );
    return false;
  };
  switch (verb) {
    case 'is-active':
    case 'is-failed': {
      const states = names.map((name) => units.get(name)?.active ?? 'inactive');
      for (const state of states) say(state);
      if (verb === 'is-failed') return states.includes('failed') ? 0 : 1;
      return states.includes('active') ? 0 : 3;
    }
    case 'is-enabled': {
      let code = 1;
      for (const name of names) {
        const state = units.enabled(name);
        if (state === undefined)
          io.err(`Failed to get unit file state for ${name}: No such file or directory\n`);
        else say(state);
        if (state === 'enabled' || state === 'static' || state === 'transient') code = 0;
      }
      return code;
    }
    case 'is-system-running': {
      const failed = units.list().some(({ active }) => active === 'failed');
      say(failed ? 'degraded' : 'running');
      return failed ? 1 : 0;
    }
    case 'status':
      return status(io, names);
    case 'show': {
      const wanted = (values.get('-p') ?? values.get('--property'))?.split(',');
      for (const name of names) {
        const all = properties(io, name);
        for (const key of wanted ?? Object.keys(all))
          if (key in all) io.out(flags.has('--value') ? `${all[key]}\n` : `${key}=${all[key]}\n`);
      }
      return 0;
    }
    case 'cat': {
      let code = 0;
      for (const name of names) {
        const file = units.file(name);
        if (file) io.out(`# ${file.path}\n${file.text}`);
        else {
          io.err(`No files found for ${name}.\n`);
          code = 1;
        }
      }
      return code;
    }
    case 'list-timers':
      return timers(io, flags.has('--all') || flags.has('-a'));
    case 'list-units': {
      const type = values.get('-t') ?? values.get('--type');
      const state = flags.has('--failed') ? 'failed' : values.get('--state');
      const shown = units
        .list()
        .filter(
          (unit) =>
            (type === undefined || unit.name.endsWith(`.${type}`)) &&
            (state === undefined
              ? unit.active !== 'inactive' || flags.has('--all')
              : unit.active === state) &&
            (names.length === 0 || names.includes(unit.name)),
        );
      for (const unit of shown)
        io.out(
          `${unit.active === 'failed' ? '●' : ' '} ${unit.name} loaded ${unit.active} ${unit.sub} ${units.description(unit)}\n`,
        );
      if (!flags.has('--no-legend')) io.out(`\n${shown.length} loaded units listed.\n`);
      return 0;
    }
    case 'daemon-reload':
    case 'reset-failed':
      if (!mayChange('reload daemon')) return 1;
      if (verb === 'reset-failed')
        for (const name of names.length > 0 ? names : [undefined]) units.resetFailed(name);
      return 0;
    case 'enable':
    case 'disable': {
      if (!mayChange(`${verb} unit`)) return 1;
      for (const name of names) {
        const unit = units.get(name);
        if (!unit) {
          io.err(`Failed to ${verb} unit: Unit file ${name} does not exist.\n`);
          return 1;
        }
        for (const line of verb === 'enable' ? units.enable(name) : units.disable(name))
          if (!quiet) io.err(`${line}\n`);
        if (!flags.has('--now')) continue;
        if (verb === 'enable') await units.start(unit);
        else await stop(unit, io);
      }
      return 0;
    }
    case 'start':
    case 'stop':
    case 'restart':
    case 'try-restart':
    case 'reload':
    case 'reload-or-restart':
    case 'kill': {
      if (!mayChange(verb)) return verb === 'stop' ? 1 : 4;
      let code = 0;
      for (const name of names) {
        const unit = units.get(name);
        if (!unit) {
          if (verb === 'kill') missing(verb, name);
          else missing(verb === 'reload-or-restart' ? 'reload-or-restart' : verb, name);
          code = 5;
          continue;
        }
        if (verb === 'kill') {
          if (unit.main) io.machine.processes.signal(unit.main, 'TERM');
          continue;
        }
        if (verb === 'stop') await stop(unit, io);
        else if (verb !== 'start' && verb !== 'reload') await units.stop(unit);
        if (verb === 'stop') continue;
        await units.start(unit);
        if ((unit.active as string) === 'failed') {
          io.err(
            `Job for ${name} failed because the control process exited with error code.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`,
          );
          code = 1;
        }
      }
      return code;
    }
    case 'poweroff':
    case 'reboot':
      if (!mayChange(verb)) return 1;
      io.err(`The practice server ${options.hostname} is not switched off by commands.\n`);
      return 1;
    default:
      io.err(`Unknown command verb ${verb}.\n`);
      return 1;
  }
};

export const systemd: Programs = {
  systemctl,
  'systemd-run': systemdRun,
  journalctl: (args, io) => {
    const unit =
      args[args.findIndex((item) => item === '-u' || item === '-xeu' || item === '--unit') + 1];
    const tag = unit?.replace(/\.service$/, '');
    const lines = io.machine.fs
      .textSync('/var/log/syslog')
      .split('\n')
      .filter((line) => line !== '' && (tag === undefined || line.includes(` ${tag}[`)));
    io.out(lines.length === 0 ? '-- No entries --\n' : lines.map((line) => `${line}\n`).join(''));
    return 0;
  },
};

/** service(8): systemctl where there is one, else the init script's own words. */
export const service: Program = async ([given = '', action = ''], io) => {
  const name = Units.full(given);
  const { units, options } = io.machine;
  if (options.release === 'jammy') return await systemctl([action, given], io);
  const unit = units.get(name);
  if (!unit) {
    io.err(`${given}: unrecognized service\n`);
    return 1;
  }
  if (action === 'status') {
    const running = unit.active === 'active';
    io.out(` * ${given} is ${running ? '' : 'not '}running\n`);
    return running ? 0 : 3;
  }
  if (io.session.uid !== 0) {
    io.err(`${given}: must be run as root\n`);
    return 4;
  }
  if (action !== 'start') await units.stop(unit);
  if (action !== 'stop') await units.start(unit);
  io.out(
    ` * ${{ start: 'Starting', stop: 'Stopping', restart: 'Restarting' }[action] ?? 'Reloading'} web server ${given}\n ...done.\n`,
  );
  return 0;
};
