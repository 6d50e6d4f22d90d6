import { quote } from '../../../contract/shell-quote.ts';
import type { MachineChange } from './change-machine.ts';
import type { DatastorePath } from './datastore-files.ts';
import { annotationOf, type NewMachine } from './machine-spec.ts';
import type { NewPortgroup, NewSwitch } from './networks.ts';
import { serialLog } from './serial-log.ts';
import type { SecurityPolicy } from './shapes.ts';

/** An operation of this driver, with things by name as a person knows them. */
export type SiteOperation =
  | { readonly kind: 'about' }
  | { readonly kind: 'inventory' }
  | { readonly kind: 'create-machine'; readonly machine: NewMachine }
  | { readonly kind: 'boot-first'; readonly machine: string; readonly first: 'network' | 'disk' }
  | { readonly kind: 'change-machine'; readonly machine: string; readonly change: MachineChange }
  | { readonly kind: 'power'; readonly machine: string; readonly to: 'on' | 'off' | 'reset' }
  | {
      readonly kind: 'snapshot';
      readonly machine: string;
      readonly snapshot: string;
      readonly do: 'create' | 'revert' | 'remove';
    }
  | { readonly kind: 'unregister-machine' | 'destroy-machine'; readonly machine: string }
  | { readonly kind: 'add-switch'; readonly network: NewSwitch }
  | { readonly kind: 'remove-switch' | 'remove-portgroup'; readonly name: string }
  | { readonly kind: 'add-portgroup'; readonly network: NewPortgroup }
  | {
      readonly kind: 'portgroup-security';
      readonly name: string;
      readonly security: SecurityPolicy;
    }
  | {
      readonly kind: 'service';
      readonly service: string;
      readonly running: boolean;
      readonly policy?: string;
    }
  | { readonly kind: 'firewall'; readonly ruleset: string; readonly open: boolean }
  | { readonly kind: 'time-servers'; readonly servers: readonly string[] }
  | { readonly kind: 'make-directory' | 'delete-file'; readonly path: DatastorePath }
  | { readonly kind: 'upload-file'; readonly path: DatastorePath; readonly from: string };

const BOOT_DEVICES = { network: 'ethernet,disk', disk: 'disk,ethernet' };

/**
 * The same in lines of `govc` (govmomi's command line), for people who know it. The address and
 * the login come from GOVC_URL, GOVC_USERNAME and GOVC_PASSWORD and are never part of a line.
 */
export function govcLines(operation: SiteOperation, host?: string): string[] {
  return govc(operation).map(([command = '', ...words]) => {
    // Which of a vCenter's hosts; what finds a machine by its name takes no host.
    const placed = host !== undefined && /^(host\.|vm\.create$)/.test(command);
    const line = ['govc', command, ...(placed ? ['-host', host] : []), ...words];
    return line.map(quote).join(' ');
  });
}

function govc(operation: SiteOperation): string[][] {
  switch (operation.kind) {
    case 'about':
      return [['about'], ['license.ls']];
    case 'inventory':
      return [
        ['host.info'],
        ['host.vswitch.info'],
        ['host.portgroup.info'],
        ['datastore.info'],
        ['find', '/', '-type', 'm'],
      ];
    case 'create-machine':
      return createMachine(operation.machine);
    case 'boot-first':
      return [bootFirst(operation.machine, operation.first)];
    case 'change-machine': {
      const { cpus, memoryMebibytes, nested } = operation.change;
      return [
        [
          'vm.change',
          '-vm',
          operation.machine,
          ...(cpus === undefined ? [] : ['-c', String(cpus)]),
          ...(memoryMebibytes === undefined ? [] : ['-m', String(memoryMebibytes)]),
          ...(nested === undefined ? [] : [`-nested-hv-enabled=${nested}`]),
        ],
      ];
    }
    case 'power':
      return [['vm.power', `-${operation.to}`, operation.machine]];
    case 'snapshot':
      return [[`snapshot.${operation.do}`, '-vm', operation.machine, operation.snapshot]];
    case 'unregister-machine':
      return [['vm.unregister', operation.machine]];
    case 'destroy-machine':
      return [['vm.destroy', operation.machine]];
    case 'add-switch': {
      const { name, uplinks } = operation.network;
      return [['host.vswitch.add', ...uplinks.flatMap((nic) => ['-nic', nic]), name]];
    }
    case 'remove-switch':
      return [['host.vswitch.remove', operation.name]];
    case 'add-portgroup': {
      const { name, switchName, vlan, security } = operation.network;
      const add = ['host.portgroup.add', '-vswitch', switchName, '-vlan', String(vlan), name];
      const flags = securityFlags(security);
      return flags.length === 0 ? [add] : [add, ['host.portgroup.change', ...flags, name]];
    }
    case 'remove-portgroup':
      return [['host.portgroup.remove', operation.name]];
    case 'portgroup-security':
      return [['host.portgroup.change', ...securityFlags(operation.security), operation.name]];
    case 'service': {
      const { service, running, policy } = operation;
      // govc's own actions: enable and disable set the policy, start and stop do it now.
      const set = policy === undefined ? [] : [policy === 'off' ? 'disable' : 'enable'];
      return [...set, running ? 'start' : 'stop'].map((word) => ['host.service', word, service]);
    }
    case 'firewall': {
      const { ruleset, open } = operation;
      const words = ['network', 'firewall', 'ruleset', 'set', '-r', ruleset, '-e', String(open)];
      return [['host.esxcli', ...words]];
    }
    case 'time-servers':
      return [['host.date.change', ...operation.servers.flatMap((server) => ['-server', server])]];
    case 'make-directory':
      return [['datastore.mkdir', '-p', '-ds', operation.path.datastore, operation.path.path]];
    case 'delete-file':
      return [['datastore.rm', '-ds', operation.path.datastore, operation.path.path]];
    case 'upload-file': {
      const { path, from } = operation;
      return [['datastore.upload', '-ds', path.datastore, from, path.path]];
    }
  }
}

