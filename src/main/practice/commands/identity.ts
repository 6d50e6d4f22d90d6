import { KERNEL } from '../layout.ts';
import { type Io, type Programs, parseArgs } from '../program.ts';

/** Programs that say who and what the machine is. Formats as in coreutils, procps and glibc's getent. */

function id(args: readonly string[], io: Io): number {
  const { flags, rest } = parseArgs(args, {
    flags: '-u -g -G -n -r --user --group --groups --name',
  });
  const { machine, session } = io;
  const wanted = rest[0];
  const found =
    wanted === undefined ? undefined : machine.accounts().find((item) => item.name === wanted);
  if (wanted !== undefined && !found) {
    io.err(`id: ‘${wanted}’: no such user\n`);
    return 1;
  }
  const account = found ?? { name: session.user, uid: session.uid, gid: session.gid };
  const gids = [
    account.gid,
    ...machine
      .groups()
      .filter((group) => group.members.includes(account.name))
      .map(({ gid }) => gid),
  ];
  const names = flags.has('-n') || flags.has('--name');
  if (flags.has('-u') || flags.has('--user')) io.out(`${names ? account.name : account.uid}\n`);
  else if (flags.has('-g') || flags.has('--group'))
    io.out(`${names ? machine.groupName(account.gid) : account.gid}\n`);
  else if (flags.has('-G') || flags.has('--groups'))
    io.out(`${gids.map((gid) => (names ? machine.groupName(gid) : gid)).join(' ')}\n`);
  else {
    const list = gids.map((gid) => `${gid}(${machine.groupName(gid)})`).join(',');
    io.out(
      `uid=${account.uid}(${account.name}) gid=${account.gid}(${machine.groupName(account.gid)}) groups=${list}\n`,
    );
  }
  return 0;
}

function uname(args: readonly string[], io: Io): number {
  const { flags } = parseArgs(args, { flags: '-a -s -n -r -v -m -p -i -o --all' });
  const { hostname, release } = io.machine.options;
  const fields: [string, string][] = [
    ['-s', 'Linux'],
    ['-n', hostname],
    ['-r', KERNEL[release]],
    ['-v', '#1 SMP (labwright practice lab)'],
    ['-m', 'x86_64'],
    ['-p', 'x86_64'],
    ['-i', 'x86_64'],
    ['-o', 'GNU/Linux'],
  ];
  const all = flags.has('-a') || flags.has('--all');
  const shown = fields.filter(([flag]) => all || flags.has(flag)).map(([, value]) => value);
  io.out(`${shown.length === 0 ? 'Linux' : shown.join(' ')}\n`);
  return 0;
}

function getent(args: readonly string[], io: Io): number {
  const [database = '', ...keys] = args;
  const { machine } = io;
  if (database === 'passwd' || database === 'group') {
    const lines = machine.fs
      .textSync(`/etc/${database}`)
      .split('\n')
      .filter((line) => line !== '');
    const found =
      keys.length === 0
        ? lines
        : keys.flatMap((key) =>
            lines.filter((line) => line.split(':')[0] === key || line.split(':')[2] === key),
          );
    io.out(found.map((line) => `${line}\n`).join(''));
    return found.length === 0 || found.length < keys.length ? 2 : 0;
  }
  if (database === 'hosts' || database === 'ahosts' || database === 'ahostsv4') {
    const lines = machine.fs
      .textSync('/etc/hosts')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
    let status = 0;
    for (const key of keys) {
      const line = lines.find(([address, ...names]) => address === key || names.includes(key));
      const known = machine.resolve(key);
      if (line?.[0]) io.out(`${line[0].padEnd(15)} ${line.slice(1).join(' ')}\n`);
      else if (known) io.out(`${known.padEnd(15)} ${key}\n`);
      else status = 2;
    }
    return status;
  }
  io.err(
    `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`,
  );
  return 1;
}

