import { type Program, type Programs, parseArgs } from '../program.ts';
import { esxcli } from './esxcli.ts';
import type { EsxiState } from './esxi-state.ts';
import { vimCmd } from './vim-cmd.ts';

const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** vmkfstools -c SIZE -d thin FILE and -U FILE: a descriptor, and a flat file that grows when written to. */
function vmkfstools(esxi: EsxiState): Program {
  return (args, io) => {
    const { values, flags, rest } = parseArgs(args, { flags: '-U', valued: '-c -d' });
    const path = io.machine.fs.resolvePath(io.cwd, rest[0] ?? '');
    const flat = path.replace(/\.vmdk$/, '-flat.vmdk');
    const { fs } = io.machine;
    if (flags.has('-U')) {
      for (const each of [path, flat]) if (fs.find(each)) fs.rmSync(each, {});
      return 0;
    }
    const [, amount, unit = ''] = /^(\d+)([kmg])$/i.exec(values.get('-c') ?? '') ?? [];
    const bytes = Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
    if (!Number.isFinite(bytes)) {
      io.err('Invalid size\n');
      return 1;
    }
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
      `# Disk DescriptorFile\nRW ${bytes / 512} VMFS "${flat.split('/').at(-1)}"\n`,
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