const kibibytes = (bytes: number) => `${Math.ceil(bytes / 1024)}KB`;

function createMachine(machine: NewMachine): string[][] {
  const { name, nics, nested, install } = machine;
  const size = kibibytes(machine.disksBytes[0] ?? 0);
  const inFolder = (file: string) => `${install?.folder}/${file}`;
  const [first, ...others] = nics.map(({ mac, network, adapter }) => [
    '-net',
    network,
    '-net.adapter',
    adapter,
    '-net.address',
    mac,
  ]);
  const create = [
    'vm.create',
    '-on=false',
    '-c',
    String(machine.cpus),
    '-m',
    String(machine.memoryMebibytes),
    '-g',
    machine.guestId ?? 'ubuntu64Guest',
    '-firmware',
    machine.firmware ?? 'bios',
    ...(machine.hardwareVersion === undefined ? [] : ['-version', machine.hardwareVersion]),
    '-ds',
    machine.datastore,
    '-disk.controller',
    'lsilogic',
    '-disk',
    install === undefined ? size : inFolder(install.disk),
    ...(install === undefined ? [] : ['-iso', inFolder(install.seed)]),
    ...(first ?? []),
    '-annotation',
    annotationOf(machine),
    name,
  ];
  return [
    create,
    ...others.map((nic) => ['vm.network.add', '-vm', name, ...nic]),
    ...machine.disksBytes
      .slice(1)
      .map((bytes, index) => [
        'vm.disk.create',
        '-vm',
        name,
        '-name',
        `${name}/${name}_${index + 2}`,
        '-size',
        kibibytes(bytes),
      ]),
    ['vm.change', '-vm', name, `-nested-hv-enabled=${nested}`, '-e', 'disk.EnableUUID=TRUE'],
    ...(install === undefined
      ? []
      : [
          ['vm.disk.change', '-vm', name, '-size', size],
          ['vm.change', '-vm', name, '-e', 'answer.msg.serial.file.open=Append'],
          ['device.serial.add', '-vm', name],
          [
            'device.serial.connect',
            '-vm',
            name,
            `[${machine.datastore}] ${inFolder(serialLog(name))}`,
          ],
        ]),
    bootFirst(name, machine.bootFirst),
  ];
}

function bootFirst(machine: string, first: 'network' | 'disk'): string[] {
  return ['device.boot', '-vm', machine, '-order', BOOT_DEVICES[first]];
}

function securityFlags({
  allowPromiscuous,
  macChanges,
  forgedTransmits,
}: SecurityPolicy): string[] {
  return [
    ...(allowPromiscuous === undefined ? [] : [`-allow-promiscuous=${allowPromiscuous}`]),
    ...(macChanges === undefined ? [] : [`-mac-changes=${macChanges}`]),
    ...(forgedTransmits === undefined ? [] : [`-forged-transmits=${forgedTransmits}`]),
  ];
}
