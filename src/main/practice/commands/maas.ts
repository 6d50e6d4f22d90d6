import { SNAP_CONFIG, SNAP_MODE, snapMode } from '../maas-packages.ts';
import type { Machine } from '../machine.ts';
import { ended, type Io, type Program, type Programs, parseArgs } from '../program.ts';

/**
 * MAAS's command for administrators, as far as its source says what it asks and answers:
 * maasserver/management/commands/createadmin.py and apikey.py, and for the snap maascli/snap.py and
 * maascli/init.py. There is no region behind it: no API but its version, no machines.
 */

/** Asks on the terminal, or takes the next line of what was given; at its end it asks for ever. */
class Questions {
  readonly #io: Io;
  readonly #lines: string[];

  constructor(io: Io) {
    this.#io = io;
    const given = io.stdin.toString('utf8');
    this.#lines = given === '' ? [] : given.replace(/\n$/, '').split('\n');
  }

  async ask(prompt: string, echo = true): Promise<string> {
    const { tty } = this.#io.session;
    if (tty) return (await tty.readLine({ prompt, echo })) ?? '';
    this.#io.out(prompt);
    const line = this.#lines.shift();
    if (line !== undefined) return line;
    // read_input() of maascli/init.py: an end of input is taken for Ctrl-D, and it asks again.
    await ended(this.#io.signal);
    return '';
  }

  /** Python's getpass warns where it cannot switch the echo off. */
  async password(prompt: string): Promise<string> {
    if (!this.#io.session.tty) this.#io.err('Warning: Password input may be echoed.\n');
    return this.ask(prompt, false);
  }
}

const refuse = (io: Io, text: string): number => {
  io.err(`CommandError: ${text}\n`);
  return 1;
};

async function createAdmin(args: readonly string[], io: Io, asksForKeys: boolean): Promise<number> {
  const { values } = parseArgs(args, { valued: '--username --password --email --ssh-import' });
  const questions = new Questions(io);
  const username = values.get('--username') ?? (await questions.ask('Username: '));
  let password = values.get('--password');
  const complete = password !== undefined && values.has('--username') && values.has('--email');
  if (password === undefined) {
    password = await questions.password('Password: ');
    const again = await questions.password('Again: ');
    if (again !== password) return refuse(io, 'Passwords do not match');
    if (password === '') return refuse(io, 'Passwords cannot be empty');
  }
  const email = values.get('--email') ?? (await questions.ask('Email: '));
  if (asksForKeys && !complete && !values.has('--ssh-import')) {
    await questions.ask('Import SSH keys [] (lp:user-id or gh:user-id): ');
  }
  return io.machine.maas.create(username, email, password)
    ? 0
    : refuse(io, `A user with the email ${email} already exists.`);
}

function apiKey(args: readonly string[], io: Io): number {
  const { flags, values } = parseArgs(args, { flags: '--generate', valued: '--username --delete' });
  const name = values.get('--username');
  if (name === undefined) return refuse(io, 'You must provide a username with --username.');
  const user = io.machine.maas.users.get(name);
  if (user === undefined) return refuse(io, 'User does not exist.');
  const gone = values.get('--delete');
  if (flags.has('--generate')) io.out(`${io.machine.maas.addKey(name)}\n`);
  else if (gone !== undefined) {
    if (!user.keys.includes(gone)) return refuse(io, 'No matching api key found.');
    user.keys = user.keys.filter((key) => key !== gone);
  } else io.out(user.keys.map((key) => `${key}\n`).join(''));
  return 0;
}

const regionAdmin: Program = async ([command = '', ...args], io) => {
  if (io.session.uid !== 0) {
    io.out('This utility may only be run as root.\n');
    return 1;
  }
  if (command === 'createadmin') return await createAdmin(args, io, false);
  if (command === 'apikey') return apiKey(args, io);
  io.err(`Unknown command: '${command}'\nType 'maas-region-admin help' for usage.\n`);
  return 1;
};

const TEST_DB = 'maas-test-db:///';

/** libpq's words for a server that is not there; the practice server has no other database. */
function databaseTrouble(machine: Machine, uri: string): string | undefined {
  if (uri === TEST_DB && machine.fs.find('/var/snap/maas-test-db')) return undefined;
  return uri === TEST_DB
    ? 'could not connect to server: No such file or directory\n\tIs the server running locally and accepting\n\tconnections on Unix domain socket "/var/snap/maas/common/test-db-socket/.s.PGSQL.5432"?'
    : 'could not connect to server: Connection refused\n\tIs the server running on host "localhost" (127.0.0.1) and accepting\n\tTCP/IP connections on port 5432?';
}

async function init(args: readonly string[], io: Io): Promise<number> {
  const { values, flags, rest } = parseArgs(args, {
    flags: '--force',
    valued: '--database-uri --maas-url',
  });
  const [mode = ''] = rest;
  const { machine } = io;
  const questions = new Questions(io);
  if (snapMode(machine) !== 'none' && !flags.has('--force')) {
    io.out('Controller has already been initialized.\n');
    const sure = 'Are you sure you want to initialize again (yes/no) [default=no]? ';
    if ((await questions.ask(sure)) !== 'yes') return 0;
  }
  const socket = machine.fs.find('/var/snap/maas-test-db') ? ` [default=${TEST_DB}]` : '';
  const uri = values.get('--database-uri') ?? (await questions.ask(`Database URI${socket}: `));
  if (uri !== TEST_DB && !uri.startsWith('postgres://')) {
    io.err(`error: Database URI needs to be either '${TEST_DB}' or start with 'postgres://'\n`);
    return 1;
  }
  const own = `http://${machine.address}:5240/MAAS`;
  const url = values.get('--maas-url') ?? (await questions.ask(`MAAS URL [default=${own}]: `));
  const trouble = databaseTrouble(machine, uri);
  machine.fs.writeSync(SNAP_CONFIG, `maas_url: ${url === '' ? own : url}\n`);
  io.out('Performing database migrations\n');
  if (trouble !== undefined) {
    io.err(`django.db.utils.OperationalError: ${trouble}\n`);
    return 1;
  }
  io.out('Starting services\n');
  machine.fs.writeSync(SNAP_MODE, mode);
  io.out(
    'MAAS has been set up.\n\nTo create admins when not using external authentication, run\n\n  sudo maas createadmin\n\n',
  );
  return 0;
}

/** `pebble services`; which of them run at once is not recorded, so only those that must are shown. */
function status(io: Io): number {
  if (snapMode(io.machine) === 'none') {
    io.out('MAAS is not configured\n');
    return 1;
  }
  io.out('Service  Startup   Current   Since\n');
  for (const [name, state] of [
    ['rackd', 'active'],
    ['regiond', 'active'],
  ])
    io.out(`${name?.padEnd(8)} enabled   ${state}    today at 07:48 UTC\n`);
  return 0;
}

function config(args: readonly string[], io: Io): number {
  const { values } = parseArgs(args, { flags: '--show --parsable', valued: '--maas-url' });
  const { fs } = io.machine;
  const url = values.get('--maas-url');
  if (url !== undefined) fs.writeSync(SNAP_CONFIG, `maas_url: ${url}\n`);
  else {
    const known = fs.find(SNAP_CONFIG) ? fs.textSync(SNAP_CONFIG).replace('maas_url: ', '') : '';
    io.out(`mode=${snapMode(io.machine)}\n${known === '' ? '' : `maas_url=${known}`}`);
  }
  return 0;
}

/** The snap's command, without what talks to the API: that is not there. */
const maas: Program = async ([command = '', ...args], io) => {
  const asRoot = ['init', 'status', 'config', 'createadmin', 'apikey'];
  if (asRoot.includes(command) && io.session.uid !== 0) {
    io.err(`The '${command}' command must be run by root.\n`);
    return 1;
  }
  switch (command) {
    case 'init':
      return await init(args, io);
    case 'status':
      return status(io);
    case 'config':
      return config(args, io);
    case 'createadmin':
      return await createAdmin(args, io, true);
    case 'apikey':
      return apiKey(args, io);
    default:
      io.err('maas: the practice server has no API to talk to\n');
      return 1;
  }
};

/** The snap's program is on nobody's path but /snap/bin, where a script calls it. */
export const maasPrograms: Programs = { 'maas-region-admin': regionAdmin, __maas: maas };