const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** date(1) in UTC, from the machine's own clock: just-bash would show the real one. */
function date(args: readonly string[], io: Io): number {
  const { values, rest, flags } = parseArgs(args, {
    flags: '-u --utc -R --iso-8601',
    valued: '-d -I --date -r --rfc-3339 --reference -s',
  });
  let at = new Date(io.machine.now());
  const given = values.get('-d') ?? values.get('--date');
  const file = values.get('-r') ?? values.get('--reference');
  if (given !== undefined)
    at = given.startsWith('@')
      ? new Date(Number(given.slice(1)) * 1000)
      : given === 'now'
        ? at
        : new Date(/[zZ]|UTC|[+-]\d\d:?\d\d$/.test(given) ? given : `${given}Z`);
  if (file !== undefined) {
    const node = io.machine.fs.find(io.machine.fs.resolvePath(io.cwd, file));
    if (!node) {
      io.err(`date: '${file}': No such file or directory\n`);
      return 1;
    }
    at = new Date(node.mtime);
  }
  if (Number.isNaN(at.getTime())) {
    io.err(`date: invalid date ‘${given}’\n`);
    return 1;
  }
  const two = (value: number) => String(value).padStart(2, '0');
  const day = DAYS[at.getUTCDay()] as string;
  const month = MONTHS[at.getUTCMonth()] as string;
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const iso = at.toISOString().slice(0, 10);
  const format: Record<string, string> = {
    s: String(Math.floor(at.getTime() / 1000)),
    N: `${String(at.getUTCMilliseconds()).padStart(3, '0')}000000`,
    Y: String(at.getUTCFullYear()),
    y: String(at.getUTCFullYear()).slice(2),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    e: String(at.getUTCDate()).padStart(2),
    H: two(at.getUTCHours()),
    M: two(at.getUTCMinutes()),
    S: two(at.getUTCSeconds()),
    I: two(at.getUTCHours() % 12 || 12),
    p: at.getUTCHours() < 12 ? 'AM' : 'PM',
    F: iso,
    T: clock,
    R: clock.slice(0, 5),
    D: `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${String(at.getUTCFullYear()).slice(2)}`,
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    h: month.slice(0, 3),
    B: month,
    u: String(at.getUTCDay() || 7),
    w: String(at.getUTCDay()),
    j: String(
      Math.floor(
        (Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) -
          Date.UTC(at.getUTCFullYear(), 0, 0)) /
          86_400_000,
      ),
    ).padStart(3, '0'),
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
  };
  const pattern = rest.find((item) => item.startsWith('+'))?.slice(1);
  const expand = (text: string) =>
    text.replace(/%[-_0]?:?(\d*)([A-Za-z%])/g, (whole, width: string, letter: string) => {
      const value = format[letter] ?? whole;
      if (letter === 'N' && width) return value.slice(0, Number(width));
      return whole[1] === '-' ? value.replace(/^0+(?=\d)/, '') : value;
    });
  const precision = values.get('-I') ?? values.get('--iso-8601');
  if (pattern !== undefined) io.out(`${expand(pattern)}\n`);
  else if (flags.has('-R')) io.out(`${expand('%a, %d %b %Y %T +0000')}\n`);
  else if (precision !== undefined || flags.has('--iso-8601'))
    io.out(`${precision?.startsWith('s') ? expand('%FT%T+00:00') : iso}\n`);
  else io.out(`${expand('%a %b %e %T UTC %Y')}\n`);
  return 0;
}

function ps(args: readonly string[], io: Io): number {
  const { machine, session } = io;
  const list = machine.processes.list();
  const pidAt = args.findIndex((item) => item === '-p' || item === '--pid');
  const only = pidAt >= 0 ? (args[pidAt + 1] ?? '').split(',').map(Number) : undefined;
  const formatAt = args.findIndex((item) => item === '-o' || item === 'o' || item === '--format');
  const shown = only
    ? list.filter(({ pid }) => only.includes(pid))
    : args.some((item) => /[eAax]/.test(item.replace(/^-/, '')) && !item.includes('='))
      ? list
      : list.filter(
          (process) =>
            process.user === session.user && process.tty === (session.tty?.name ?? process.tty),
        );
  const clock = (ms: number) => new Date(Math.max(0, ms)).toISOString().slice(11, 19);
  const fields: Record<string, (process: (typeof list)[number]) => string> = {
    pid: ({ pid }) => String(pid),
    ppid: ({ ppid }) => String(ppid),
    pgid: ({ pgid }) => String(pgid),
    sid: ({ pgid }) => String(pgid),
    user: ({ user }) => user,
    args: ({ command }) => command,
    cmd: ({ command }) => command,
    command: ({ command }) => command,
    comm: ({ command }) => (command.split(' ')[0] ?? '').split('/').at(-1) ?? '',
    etimes: ({ started }) => String(Math.floor((machine.now() - started) / 1000)),
    etime: ({ started }) => clock(machine.now() - started).replace(/^00:/, ''),
    tty: ({ tty }) => tty,
    stat: () => 'S',
    time: () => '00:00:00',
  };
  const columns =
    formatAt >= 0
      ? args
          .slice(formatAt + 1)
          .join(',')
          .split(/[ ,]+/)
          .filter((item) => fields[item.split('=')[0] as string])
      : args.some((item) => item.includes('f') || item.includes('u'))
        ? ['user', 'pid', 'ppid', 'tty', 'time', 'args']
        : ['pid', 'tty', 'time', 'comm'];
  const titled = !columns.every((column) => column.endsWith('='));
  const rows = shown.map((process) =>
    columns.map((column) =>
      (fields[column.replace(/=.*/, '')] as (typeof fields)[string])(process),
    ),
  );
  if (titled) rows.unshift(columns.map((column) => column.replace(/=.*/, '').toUpperCase()));
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  io.out(
    rows
      .map(
        (row) =>
          `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] as number))).join(' ')}\n`,
      )
      .join(''),
  );
  return shown.length === 0 ? 1 : 0;
}

