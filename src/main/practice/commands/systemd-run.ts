import type { Program } from '../program.ts';
import { Units } from '../units.ts';

/** systemd-run(1): a command as a transient unit, in the background unless told otherwise. */
export const systemdRun: Program = async (args, io) => {
  // Options come before the command; --setenv and --property may be repeated, so they are taken here.
  const properties = new Map<string, string>();
  const environment: Record<string, string> = {};
  const options = new Map<string, string>();
  const flags = new Set<string>();
  let index = 0;
  for (; index < args.length; index++) {
    const item = args[index] as string;
    if (item === '--') {
      index++;
      break;
    }
    if (!item.startsWith('-')) break;
    const short: Record<string, string> = {
      '-u': '--unit',
      '-p': '--property',
      '-E': '--setenv',
      '-q': '--quiet',
      '-G': '--collect',
      '-r': '--remain-after-exit',
      '-P': '--pipe',
      '-t': '--pty',
      '-d': '--same-dir',
    };
    const equals = item.indexOf('=');
    let name =
      item.startsWith('--') && equals > 0
        ? item.slice(0, equals)
        : (short[item.slice(0, 2)] ?? item);
    let value =
      item.startsWith('--') && equals > 0
        ? item.slice(equals + 1)
        : item.startsWith('--')
          ? undefined
          : item.slice(2) || undefined;
    if (
      [
        '--unit',
        '--property',
        '--setenv',
        '--description',
        '--uid',
        '--gid',
        '--working-directory',
        '--service-type',
        '--slice',
        '--on-calendar',
        '--on-active',
        '--nice',
      ].includes(name)
    ) {
      value ??= args[++index] ?? '';
      if (name === '--uid') [name, value] = ['--property', `User=${value}`];
      if (name === '--working-directory')
        [name, value] = ['--property', `WorkingDirectory=${value}`];
      const at = value.indexOf('=');
      if (name === '--property') properties.set(value.slice(0, at), value.slice(at + 1));
      else if (name === '--setenv')
        environment[at < 0 ? value : value.slice(0, at)] =
          at < 0 ? (io.env[value] ?? '') : value.slice(at + 1);
      else options.set(name, value);
    } else flags.add(name);
  }
  const argv = args.slice(index);
  if (flags.has('--version')) return await io.run(['systemctl', '--version']);
  if (argv.length === 0) {
    io.err('Command line to execute required.\n');
    return 1;
  }
  const { units } = io.machine;
  const name = Units.full(options.get('--unit') ?? `run-u${io.session.process.pid}`);
  if (io.session.uid !== 0) {
    io.err('Failed to start transient service unit: Interactive authentication required.\n');
    return 1;
  }
  if (units.get(name)) {
    io.err(`Failed to start transient service unit: Unit ${name} already exists.\n`);
    return 1;
  }
  const program = argv[0] as string;
  if (program.includes('/') ? !io.machine.fs.find(program) : !io.machine.which(program)) {
    io.err(`Failed to find executable ${program}: No such file or directory\n`);
    return 1;
  }
  const unit = units.addTransient(name, {
    description: options.get('--description') ?? argv.join(' '),
    properties,
    collect: flags.has('--collect'),
  });
  const piped = flags.has('--pipe') || flags.has('--pty');
  const done = units.execute(unit, argv, properties, {
    environment,
    ...(piped ? { streams: io.session.streams } : {}),
  });
  if (!flags.has('--quiet') && !piped) io.err(`Running as unit: ${name}\n`);
  if (!flags.has('--wait') && !piped) return 0;
  await done;
  return unit.status;
};
