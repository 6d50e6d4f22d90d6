import { describedBytes } from '../../images/vmdk-descriptor.ts';
import { type Io, type Program, type Programs, parseArgs } from '../program.ts';
import { esxcli } from './esxcli.ts';
import type { EsxiState } from './esxi-state.ts';
import { vimCmd } from './vim-cmd.ts';

const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/**
 * vmkfstools -c SIZE -d thin FILE, -X SIZE FILE and -U FILE: a descriptor, and a flat file that grows when
 * written to. What it says when it refuses is [K].
 */
function vmkfstools(esxi: EsxiState): Program {
  return (args, io) => {
    const { values, flags, rest } = parseArgs(args, { flags: '-U', valued: '-c -d -X' });
    const path = io.machine.fs.resolvePath(io.cwd, rest[0] ?? '');
    const flat = path.replace(/\.vmdk$/, '-flat.vmdk');
    const { fs } = io.machine;
    if (flags.has('-U')) {
      for (const each of [path, flat]) if (fs.find(each)) fs.rmSync(each, {});
      return 0;
    }
    const size = values.get('-c') ?? values.get('-X') ?? '';
    const [, amount, unit = ''] = /^(\d+)([kmg])$/i.exec(size) ?? [];
    const bytes = Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
    if (!Number.isFinite(bytes)) {
      io.err('Invalid size\n');
      return 1;
    }
    if (values.has('-X')) return extend(fs, path, bytes, io);
    if (fs.find(path)) {
      io.err(`Failed to create virtual disk: The file already exists (39).\n`);
      return 1;
    }
    // Thin or not, the descriptor and its metadata need a block of the volume.
    if (esxi.freeBytes < 1024 ** 2) {
      io.err(
        'Failed to create virtual disk: There is not enough space on the file system for the selected operation (13).\n',
      );
      return 1;
    }
    fs.writeSync(
      path,
      `# Disk DescriptorFile\ncreateType="vmfs"\nRW ${bytes / 512} VMFS "${flat.split('/').at(-1)}"\n`,
    );
    fs.writeSync(flat, '');
    io.out('Create: 100% done.\n');
    return 0;
  };
}

/** chkconfig --list SSH and chkconfig SSH on|off: what starts with the host (its columns: unverified). */
function chkconfig(esxi: EsxiState): Program {
  return (args, io) => {
    const words = args.filter((word) => word !== '--list');
    if (words[0] !== 'SSH') return 1;
    if (args.includes('--list')) {
      io.out(`${'SSH'.padEnd(24)}${esxi.sshStarts ? 'on' : 'off'}\n`);
    } else esxi.sshStarts = words[1] === 'on';
    return 0;
  };
}

/** A disk only grows; its descriptor is written anew. */
function extend(fs: Io['machine']['fs'], path: string, bytes: number, io: Io): number {
  const now = fs.find(path) === undefined ? undefined : describedBytes(fs.textSync(path));
  if (now === undefined) {
    io.err('Failed to extend disk: The system cannot find the file specified (25).\n');
    return 1;
  }
  if (bytes <= now) {
    io.err('Failed to extend disk: One of the parameters supplied is invalid (1).\n');
    return 1;
  }
  fs.writeSync(path, fs.textSync(path).replace(/^RW \d+/m, `RW ${bytes / 512}`));
  io.out('Grow: 100% done.\n');
  return 0;
}

/** The programs of an ESXi shell that a Linux server does not have, or has otherwise. */
export function esxiPrograms(esxi: EsxiState): Programs {
  return {
    'vim-cmd': vimCmd(esxi),
    esxcli: esxcli(esxi),
    vmkfstools: vmkfstools(esxi),
    chkconfig: chkconfig(esxi),
    vmware: (_args, io) => {
      io.out(`VMware ESXi ${esxi.version} build-${esxi.build}\n`);
      return 0;
    },
    uname: (args, io) => {
      io.out(args[0] === '-a' ? `VMkernel esxi ${esxi.version} x86_64 ESXi\n` : 'VMkernel\n');
      return 0;
    },
  };
}
