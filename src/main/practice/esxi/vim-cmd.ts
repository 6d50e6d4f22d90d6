import type { Io, Program } from '../program.ts';
import type { EsxiState, PracticeVm } from './esxi-state.ts';
import { snapshotTree, type VmSnapshot, VmSnapshots } from './vm-snapshots.ts';

const NOT_FOUND = 'Unable to find a VM corresponding to "';

type Verb = (args: readonly string[], io: Io) => number;

/** `[datastore1] node-1/node-1.vmx`, as hostd names files. */
function bracketed(path: string): string {
  const [, , , datastore = '', ...rest] = path.split('/');
  return `[${datastore}] ${rest.join('/')}`;
}

/** vim-cmd(1) of ESXi as far as the lab uses it; formats as public tools that parse them show. */
export function vimCmd(esxi: EsxiState): Program {
  const find = (args: readonly string[], io: Io): PracticeVm | undefined => {
    const vm = esxi.vms.get(Number(args[0]));
    if (vm === undefined) io.out(`${NOT_FOUND}${args[0] ?? ''}"\n`);
    return vm;
  };
  const power =
    (to: PracticeVm['power'], word: string): Verb =>
    (args, io) => {
      const vm = find(args, io);
      if (vm === undefined) return 1;
      io.out(`Powering ${word} VM:\n`);
      if (vm.power === to) {
        io.out('Power on failed\n');
        return 1;
      }
      if (to === 'on' && esxi.maintenance) {
        io.out('Power on failed\n');
        return 1;
      }
      if (to === 'on' && esxi.powerFails) return 0;
      vm.power = to;
      return 0;
    };
  const keepers = new Map<PracticeVm, VmSnapshots>();
  const snapshotsOf = (vm: PracticeVm, io: Io): VmSnapshots => {
    const keeper = keepers.get(vm) ?? new VmSnapshots(io.machine, vm);
    keepers.set(vm, keeper);
    return keeper;
  };
  /** One that is not there is said with a fault (vim.fault.NotFound) [unverified]. */
  const onSnapshot =
    (title: string, run: (vm: PracticeVm, snapshot: VmSnapshot, io: Io) => void): Verb =>
    (args, io) => {
      const vm = find(args, io);
      const snapshot = vm?.snapshots.find(({ id }) => String(id) === args[1]);
      if (vm === undefined) return 1;
      if (snapshot === undefined) {
        io.out(`${title}:\nSnapshot not found\n`);
        return 1;
      }
      run(vm, snapshot, io);
      io.out(snapshotTree(title, vm.snapshots));
      return 0;
    };
  const verbs: Record<string, Verb> = {
    // Columns and long annotations over several lines: terraform-provider-esxi, vsphere.md section 5.
    'vmsvc/getallvms': (_args, io) => {
      const rows = [...esxi.vms.values()].map((vm) => {
        const { fs } = io.machine;
        if (fs.find(vm.path) === undefined) return `Skipping invalid VM '${vm.vmid}'\n`;
        const name = esxi.value(io.machine, vm, 'displayName');
        const hardware = esxi.value(io.machine, vm, 'virtualHW.version').padStart(2, '0');
        const annotation = esxi.value(io.machine, vm, 'annotation');
        return `${String(vm.vmid).padEnd(6)} ${name.padEnd(12)} ${bracketed(vm.path).padEnd(40)} ubuntu64Guest   vmx-${hardware}    ${annotation}\n`;
      });
      const skipped = rows.filter((row) => row.startsWith('Skipping'));
      const shown = rows.filter((row) => !row.startsWith('Skipping'));
      io.out(skipped.join(''));
      io.out(
        `Vmid   Name   ${'File'.padEnd(40)} Guest OS   Version   Annotation\n${shown.join('')}`,
      );
      return 0;
    },
    'vmsvc/power.getstate': (args, io) => {
      const vm = find(args, io);
      if (vm === undefined) return 1;
      io.out(`Retrieved runtime info\nPowered ${vm.power}\n`);
      return 0;
    },
    'vmsvc/power.on': power('on', 'on'),
    'vmsvc/power.off': power('off', 'off'),
    'vmsvc/power.reset': (args, io) => (find(args, io)?.power === 'on' ? 0 : 1),
    'vmsvc/reload': (args, io) => (find(args, io) === undefined ? 1 : 0),
    'vmsvc/message': (_args, io) => {
      io.out('No message.\n');
      return 0;
    },
    'vmsvc/snapshot.get': (args, io) => {
      const vm = find(args, io);
      if (vm === undefined) return 1;
      io.out(snapshotTree('Get Snapshot', vm.snapshots));
      return 0;
    },
    'vmsvc/snapshot.create': (args, io) => {
      const vm = find(args, io);
      if (vm === undefined) return 1;
      const [, name = '', description = ''] = args;
      snapshotsOf(vm, io).create(name, description);
      io.out('Create Snapshot:\n');
      return 0;
    },
    'vmsvc/snapshot.revert': onSnapshot('Revert Snapshot', (vm, snapshot, io) =>
      snapshotsOf(vm, io).revert(snapshot),
    ),
    'vmsvc/snapshot.remove': onSnapshot('Remove Snapshot', (vm, snapshot, io) =>
      snapshotsOf(vm, io).remove(snapshot),
    ),
    // destroy deletes the files of the machine; what else lies in its folder stays.
    'vmsvc/destroy': (args, io) => {
      const vm = find(args, io);
      if (vm === undefined || vm.power === 'on') return 1;
      const { fs } = io.machine;
      const folder = vm.path.slice(0, vm.path.lastIndexOf('/'));
      const name = vm.path.slice(folder.length + 1, -'.vmx'.length);
      for (const file of [...(fs.find(folder)?.children.keys() ?? [])]) {
        if (/\.(vmdk|nvram|vmsd|vmsn|vmxf|log)$/.test(file) || file === `${name}.vmx`)
          fs.rmSync(`${folder}/${file}`, {});
      }
      if (fs.find(folder)?.children.size === 0) fs.rmSync(folder, { recursive: true });
      esxi.vms.delete(vm.vmid);
      return 0;
    },
    'vmsvc/unregister': (args, io) => {
      const vm = find(args, io);
      if (vm === undefined) return 1;
      esxi.vms.delete(vm.vmid);
      return 0;
    },
    'solo/registervm': ([path = ''], io) => {
      if (io.machine.fs.find(path) === undefined) {
        io.out(
          '(vim.fault.NotFound) {\n   msg = "The object or item referred to could not be found."\n}\n',
        );
        return 1;
      }
      if ([...esxi.vms.values()].some((vm) => vm.path === path)) {
        io.out(
          '(vim.fault.AlreadyExists) {\n   msg = "The specified key, name, or identifier already exists."\n}\n',
        );
        return 1;
      }
      // As on a real host the machine is known by the name of its .vmx from now on.
      io.out(`${esxi.register(path).vmid}\n`);
      return 0;
    },
    // Keys of vim.vm.ConfigOptionDescriptor, as apache/vcl reads them.
    'solo/querycfgoptdesc': (_args, io) => {
      const all = [8, 9, 10, 11, 13, 14, 17, 19, 20, 21].filter((each) => each <= esxi.hardware);
      const list = all.map(
        (each) =>
          `   (vim.vm.ConfigOptionDescriptor) {\n      key = "vmx-${String(each).padStart(2, '0')}", \n      createSupported = true, \n      runSupported = true\n   }`,
      );
      io.out(`(vim.vm.ConfigOptionDescriptor) [\n${list.join(', \n')}\n]\n`);
      return 0;
    },
    'hostsvc/hostsummary': (_args, io) => {
      io.out(`(vim.host.Summary) {
   host = 'vim.HostSystem:ha-host',
   hardware = (vim.host.Summary.HardwareSummary) {
      vendor = "Practice",
      uuid = "${esxi.hardwareUuid}",
      memorySize = 34305318912,
      cpuModel = "Practice CPU",
      numCpuCores = 4,
      numCpuThreads = 8,
   },
   runtime = (vim.host.RuntimeInfo) {
      inMaintenanceMode = ${esxi.maintenance},
   },
}
`);
      return 0;
    },
    // As hosts print it: apache/vcl (esxBasic), public transcripts (eval).
    'vimsvc/license': (_args, io) => {
      const free = esxi.licence === 'free';
      io.out(`[200] Sending request for installed licenses...[200] Complete, result is:
   serial: ${free ? '0A0B0-0C0D0-0E0F0-00000-00000' : '00000-00000-00000-00000-00000'}
   vmodl key: ${free ? 'esxBasic' : 'eval'}
   name: ${free ? 'vSphere 6 Hypervisor' : 'Evaluation Mode'}
   total: 0
   used: 2
   unit: cpuPackage
   Properties:
     [ProductName] = VMware ESX Server
${free ? '' : '     [expirationHours] = 1000\n'}[200] End of report.
`);
      return 0;
    },
  };
  return ([verb = '', ...args], io) => {
    if (esxi.restarting > 0) {
      esxi.restarting -= 1;
      io.out('<unset>\n');
      return 0;
    }
    const run = verbs[verb];
    if (run === undefined) {
      io.out(`Invalid command '${verb}'.\n`);
      return 1;
    }
    return run(args, io);
  };
}
