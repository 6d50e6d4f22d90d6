import { type Io, type Program, parseArgs } from '../program.ts';
import { softwareVerbs } from './esxcli-software.ts';
import { type EsxiState, SWITCH_POLICY } from './esxi-state.ts';

const OPTIONS = {
  flags: '--use-vswitch -u --formatter --dry-run --rebooting-image --reset',
  valued:
    '-v --vswitch-name -p --portgroup-name -P --ports --vlan-id --allow-promiscuous --allow-forged-transmits --allow-mac-change --formatter -d --depot --delay --profile -r --reason --enable --timeout --enabled --server --ruleset-id',
};

/** esxcli's CSV: the columns by name, a comma after the last one too. */
function csv(
  columns: readonly string[],
  rows: readonly (readonly (string | number | boolean)[])[],
): string {
  return [columns, ...rows].map((row) => `${row.join(',')},\n`).join('');
}

export type Verb = (
  option: (...names: string[]) => string,
  io: Io,
  flags: ReadonlySet<string>,
  args: readonly string[],
) => number;

/** Every `--server X` and `--server=X`: the option may come several times. */
function allServers(args: readonly string[]): string[] {
  return args.flatMap((word, at) => {
    if (word === '--server') return args[at + 1] ?? [];
    return word.startsWith('--server=') ? word.slice('--server='.length) : [];
  });
}

