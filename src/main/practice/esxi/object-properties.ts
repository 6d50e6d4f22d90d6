import type { MoRef } from '../../drivers/vsphere/vim-value.ts';
import { type EsxiHost, type PracticeVm, type Security, snapshotRef, vmRef } from './esxi-host.ts';
import { PLACE } from './place-refs.ts';
import type { Release } from './releases.ts';
import type { Tasks } from './tasks.ts';
import { type AnswerObject, type AnswerValue, list, Typed } from './vim-answer.ts';

/** Values by property path; a path that is not there is none of the type's properties. */
export type Properties = Readonly<Record<string, AnswerValue | undefined>>;

const long = (value: number) => new Typed('xsd:long', value);

/** What the property collector reads: every object of the host, as paths that Labwright asks for. */
export class ObjectProperties {
  readonly #host: EsxiHost;
  readonly #release: Release;
  readonly #tasks: Tasks;

  constructor(host: EsxiHost, release: Release, tasks: Tasks) {
    this.#host = host;
    this.#release = release;
    this.#tasks = tasks;
  }

  /** Undefined for an object that is not there. */
  of({ type, value }: MoRef): Properties | undefined {
    switch (type) {
      case 'VirtualMachine': {
        const machine = this.#host.machines.get(value);
        return machine && machineProperties(machine);
      }
      case 'VirtualMachineSnapshot': {
        const known = [...this.#host.machines.values()].some(({ snapshots }) =>
          snapshots.some(({ id }) => id === value),
        );
        return known ? {} : undefined;
      }
      case 'Task': {
        const info = this.#tasks.info(value);
        return info && { info };
      }
      case 'Datastore':
        return this.#datastore(value);
      default:
        return this.#fixed(value);
    }
  }

  /** Every object of a type below the root folder. */
  all(type: string): MoRef[] {
    switch (type) {
      case 'VirtualMachine':
        return [...this.#host.machines.values()].map(vmRef);
      case 'Datastore':
        return this.#host.datastores.map(({ id }) => ({ type, value: id }));
      case 'HostSystem':
        return [PLACE.host];
      default:
        return [];
    }
  }

  #fixed(value: string): Properties | undefined {
    switch (value) {
      case PLACE.rootFolder.value:
        return { name: 'ha-folder-root', parent: undefined };
      case PLACE.datacenter.value:
        return { name: 'ha-datacenter', parent: PLACE.rootFolder, vmFolder: PLACE.vmFolder };
      case PLACE.vmFolder.value:
        return { name: 'vm', parent: PLACE.datacenter };
      case PLACE.hostFolder.value:
        return { name: 'host', parent: PLACE.datacenter };
      case PLACE.computeResource.value:
        return {
          name: this.#host.name,
          parent: PLACE.hostFolder,
          resourcePool: PLACE.pool,
          environmentBrowser: PLACE.environmentBrowser,
        };
      case PLACE.host.value:
        return this.#hostSystem();
      case PLACE.networkSystem.value:
        return this.#networks();
      case PLACE.licenseManager.value:
        return this.#licences();
      default:
        return undefined;
    }
  }

