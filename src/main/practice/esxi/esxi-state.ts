import type { Machine } from '../machine.ts';
import type { VmSnapshot } from './vm-snapshots.ts';

export interface PracticeVm {
  readonly vmid: number;
  /** `/vmfs/volumes/NAME/folder/name.vmx` */
  readonly path: string;
  power: 'on' | 'off';
  /** A parent before its child; without branches, as nobody here goes back and forth. */
  readonly snapshots: VmSnapshot[];
}

export interface PracticePortgroup {
  readonly switch: string;
  vlan: number;
  /** Own values; without them those of the switch hold. */
  policy?: { promiscuous: boolean; forgedTransmits: boolean; macChanges: boolean };
}

/** Default of a standard switch before 8.0 (vSphere Security, “Securing Standard Switch Ports”). */
export const SWITCH_POLICY = { promiscuous: false, forgedTransmits: true, macChanges: true };

/** An offline bundle on a datastore, as its image profile and the VIBs in which it differs. */
export interface PracticeBundle {
  readonly path: string;
  readonly profile: string;
  readonly build: string;
  /** What it would put in, take away (older ones of the same), and finds as it is. */
  readonly installed: readonly string[];
  readonly removed: readonly string[];
  readonly skipped: readonly string[];
}

/** Newest virtual hardware by version (unverified but for 5.5). */
const NEWEST_HARDWARE: Readonly<Record<string, number>> = {
  '5.5': 10,
  '6.0': 11,
  '6.5': 13,
  '6.7': 14,
  '7.0': 17,
  '8.0': 20,
};

/** What hostd and the kernel of the simulated host know beside its files. */
export class EsxiState {
  readonly version: string;
  build: string;
  /** Of the installation: it begins with the time of it and ends with a hardware address. */
  uuid = '5f7c3a10-8d2e-4b61-a1f0-0cc47a123456';
  /** Of the hardware (SMBIOS): the one that the API tells. */
  hardwareUuid = '4c4c4544-0042-3510-8054-b4c04f573232';
  maintenance = false;
  readonly bundles: PracticeBundle[] = [];
  /** A bundle that is written beside the running image and waits for a restart. */
  pending: PracticeBundle | undefined;
  /** SSH was started by hand; whether it also starts with the host. */
  sshStarts = false;
  readonly ntp = { enabled: false, servers: [] as string[] };
  /** Of the rule set ntpClient. */
  ntpPortOpen = false;
  /** Milliseconds that one of its seconds takes, when it waits before it restarts. */
  secondMs = 1000;
  /** What a restart does to connections and processes; set by whoever runs the host. */
  restart: () => void = () => {};
  readonly datastore = { name: 'datastore1', uuid: '5f7c3a22-b0d1c9e4-3f6a-0cc47a123456' };
  readonly capacityBytes = 500 * 1024 ** 3;
  freeBytes = 480 * 1024 ** 3;
  licence: 'free' | 'evaluation' = 'free';
  /** How many calls of vim-cmd hostd still answers with `<unset>`, as it does while it restarts. */
  restarting = 0;
  /** A power-on that ends with 0 and does nothing, as hashicorp/packer#1334 describes. */
  powerFails = false;
  readonly vms = new Map<number, PracticeVm>();
  readonly switches = new Map<string, { readonly uplinks: readonly string[] }>([
    ['vSwitch0', { uplinks: ['vmnic0'] }],
  ]);
  readonly portgroups = new Map<string, PracticePortgroup>([
    ['VM Network', { switch: 'vSwitch0', vlan: 0 }],
    ['Management Network', { switch: 'vSwitch0', vlan: 0 }],
  ]);
  #next = 1;

  constructor(version = '6.7.0', build = '14320388') {
    this.version = version;
    this.build = build;
  }

  get hardware(): number {
    const version = this.version.split('.').slice(0, 2).join('.');
    return NEWEST_HARDWARE[version] ?? 10;
  }

  /** Major version, which decides what esxcli knows. */
  get major(): number {
    return Number.parseInt(this.version, 10);
  }

  /** The next start: what was waiting is now what runs. */
  boot(): void {
    if (this.pending !== undefined) this.build = this.pending.build;
    this.pending = undefined;
    for (const vm of this.vms.values()) vm.power = 'off';
  }

  register(path: string): PracticeVm {
    const vm: PracticeVm = { vmid: this.#next++, path, power: 'off', snapshots: [] };
    this.vms.set(vm.vmid, vm);
    return vm;
  }

  /** A key of a registered machine's .vmx, as hostd shows it. */
  value(machine: Machine, vm: PracticeVm, key: string): string {
    const text = machine.fs.find(vm.path) === undefined ? '' : machine.fs.textSync(vm.path);
    const found = new RegExp(`^\\s*${key}\\s*=\\s*"([^"]*)"`, 'im').exec(text)?.[1] ?? '';
    return found.replaceAll('|0A', '\n').replaceAll('|22', '"').replaceAll('|7C', '|');
  }
}
