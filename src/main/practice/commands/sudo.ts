import { type Io, type Programs, parseArgs } from '../program.ts';

/**
 * sudo(8) and su(1). Texts: sudo 1.9.9 as in Ubuntu 22.04 (sudoers plug-in's and front end's messages);
 * timestamps last 15 minutes per terminal (sudoers(5), timestamp_timeout).
 */
const TIMESTAMP_MS = 15 * 60_000;

const NOT_IN_SUDOERS = (user: string) =>
  `${user} is not in the sudoers file.  This incident will be reported.\n`;

const NO_TERMINAL =
  'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\n' +
  'sudo: a password is required\n';

/** Asks until the password is right. `ask` yields undefined when there is nothing to read from. */
export async function authenticate(
  options: { password: string | undefined; user: string; denied: boolean },
  ask: () => Promise<string | undefined>,
  say: (text: string) => void,
): Promise<boolean> {
  for (let tries = 1; tries <= 3; tries++) {
    const typed = await ask();
    if (typed === undefined) {
      say(
        tries === 1
          ? '\nsudo: no password was provided\nsudo: a password is required\n'
          : `\nsudo: ${tries - 1} incorrect password attempt${tries > 2 ? 's' : ''}\n`,
      );
      return false;
    }
    if (options.password !== undefined && typed === options.password) {
      if (options.denied) say(NOT_IN_SUDOERS(options.user));
      return !options.denied;
    }
    if (tries < 3) say('Sorry, try again.\n');
  }
  say('sudo: 3 incorrect password attempts\n');
  return false;
}

async function permitted(io: Io, parsed: ReturnType<typeof parseArgs>): Promise<boolean> {
  const { machine, session } = io;
  const { sudo, password } = machine.options;
  if (session.uid === 0 || sudo === 'no-password') return true;
  const { tty } = session;
  if (sudo === 'password' && tty?.sudoAt !== undefined && machine.now() - tty.sudoAt < TIMESTAMP_MS)
    return true;
  if (parsed.flags.has('-n') || parsed.flags.has('--non-interactive')) {
    io.err('sudo: a password is required\n');
    return false;
  }
  const prompt =
    parsed.values.get('-p') ??
    parsed.values.get('--prompt') ??
    `[sudo] password for ${session.user}: `;
  const lines = io.stdin.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  let ask: () => Promise<string | undefined>;
  if (parsed.flags.has('-S') || parsed.flags.has('--stdin')) {
    ask = async () => {
      io.err(prompt);
      return lines.shift();
    };
  } else if (tty) ask = () => tty.readLine({ prompt, echo: false });
  else {
    io.err(NO_TERMINAL);
    return false;
  }
  const ok = await authenticate(
    { password, user: session.user, denied: sudo === 'denied' },
    ask,
    (text) => io.err(text),
  );
  if (ok && tty) tty.sudoAt = machine.now();
  return ok;
}

async function sudo(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseArgs(args, {
    flags:
      '-S -n -E -H -i -s -k -K -v -l -b --stdin --non-interactive --preserve-env --login --shell --validate --list --reset-timestamp',
    valued: '-p -u -g --prompt --user --group',
    stop: true,
  });
  const { flags, values } = parsed;
  if (flags.has('-k') || flags.has('-K') || flags.has('--reset-timestamp')) {
    if (io.session.tty) delete io.session.tty.sudoAt;
    if (parsed.rest.length === 0) return 0;
  }
  let argv = [...parsed.rest];
  const variables: Record<string, string> = {};
  while (argv[0] !== undefined && /^[A-Za-z_]\w*=/.test(argv[0])) {
    const at = argv[0].indexOf('=');
    variables[argv[0].slice(0, at)] = argv[0].slice(at + 1);
    argv = argv.slice(1);
  }
  const login = flags.has('-i') || flags.has('--login');
  const shell = flags.has('-s') || flags.has('--shell');
  const other =
    flags.has('-v') || flags.has('-l') || flags.has('--validate') || flags.has('--list');
  if (argv.length === 0 && !login && !shell && !other) {
    io.err(
      'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-AknS] [-g group] [-h host] [-p prompt] [-u user]\n',
    );
    return 1;
  }
  const user = values.get('-u') ?? values.get('--user') ?? 'root';
  if (!io.machine.accounts().some((account) => account.name === user)) {
    io.err(`sudo: unknown user ${user}\nsudo: error initializing audit plugin sudoers_audit\n`);
    return 1;
  }
  if (!(await permitted(io, parsed))) return 1;
  if (flags.has('-v') || flags.has('--validate')) return 0;
  if (flags.has('-l') || flags.has('--list')) {
    if (argv.length > 0) io.out(`${argv.join(' ')}\n`);
    else
      io.out(
        `User ${io.session.user} may run the following commands on ${io.machine.options.hostname}:\n    (ALL : ALL) ALL\n`,
      );
    return 0;
  }
  const env: Record<string, string> = {
    ...io.machine.environment(user),
    ...(io.env.TERM ? { TERM: io.env.TERM } : {}),
    SUDO_USER: io.session.user,
    SUDO_UID: String(io.session.uid),
    SUDO_GID: String(io.session.gid),
    ...variables,
  };
  const cwd = login ? io.machine.account(user).home : io.cwd;
  if (argv.length === 0) return await io.machine.interactive(io, user, cwd, env);
  const name = argv[0] as string;
  const known = name.includes('/')
    ? io.machine.fs.find(io.machine.fs.resolvePath(cwd, name))
    : io.machine.which(name);
  if (!known && !login && !shell) {
    io.err(`sudo: ${name}: command not found\n`);
    return 1;
  }
  io.machine.log(
    'sudo',
    `  ${io.session.user} : PWD=${io.cwd} ; USER=${user} ; COMMAND=${argv.join(' ')}`,
  );
  return await io.run(login || shell ? ['bash', '-c', argv.join(' ')] : argv, { user, env, cwd });
}

async function su(args: readonly string[], io: Io): Promise<number> {
  const { flags, values, rest } = parseArgs(
    args.filter((item) => item !== '-'),
    { flags: '-l --login', valued: '-c -s' },
  );
  const user = rest[0] ?? 'root';
  const login = flags.has('-l') || flags.has('--login') || args.includes('-');
  if (io.session.uid !== 0) {
    // root has no password on Ubuntu, so su never succeeds for another user.
    if (io.session.tty) await io.session.tty.readLine({ prompt: 'Password: ', echo: false });
    io.err('su: Authentication failure\n');
    return 1;
  }
  const env = io.machine.environment(user);
  const cwd = login ? io.machine.account(user).home : io.cwd;
  const command = values.get('-c');
  if (command !== undefined) return await io.run(['bash', '-c', command], { user, env, cwd });
  return await io.machine.interactive(io, user, cwd, env);
}

export const sudoPrograms: Programs = { sudo, su };