function pgrep(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-f -x -a -l -o -n',
    valued: '-u -P -g',
  });
  const pattern = new RegExp(rest[0] ?? '');
  const found = io.machine.processes.list().filter((process) => {
    const name = flags.has('-f') ? process.command : (process.command.split(' ')[0] ?? '');
    if (process.pid === io.session.process.pid) return false;
    if (values.get('-u') !== undefined && process.user !== values.get('-u')) return false;
    return flags.has('-x') ? pattern.exec(name)?.[0] === name : pattern.test(name);
  });
  io.out(
    found
      .map(({ pid, command }) => (flags.has('-a') ? `${pid} ${command}\n` : `${pid}\n`))
      .join(''),
  );
  return found.length > 0 ? 0 : 1;
}

export const identity: Programs = {
  id,
  uname,
  getent,
  date,
  ps,
  pgrep,
  whoami: (_args, io) => {
    io.out(`${io.session.user}\n`);
    return 0;
  },
  groups: (_args, io) => id(['-G', '-n'], io),
  hostname: (args, io) => {
    const { hostname } = io.machine.options;
    const flag = args[0] ?? '';
    io.out(
      `${flag === '-I' || flag === '-i' ? io.machine.address : flag === '-s' ? (hostname.split('.')[0] ?? hostname) : hostname}\n`,
    );
    return 0;
  },
  nproc: (_args, io) => {
    io.out(`${io.machine.cpus}\n`);
    return 0;
  },
  uptime: (_args, io) => {
    const minutes = Math.floor((io.machine.now() - io.machine.bootedAt) / 60_000) + 1;
    const clock = new Date(io.machine.now()).toISOString().slice(11, 19);
    io.out(` ${clock} up ${minutes} min,  1 user,  load average: 0.00, 0.01, 0.05\n`);
    return 0;
  },
  tty: (_args, io) => {
    io.out(io.session.tty ? `/dev/${io.session.tty.name}\n` : 'not a tty\n');
    return io.session.tty ? 0 : 1;
  },
  stty: (args, io) => {
    const { tty } = io.session;
    if (!tty) {
      io.err("stty: 'standard input': Inappropriate ioctl for device\n");
      return 1;
    }
    if (args[0] === 'size') io.out(`${tty.rows} ${tty.columns}\n`);
    else if (args.length === 0 || args[0] === '-a')
      io.out(`speed 38400 baud; rows ${tty.rows}; columns ${tty.columns}; line = 0;\n`);
    return 0;
  },
  tput: (args, io) => {
    const { tty } = io.session;
    if (args[0] === 'cols') io.out(`${tty?.columns ?? 80}\n`);
    else if (args[0] === 'lines') io.out(`${tty?.rows ?? 24}\n`);
    else if (args[0] === 'clear') io.out('\x1b[H\x1b[2J\x1b[3J');
    else if (args[0] === 'sgr0') io.out('\x1b(B\x1b[m');
    return 0;
  },
  clear: (_args, io) => {
    io.out('\x1b[H\x1b[2J\x1b[3J');
    return 0;
  },
  logger: (args, io) => {
    const { values, rest } = parseArgs(args, { flags: '-s -i', valued: '-t -p --tag --priority' });
    const message = rest.length > 0 ? rest.join(' ') : io.stdin.toString('utf8').trimEnd();
    io.machine.log(values.get('-t') ?? values.get('--tag') ?? io.session.user, message);
    return 0;
  },
};