/** esxcli as far as the lab uses it; the names of the CSV columns are those of real answers. */
export function esxcli(esxi: EsxiState): Program {
  const refuse = (io: Io, text: string): number => {
    io.out(`${text}\n`);
    return 1;
  };
  const ntp: Record<string, Verb> = {
    // `esxcli system ntp` came with 7.0 (users.md D08); the form as in public transcripts.
    'system ntp get': (_option, io) => {
      const { enabled, servers } = esxi.ntp;
      io.out(
        `   Enabled: ${enabled}\n   Loglevel: warning\n   PID: ${enabled ? '2099671' : ''}\n   Runtime Seconds: ${enabled ? '12' : ''}\n   Servers: ${servers.join(', ')}\n`,
      );
      return 0;
    },
    'system ntp set': (option, _io, flags, args) => {
      if (flags.has('--reset')) Object.assign(esxi.ntp, { enabled: false, servers: [] });
      const servers = allServers(args);
      if (servers.length > 0) esxi.ntp.servers = servers;
      const enabled = option('--enabled');
      if (enabled !== '') esxi.ntp.enabled = enabled === 'true';
      return 0;
    },
  };
  const verbs: Record<string, Verb> = {
    ...softwareVerbs(esxi),
    ...(esxi.major >= 7 ? ntp : {}),
    'network firewall ruleset list': (option, io) => {
      const name = option('-r', '--ruleset-id');
      if (name !== 'ntpClient') return refuse(io, `Unknown ruleset id '${name}'`);
      io.out(csv(['Enabled', 'Name'], [[esxi.ntpPortOpen, name]]));
      return 0;
    },
    'network firewall ruleset set': (option) => {
      esxi.ntpPortOpen = option('--enabled') === 'true';
      return 0;
    },
    'system version get': (_option, io) => {
      io.out(
        `   Product: VMware ESXi\n   Version: ${esxi.version}\n   Build: Releasebuild-${esxi.build}\n   Update: 3\n   Patch: 73\n`,
      );
      return 0;
    },
    'system uuid get': (_option, io) => {
      io.out(`${esxi.uuid}\n`);
      return 0;
    },
    'hardware cpu global get': (_option, io) => {
      io.out('   CPU Packages: 1\n   CPU Cores: 4\n   CPU Threads: 8\n   HV Support: 3\n');
      return 0;
    },
    'storage filesystem list': (_option, io) => {
      const { name, uuid } = esxi.datastore;
      const columns = ['Free', 'MountPoint', 'Mounted', 'Size', 'Type', 'UUID', 'VolumeName'];
      const rows = [
        [esxi.freeBytes, `/vmfs/volumes/${uuid}`, true, esxi.capacityBytes, 'VMFS-6', uuid, name],
        [92_274_688, '/vmfs/volumes/boot', true, 261_853_184, 'vfat', 'boot', 'BOOTBANK1'],
      ];
      io.out(csv(columns, rows));
      return 0;
    },
    'vm process list': (_option, io) => {
      const on = [...esxi.vms.values()].filter(({ power }) => power === 'on');
      const { name, uuid } = esxi.datastore;
      // The volume by its UUID, although the machine was registered by the name.
      const file = (path: string) => path.replace(`/${name}/`, `/${uuid}/`);
      io.out(
        csv(
          ['ConfigFile', 'DisplayName', 'ProcessID', 'UUID', 'VMXCartelID', 'WorldID'],
          on.map((vm) => [file(vm.path), esxi.value(io.machine, vm, 'displayName'), 0, '', 1, 2]),
        ),
      );
      return 0;
    },
    'network vswitch standard list': (option, io) => {
      const wanted = option('-v', '--vswitch-name');
      if (wanted !== '' && !esxi.switches.has(wanted))
        return refuse(io, `Could not find vswitch named ${wanted}`);
      for (const [name, { uplinks }] of esxi.switches) {
        if (wanted !== '' && name !== wanted) continue;
        const names = [...esxi.portgroups].filter(([, { switch: on }]) => on === name);
        io.out(
          `${name}\n   Name: ${name}\n   Class: cswitch\n   Num Ports: 128\n   MTU: 1500\n   Uplinks: ${uplinks.join(', ')}\n   Portgroups: ${names.map(([each]) => each).join(', ')}\n\n`,
        );
      }
      return 0;
    },
    'network vswitch standard add': (option, io) => {
      const name = option('-v', '--vswitch-name');
      if (esxi.switches.has(name))
        return refuse(io, `A vSwitch with the name ${name} already exists`);
      esxi.switches.set(name, { uplinks: [] });
      return 0;
    },
    'network vswitch standard remove': (option, io) =>
      esxi.switches.delete(option('-v', '--vswitch-name')) ? 0 : refuse(io, 'No such vswitch'),
    'network vswitch standard portgroup list': (_option, io) => {
      io.out(
        csv(
          ['ActiveClients', 'Name', 'VLANID', 'VirtualSwitch'],
          [...esxi.portgroups].map(([name, { switch: on, vlan }]) => [0, name, vlan, on]),
        ),
      );
      return 0;
    },
    'network vswitch standard portgroup add': (option, io) => {
      const name = option('-p', '--portgroup-name');
      const on = option('-v', '--vswitch-name');
      if (esxi.portgroups.has(name))
        return refuse(io, `A portgroup with the name ${name} already exists`);
      if (!esxi.switches.has(on)) return refuse(io, `Could not find vswitch named ${on}`);
      esxi.portgroups.set(name, { switch: on, vlan: 0 });
      return 0;
    },
    'network vswitch standard portgroup remove': (option, io) =>
      esxi.portgroups.delete(option('-p', '--portgroup-name'))
        ? 0
        : refuse(io, 'No such portgroup'),
    'network vswitch standard portgroup set': (option, io) => {
      const found = esxi.portgroups.get(option('-p', '--portgroup-name'));
      if (found === undefined) return refuse(io, 'No such portgroup');
      found.vlan = Number(option('--vlan-id', '-v'));
      return 0;
    },
    'network vswitch standard portgroup policy security get': (option, io) => {
      const found = esxi.portgroups.get(option('-p', '--portgroup-name'));
      if (found === undefined) return refuse(io, 'No such portgroup');
      const { promiscuous, forgedTransmits, macChanges } = found.policy ?? SWITCH_POLICY;
      const own = found.policy !== undefined;
      const columns = [
        'AllowForgedTransmits',
        'AllowMACAddressChange',
        'AllowPromiscuous',
        'OverrideVswitchAllowForgedTransmits',
        'OverrideVswitchAllowMACAddressChange',
        'OverrideVswitchAllowPromiscuous',
      ];
      io.out(csv(columns, [[forgedTransmits, macChanges, promiscuous, own, own, own]]));
      return 0;
    },
    'network vswitch standard portgroup policy security set': (option, io, flags) => {
      const found = esxi.portgroups.get(option('-p', '--portgroup-name'));
      if (found === undefined) return refuse(io, 'No such portgroup');
      if (flags.has('--use-vswitch')) delete found.policy;
      else {
        found.policy = {
          promiscuous: option('--allow-promiscuous') === 'true',
          forgedTransmits: option('--allow-forged-transmits') === 'true',
          macChanges: option('--allow-mac-change') === 'true',
        };
      }
      return 0;
    },
  };
  return (args, io) => {
    const { flags, values, rest } = parseArgs(args, OPTIONS);
    const run = verbs[rest.join(' ')];
    if (run === undefined)
      return refuse(io, `Error: Unknown command or namespace ${rest.join(' ')}`);
    const option = (...names: string[]) =>
      names.map((name) => values.get(name)).find(Boolean) ?? '';
    return run(option, io, flags, args);
  };
}