  #hostSystem(): Properties {
    const { version } = this.#release;
    const { build, uuid, name, memoryBytes, cpuThreads } = this.#host;
    return {
      name,
      parent: PLACE.computeResource,
      network: list('ManagedObjectReference', []),
      datastore: list(
        'ManagedObjectReference',
        this.#host.datastores.map(({ id }) => ({ type: 'Datastore', value: id })),
      ),
      'summary.config.product.version': version,
      'summary.config.product.build': build,
      'summary.hardware.uuid': uuid,
      'summary.hardware': {
        _type: 'HostHardwareSummary',
        vendor: 'Labwright',
        model: 'Practice host',
        uuid,
        memorySize: memoryBytes,
        cpuModel: 'Practice CPU @ 2.60GHz',
        cpuMhz: 2600,
        numCpuPkgs: 1,
        numCpuCores: cpuThreads / 2,
        numCpuThreads: cpuThreads,
        numNics: 2,
        numHBAs: 1,
      },
      'summary.quickStats.overallCpuUsage': 740,
      'summary.quickStats.overallMemoryUsage': 10_240,
      'capability.nestedHVSupported': true,
      'runtime.inMaintenanceMode': this.#host.inMaintenance,
      'config.service.service': list(
        'HostService',
        this.#host.services.map(({ key, label, running, policy }) => ({
          key,
          label,
          required: false,
          uninstallable: false,
          running,
          policy,
        })),
      ),
      'config.dateTimeInfo.ntpConfig.server': list('String', this.#host.ntpServers),
      'config.firewall.ruleset': list('HostFirewallRuleset', [
        {
          key: 'ntpClient',
          label: 'NTP Client',
          required: false,
          rule: [{ port: 123, direction: 'outbound', portType: 'dst', protocol: 'udp' }],
          service: 'ntpd',
          enabled: this.#host.ntpPortOpen,
        },
      ]),
      'configManager.networkSystem': PLACE.networkSystem,
      'configManager.serviceSystem': PLACE.serviceSystem,
      'configManager.dateTimeSystem': PLACE.dateTimeSystem,
      'configManager.firewallSystem': PLACE.firewallSystem,
    };
  }

  #datastore(id: string): Properties | undefined {
    const found = this.#host.datastores.find((each) => each.id === id);
    if (found === undefined) return undefined;
    const { name, capacityBytes, freeBytes } = found;
    return {
      name,
      browser: PLACE.datastoreBrowser,
      summary: {
        _type: 'DatastoreSummary',
        datastore: { type: 'Datastore', value: id },
        name,
        url: `/vmfs/volumes/${id}`,
        capacity: capacityBytes,
        freeSpace: freeBytes,
        accessible: true,
        multipleHostAccess: false,
        type: 'VMFS',
      },
    };
  }

  #networks(): Properties {
    const { switches, portgroups } = this.#host;
    return {
      'networkInfo.vswitch': list(
        'HostVirtualSwitch',
        switches.map(({ name, uplinks, ports, mtu, security }) => ({
          name,
          key: `key-vim.host.VirtualSwitch-${name}`,
          numPorts: ports,
          numPortsAvailable: ports - 8,
          mtu,
          portgroup: portgroups
            .filter(({ switchName }) => switchName === name)
            .map((each) => `key-vim.host.PortGroup-${each.name}`),
          pnic: uplinks.map((each) => `key-vim.host.PhysicalNic-${each}`),
          spec: {
            numPorts: ports,
            ...(uplinks.length === 0
              ? {}
              : { bridge: { _type: 'HostVirtualSwitchBondBridge', nicDevice: [...uplinks] } }),
            policy: { security: { ...security } },
            mtu,
          },
        })),
      ),
      'networkInfo.portgroup': list(
        'HostPortGroup',
        portgroups.map(({ name, switchName, vlan, security }) => ({
          key: `key-vim.host.PortGroup-${name}`,
          vswitch: `key-vim.host.VirtualSwitch-${switchName}`,
          computedPolicy: { security: this.#computed(switchName, security) },
          spec: {
            name,
            vlanId: vlan,
            vswitchName: switchName,
            policy: Object.keys(security).length === 0 ? {} : { security: { ...security } },
          },
        })),
      ),
    };
  }

  #computed(switchName: string, own: Security): AnswerObject {
    const above = this.#host.switches.find(({ name }) => name === switchName)?.security;
    return { ...above, ...own };
  }

  #licences(): Properties {
    const { licence, evaluationHoursLeft } = this.#host;
    const free = licence === 'free';
    return {
      licenses: list('LicenseManagerLicenseInfo', [
        {
          // Not a key: the zeros that every unlicensed host shows.
          licenseKey: '00000-00000-00000-00000-00000',
          // esxBasic for the free one [K].
          editionKey: free ? 'esxBasic' : 'eval',
          name: free ? 'vSphere Hypervisor' : 'Evaluation Mode',
          total: 0,
          costUnit: 'cpuPackage',
        },
      ]),
      evaluation: {
        _type: 'LicenseManagerEvaluationInfo',
        properties: [
          { key: 'ProductName', value: 'VMware ESX Server' },
          ...(free ? [] : [{ key: 'expirationHours', value: long(evaluationHoursLeft) }]),
        ],
      },
    };
  }
}

function machineProperties(machine: PracticeVm): Properties {
  return {
    name: machine.name,
    'runtime.powerState': new Typed('VirtualMachinePowerState', machine.power),
    'runtime.question': undefined,
    'config.instanceUuid': machine.instanceUuid,
    'config.uuid': machine.uuid,
    'config.hardware.numCPU': machine.cpus,
    'config.hardware.memoryMB': machine.memoryMb,
    'config.firmware': machine.firmware,
    'config.version': machine.hardwareVersion,
    'config.hardware.device': list('VirtualDevice', machine.devices),
    'config.bootOptions.bootOrder': list(
      'VirtualMachineBootOptionsBootableDevice',
      machine.bootOrder,
    ),
    'config.nestedHVEnabled': machine.nested,
    'config.extraConfig': list('OptionValue', machine.extraConfig),
    'config.annotation': machine.annotation,
    snapshot: snapshotInfo(machine),
  };
}

/** Unset while there is none (VirtualMachine.snapshot). */
function snapshotInfo(machine: PracticeVm): AnswerObject | undefined {
  const tree = machine.snapshots.reduceRight<AnswerObject | undefined>(
    (child, snapshot) => ({
      _type: 'VirtualMachineSnapshotTree',
      snapshot: snapshotRef(snapshot),
      vm: vmRef(machine),
      name: snapshot.name,
      description: snapshot.description,
      id: machine.snapshots.indexOf(snapshot) + 1,
      createTime: new Date(snapshot.at).toISOString(),
      state: snapshot.power,
      quiesced: false,
      ...(child === undefined ? {} : { childSnapshotList: [child] }),
    }),
    undefined,
  );
  const current = machine.snapshots.at(-1);
  if (tree === undefined || current === undefined) return undefined;
  return {
    _type: 'VirtualMachineSnapshotInfo',
    currentSnapshot: snapshotRef(current),
    rootSnapshotList: [tree],
  };
}
