import { SIGNALS, type Signal } from '../processes.ts';
import { ended, type Io, type Programs, parseArgs, pause } from '../program.ts';
import { currentSession } from '../session.ts';
import { tail } from './tail.ts';

/** Shells, and the programs that only start another program. Options as in dash(1) and coreutils. */

async function sh(name: string, args: readonly string[], io: Io): Promise<number> {
  let errexit = '';
  let index = 0;
  let command = false;
  for (; index < args.length; index++) {
    const item = args[index] as string;
    if (!/^[-+]./.test(item) || item === '--') break;
    if (item.startsWith('--')) continue;
    if (item.includes('c')) command = true;
    for (const letter of item.slice(1)) if ('eux'.includes(letter)) errexit += letter;
    if (item.endsWith('o')) index++;
  }
  if (args[index] === '--') index++;
  const operands = args.slice(index);
  let source: string;
  let stdin: Uint8Array = io.stdin;
  let zero = name;
  let rest: readonly string[] = operands.slice(1);
  if (command) {
    source = operands[0] ?? '';
    zero = operands[1] ?? name;
    rest = operands.slice(2);
    const { input } = io.session;
    // It reads one line of what is still to come, and this one waits for it beforehand.
    if (input && stdin.length === 0 && io.machine.shell.reads(source)) {
      const line = await input.line(io.signal);
      if (line !== undefined) stdin = Buffer.from(`${line}\n`);
    }
  } else if (operands.length === 0 || args.includes('-s')) {
    // A real shell reads its script as it goes and shares the rest with its commands; this one reads it all.
    source = io.stdin.toString('utf8');
    stdin = new Uint8Array();
    rest = operands;
  } else {
    zero = operands[0] as string;
    const path = io.machine.fs.resolvePath(io.cwd, zero);
    if (!io.machine.fs.find(path)) {
      io.err(
        name === 'bash'
          ? `bash: ${zero}: No such file or directory\n`
          : `${name}: 0: cannot open ${zero}: No such file\n`,
      );
      return name === 'bash' ? 127 : 2;
    }
    source = io.machine.fs.textSync(path);
  }
  const result = await io.machine.shell.script(
    errexit ? `set -${errexit}\n${source.replace(/^#![^\n]*\n/, '')}` : source,
    {
      user: io.session.user,
      command: [name, ...args].join(' '),
      streams: io.session.streams,
      stdin,
      env: { ...io.env },
      cwd: io.cwd,
      name: zero,
      args: rest,
      parent: io.session.process,
      process: io.session.process,
      signal: io.signal,
      ...(io.session.tty ? { tty: io.session.tty } : {}),
    },
  );
  return result.exitCode;
}

function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(text);
  if (!match) return Number.NaN;
  return (
    Number(match[1]) *
    { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? '']!
  );
}

function signalOf(text: string): Signal | 0 | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (name === '0') return 0;
  if (name in SIGNALS) return name as Signal;
  const number = Number(name);
  return (Object.keys(SIGNALS) as Signal[]).find((item) => SIGNALS[item] === number);
}

/** timeout(1): 124 when it had to end the command, 137 with KILL. */
async function timeout(args: readonly string[], io: Io): Promise<number> {
  const { values, rest } = parseArgs(args, {
    flags: '--foreground --preserve-status -v --verbose',
    valued: '-k -s --kill-after --signal',
    stop: true,
  });
  const [limit = '', ...argv] = rest;
  const ms = duration(limit);
  if (argv.length === 0) {
    io.err("timeout: missing operand\nTry 'timeout --help' for more information.\n");
    return 125;
  }
  if (Number.isNaN(ms)) {
    io.err(
      `timeout: invalid time interval ‘${limit}’\nTry 'timeout --help' for more information.\n`,
    );
    return 125;
  }
  const signal = signalOf(values.get('-s') ?? values.get('--signal') ?? 'TERM') || 'TERM';
  let late = false;
  const running = io.run(argv, {
    newGroup: true,
    started: (process) => {
      if (ms === 0) return;
      const timer = setTimeout(() => {
        late = true;
        io.machine.processes.signal(process, signal);
      }, ms);
      process.controller.signal.addEventListener('abort', () => clearTimeout(timer), {
        once: true,
      });
      void Promise.resolve().then(() => running.finally(() => clearTimeout(timer)));
    },
  });
  const status = await running;
  if (!late) return status === 127 && !argv[0]?.includes('/') ? 127 : status;
  return signal === 'KILL' ? 137 : 124;
}

