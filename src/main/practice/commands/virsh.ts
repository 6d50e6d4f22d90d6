import { LibvirtError } from '../libvirt/libvirt-error.ts';
import type { LibvirtState } from '../libvirt/libvirt-state.ts';
import type { Io, Program } from '../program.ts';
import type { VirshCommand } from './virsh-command.ts';
import { domainCommands } from './virsh-domains.ts';
import { eventCommands } from './virsh-events.ts';
import { hostCommands } from './virsh-host.ts';
import { networkCommands } from './virsh-networks.ts';
import { type VirshOptions, virshOptions } from './virsh-options.ts';
import { snapshotCommands } from './virsh-snapshots.ts';
import { storageCommands } from './virsh-storage.ts';

const COMMANDS: Readonly<Record<string, VirshCommand>> = {
  ...hostCommands,
  ...storageCommands,
  ...networkCommands,
  ...domainCommands,
  ...eventCommands,
  ...snapshotCommands,
};

/** Commands that a person may try and that virsh has; here they are not simulated. */
const ELSEWHERE = new Set(
  'attach-disk attach-interface blockcommit console create detach-disk detach-interface domrename edit managedsave migrate net-create net-edit pool-edit qemu-monitor-command restore save screenshot setmaxmem setmem setvcpus snapshot-create snapshot-current snapshot-dumpxml snapshot-edit vncdisplay vol-resize'.split(
    ' ',
  ),
);

const SYSTEM = 'qemu:///system';
const SESSION = 'qemu:///session';
const NO_CONNECTION = 'failed to connect to the hypervisor';

/** The daemon behind a URI, woken by its socket as systemd does. */
async function connect(uri: string, io: Io): Promise<LibvirtState> {
  const { machine, session } = io;
  if (uri === SESSION) return machine.libvirtOf(session.user);
  if (uri !== SYSTEM)
    throw new LibvirtError(NO_CONNECTION, `no connection driver available for ${uri}`);
  const service = machine.units.get('libvirtd.service');
  if (service?.active !== 'active') {
    if (!service || !machine.units.isActive('libvirtd.socket'))
      throw new LibvirtError(
        NO_CONNECTION,
        "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
      );
    await machine.units.start(service);
  }
  // A real session has the groups of its login; here a new group counts at once.
  const member = machine
    .groups()
    .some(({ name, members }) => name === 'libvirt' && members.includes(session.user));
  if (session.uid !== 0 && !member)
    throw new LibvirtError(
      NO_CONNECTION,
      "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
    );
  return machine.libvirtOf('root');
}

function readFile(name: string, io: Io): string {
  if (name === '/dev/stdin' || name === '-') return io.stdin.toString('utf8');
  const path = io.machine.fs.resolvePath(io.cwd, name);
  if (!io.machine.fs.find(path))
    throw new LibvirtError(`Failed to open file '${name}': No such file or directory`);
  if (!io.machine.fs.access(path, 4))
    throw new LibvirtError(`Failed to open file '${name}': Permission denied`);
  return io.machine.fs.textSync(path);
}

function complain(error: unknown, io: Io): number {
  if (!(error instanceof LibvirtError)) throw error;
  for (const line of error.lines) io.err(`error: ${line}\n`);
  return 1;
}

/** virsh(1) of libvirt 9.0, as far as the recordings in test/fixtures/libvirt go. */
export const virsh: Program = async (args, io) => {
  let quiet = false;
  let given: string | undefined;
  const otherwise = io.env.LIBVIRT_DEFAULT_URI ?? (io.session.uid === 0 ? SYSTEM : SESSION);
  const rest = [...args];
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift();
    if (option === '-q' || option === '--quiet') quiet = true;
    else if (option === '-c' || option === '--connect') given = rest.shift() ?? '';
    else if (option?.startsWith('--connect=')) given = option.slice('--connect='.length);
    else if (option === '-v' || option === '--version') {
      io.out('9.0.0\n');
      return 0;
    } else {
      io.err(`error: unsupported option '${option}'. See --help.\n`);
      return 1;
    }
  }
  const [name = '', ...words] = rest;
  if (name === 'help') {
    // Whether there is such a command is told without asking a daemon; there is no text to read.
    const known = words[0] !== undefined && words[0] in COMMANDS;
    if (known) io.out('the practice lab has no help of virsh; see virsh(1)\n');
    else io.err(`error: command '${words[0] ?? ''}' doesn't exist\n`);
    return known ? 0 : 1;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    if (name === '' || ELSEWHERE.has(name))
      io.err(
        `error: the practice lab has no ${name === '' ? 'prompt' : `'${name}'`} of virsh; machines are changed with dumpxml and define\n`,
      );
    else io.err(`error: unknown command: '${name}'\n`);
    return 1;
  }
  let options: VirshOptions;
  try {
    options = virshOptions(name, command, words);
  } catch (error) {
    return complain(error, io);
  }
  const uri = given ?? otherwise;
  let status = 0;
  let connected = false;
  try {
    const libvirt = await connect(uri, io);
    connected = true;
    const print = (text: string) => io.out(text);
    const say = (text: string) => void (quiet || io.out(text));
    const file = (path: string) => readFile(path, io);
    await command.run({ ...options, io, libvirt, uri, quiet, print, say, file });
  } catch (error) {
    status = complain(error, io);
  }
  // With `-c` it connects before it looks at the command, so there is none to end.
  if (!quiet && (connected || given === undefined)) io.out('\n');
  return status;
};