/** kill(1p), as the shell's builtin words its complaints. */
function kill(args: readonly string[], io: Io): number {
  let list = [...args];
  let signal: Signal | 0 = 'TERM';
  if (list[0] === '-l') {
    io.out(`${Object.keys(SIGNALS).join(' ')}\n`);
    return 0;
  }
  const first = list[0] ?? '';
  const given =
    first === '-s' || first === '-n'
      ? list[1]
      : first.startsWith('-') && first !== '--'
        ? first.slice(1)
        : undefined;
  if (given !== undefined) {
    const found = signalOf(given);
    if (found === undefined) {
      io.err(`bash: kill: ${given}: invalid signal specification\n`);
      return 1;
    }
    signal = found;
    list = list.slice(first === '-s' || first === '-n' ? 2 : 1);
  }
  if (list[0] === '--') list = list.slice(1);
  if (list.length === 0) {
    io.err(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    );
    return 2;
  }
  let status = 0;
  const { processes } = io.machine;
  for (const item of list) {
    const number = Number(item);
    if (!Number.isInteger(number)) {
      io.err(`bash: kill: ${item}: arguments must be process or job IDs\n`);
      status = 1;
      continue;
    }
    const found =
      number < 0
        ? processes.group(-number)
        : [processes.get(number)].filter((one) => one !== undefined);
    if (found.length === 0) {
      io.err(`bash: kill: (${item}) - No such process\n`);
      status = 1;
    } else if (io.session.uid !== 0 && found.every((one) => one.user !== io.session.user)) {
      io.err(`bash: kill: (${item}) - Operation not permitted\n`);
      status = 1;
    } else if (signal !== 0) for (const process of found) processes.signal(process, signal);
  }
  return status;
}

async function starter(
  args: readonly string[],
  io: Io,
  valued: string,
  newGroup = false,
): Promise<number> {
  const { rest, flags } = parseArgs(args, {
    flags: '-f -w -c --fork --wait --ctty -i',
    valued,
    stop: true,
  });
  if (flags.has('-f') || flags.has('--fork')) {
    void io.run(rest, { newGroup, signal: io.machine.power });
    return 0;
  }
  return await io.run(rest, { newGroup });
}

export const shells: Programs = {
  sh: (args, io) => sh('sh', args, io),
  dash: (args, io) => sh('dash', args, io),
  bash: (args, io) => sh('bash', args, io),
  timeout,
  kill,
  tail,
  setsid: (args, io) => starter(args, io, '', true),
  nohup: (args, io) => starter(args, io, ''),
  nice: (args, io) => starter(args, io, '-n --adjustment'),
  ionice: (args, io) => starter(args, io, '-c -n --class --classdata'),
  stdbuf: (args, io) => starter(args, io, '-i -o -e'),
  env: async (args, io) => {
    const env: Record<string, string> = args[0] === '-i' ? {} : { ...io.env };
    let rest = args.filter((item, index) => !(index === 0 && item === '-i'));
    while (rest[0] === '-u' && rest[1]) {
      delete env[rest[1]];
      rest = rest.slice(2);
    }
    while (rest[0] !== undefined && /^[A-Za-z_]\w*=/.test(rest[0])) {
      const at = rest[0].indexOf('=');
      env[rest[0].slice(0, at)] = rest[0].slice(at + 1);
      rest = rest.slice(1);
    }
    if (rest.length > 0) return await io.run(rest, { env: { PATH: io.env.PATH ?? '', ...env } });
    const shown = Object.entries(env).filter(
      ([name]) => !name.startsWith('PRACTICE_') && !/^\W|^\d/.test(name),
    );
    io.out(shown.map(([name, value]) => `${name}=${value}\n`).join(''));
    return 0;
  },
  trap: (args) => {
    const { traps } = currentSession();
    const rest = args[0] === '--' ? args.slice(1) : args;
    const [action = '', ...names] = rest;
    for (const name of names) {
      const key = name.toUpperCase().replace(/^SIG/, '');
      if (action === '-' || action === '') traps.delete(key);
      else traps.set(key, action);
    }
    return 0;
  },
  wait: async (args, io) => {
    const session = currentSession();
    const last = session.lastJob;
    const gone = ended(io.signal).then(() => 143);
    if (args.length > 0 && last && String(last.pid) === args[0])
      return await Promise.race([last.done, gone]);
    if (args.length > 0) {
      while (io.machine.processes.get(Number(args[0]))) await pause(20, io.signal);
      return 0;
    }
    await Promise.race([Promise.all(session.jobs), gone]);
    return 0;
  },
  jobs: () => 0,
  umask: (args, io) => {
    if (args.length === 0) io.out('0022\n');
    return 0;
  },
  ulimit: (_args, io) => {
    io.out('unlimited\n');
    return 0;
  },
  flock: async (args, io) => {
    const { flags, values, rest } = parseArgs(args, {
      flags: '-n -x -s -u -e --nonblock --exclusive --shared --unlock --no-fork -o',
      valued: '-w -E --timeout --wait -c',
      stop: true,
    });
    const [lock = '', ...argv] = rest;
    // A lock on an inherited descriptor (`flock 9`) ends with the shell, which we cannot see: it always succeeds.
    if (/^\d+$/.test(lock) && argv.length === 0) return 0;
    const path = io.machine.fs.resolvePath(io.cwd, lock);
    if (!io.machine.fs.find(path)) io.machine.fs.writeSync(path, '');
    const busy = values.get('-E') === undefined ? 1 : Number(values.get('-E'));
    const limit =
      values.get('-w') === undefined
        ? Number.POSITIVE_INFINITY
        : duration(values.get('-w') as string);
    const started = io.machine.now();
    while (io.machine.locks.has(path)) {
      if (flags.has('-n') || flags.has('--nonblock') || io.machine.now() - started >= limit)
        return busy;
      await pause(20, io.signal);
    }
    io.machine.locks.add(path);
    try {
      return await io.run(argv[0] === '-c' ? ['sh', '-c', argv[1] ?? ''] : argv);
    } finally {
      io.machine.locks.delete(path);
    }
  },
};
