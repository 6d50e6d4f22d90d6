import { randomUUID } from 'node:crypto';
import type { MoRef } from '../../drivers/vsphere/vim-value.ts';
import { DatastoreFiles } from './datastore-files.ts';
import type { AnswerObject } from './vim-answer.ts';
import { VimFault } from './vim-fault.ts';

export type PowerState = 'poweredOn' | 'poweredOff';

export interface PracticeVm {
  readonly id: string;
  name: string;
  readonly uuid: string;
  readonly instanceUuid: string;
  annotation: string;
  readonly guestId: string;
  readonly hardwareVersion: string;
  cpus: number;
  memoryMb: number;
  readonly firmware: string;
  nested: boolean;
  /** BootableDevice objects; empty: the firmware's own order. */
  bootOrder: AnswerObject[];
  readonly extraConfig: readonly { readonly key: string; readonly value: string }[];
  readonly devices: readonly AnswerObject[];
  readonly datastore: string;
  /** Its own folder there. */
  readonly folder: string;
  /** What its files take on the datastore while it is off. */
  readonly bytes: number;
  power: PowerState;
  /** A parent before its child. */
  snapshots: PracticeSnapshot[];
  /** A task works on it. */
  busy: boolean;
}

/** Without memory: what is kept beside the disks are the settings. */
export interface PracticeSnapshot {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly at: number;
  readonly power: PowerState;
  readonly settings: Pick<PracticeVm, 'annotation' | 'cpus' | 'memoryMb' | 'nested' | 'bootOrder'>;
}

export interface PracticeDatastore {
  readonly id: string;
  readonly name: string;
  readonly capacityBytes: number;
  freeBytes: number;
}

export interface Security {
  readonly allowPromiscuous?: boolean;
  readonly macChanges?: boolean;
  readonly forgedTransmits?: boolean;
}

export interface PracticeSwitch {
  readonly name: string;
  readonly uplinks: readonly string[];
  readonly ports: number;
  readonly mtu: number;
  security: Required<Security>;
}

export interface PracticePortgroup {
  readonly name: string;
  readonly switchName: string;
  readonly vlan: number;
  /** What it sets itself; the rest is the switch's. */
  security: Security;
}

/** `expired`: an evaluation whose 60 days are over. */
export type Licence = 'evaluation' | 'free' | 'expired';

export interface PracticeService {
  readonly key: 'TSM-SSH' | 'ntpd';
  readonly label: string;
  running: boolean;
  policy: string;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const FOREIGN_DISK = 40 * GIB;
const EVALUATION_HOURS = 60 * 24;
/** Of a vSphere standard switch up to 6.7 [K]. */
export const SWITCH_DEFAULTS: Required<Security> = {
  allowPromiscuous: false,
  macChanges: true,
  forgedTransmits: true,
};

/** What one standalone ESXi has. Whoever changes it calls `changed`, and those who wait are told. */
export class EsxiHost {
  readonly name = 'esxi-practice';
  /** Of what it runs. */
  build = '';
  /** Of the hardware. */
  uuid: string = randomUUID();
  readonly services: PracticeService[] = [
    { key: 'TSM-SSH', label: 'SSH', running: false, policy: 'off' },
    { key: 'ntpd', label: 'NTP Daemon', running: false, policy: 'off' },
  ];
  ntpServers: string[] = [];
  /** Of the rule set ntpClient of its firewall. */
  ntpPortOpen = false;
  /** By how much its clock is ahead of ours. */
  clockOffsetMs = 0;
  /** What the host says it has. */
  licence: Licence;
  /** Whether writes are refused: at a free licence, and where a test wants to surprise. */
  readOnly: boolean;
  inMaintenance = false;
  readonly cpuThreads = 16;
  readonly memoryBytes = 64 * GIB;
  readonly datastores: PracticeDatastore[] = [
    { id: 'datastore-1', name: 'datastore1', capacityBytes: 480 * GIB, freeBytes: 312 * GIB },
  ];
  readonly switches: PracticeSwitch[] = [
    { name: 'vSwitch0', uplinks: ['vmnic0'], ports: 128, mtu: 1500, security: SWITCH_DEFAULTS },
  ];
  readonly portgroups: PracticePortgroup[] = [
    { name: 'VM Network', switchName: 'vSwitch0', vlan: 0, security: {} },
  ];
  readonly machines = new Map<string, PracticeVm>();
  readonly files = new DatastoreFiles({
    take: (datastore, bytes, file) => this.takeSpace(datastore, bytes, file),
    give: (datastore, bytes) => this.giveSpace(datastore, bytes),
  });
  readonly #now: () => number;
  readonly #evaluationEnds: number;
  readonly #listeners = new Set<() => void>();
  #lastId = 0;

  constructor(licence: Licence, now: () => number) {
    this.licence = licence;
    this.readOnly = licence === 'free';
    this.#now = now;
    this.#evaluationEnds = now() + EVALUATION_HOURS * 3_600_000;
    this.addForeign({
      name: 'files',
      memoryMb: 8192,
      mac: '00:0c:29:5e:10:01',
      power: 'poweredOn',
    });
    this.addForeign({ name: 'old-proxy', memoryMb: 2048, mac: '00:0c:29:5e:10:02' });
  }

  /** Its clock, in milliseconds since 1970. */
  get time(): number {
    return this.#now() + this.clockOffsetMs;
  }

  get evaluationHoursLeft(): number {
    if (this.licence === 'expired') return 0;
    return Math.max(0, Math.floor((this.#evaluationEnds - this.#now()) / 3_600_000));
  }

  newId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  machine(name: string): PracticeVm | undefined {
    return [...this.machines.values()].find((each) => each.name === name);
  }

  /** Someone else's machine, made by other means than this API. */
  addForeign({
    name,
    memoryMb = 2048,
    mac,
    power = 'poweredOff',
  }: {
    readonly name: string;
    readonly memoryMb?: number;
    readonly mac: string;
    readonly power?: PowerState;
  }): PracticeVm {
    const id = this.newId();
    const machine: PracticeVm = {
      id,
      name,
      uuid: randomUUID(),
      instanceUuid: randomUUID(),
      annotation: 'Ask Mori before you touch this.',
      guestId: 'windows9Server64Guest',
      hardwareVersion: 'vmx-10',
      cpus: 2,
      memoryMb,
      firmware: 'bios',
      nested: false,
      bootOrder: [],
      extraConfig: [],
      devices: [
        {
          _type: 'VirtualVmxnet3',
          key: 4000,
          backing: {
            _type: 'VirtualEthernetCardNetworkBackingInfo',
            deviceName: 'VM Network',
          },
          connectable: { startConnected: true, allowGuestControl: true, connected: true },
          addressType: 'generated',
          macAddress: mac,
        },
        {
          _type: 'VirtualDisk',
          key: 2000,
          backing: {
            _type: 'VirtualDiskFlatVer2BackingInfo',
            fileName: `[datastore1] ${name}/${name}.vmdk`,
            diskMode: 'persistent',
            thinProvisioned: false,
          },
          capacityInKB: FOREIGN_DISK / 1024,
        },
      ],
      datastore: 'datastore1',
      folder: name,
      bytes: FOREIGN_DISK,
      power,
      snapshots: [],
      busy: false,
    };
    this.machines.set(id, machine);
    this.files.makeFolder('datastore1', name);
    this.files.note('datastore1', `${name}/${name}.vmx`);
    this.changed();
    return machine;
  }

  /** Takes space for a file of a machine. Throws NoDiskSpace and then has taken nothing. */
  takeSpace(datastore: string, bytes: number, file: string): void {
    const found = this.datastores.find(({ name }) => name === datastore);
    if (found === undefined) throw datastoreFault(datastore);
    if (found.freeBytes < bytes) {
      const said = 'There is not enough space on the file system for the selected operation.';
      throw new VimFault('NoDiskSpace', said, { file, datastore });
    }
    found.freeBytes -= bytes;
  }

  giveSpace(datastore: string, bytes: number): void {
    const found = this.datastores.find(({ name }) => name === datastore);
    if (found !== undefined) found.freeBytes += bytes;
  }

  /** What is there, in the words of the plan: to compare what was before with what is now. */
  inventory(): unknown {
    return {
      machines: [...this.machines.values()].map(({ busy: _, ...rest }) => structuredClone(rest)),
      switches: structuredClone(this.switches),
      portgroups: structuredClone(this.portgroups),
      datastores: structuredClone(this.datastores),
      files: this.files.listing(),
    };
  }
}

/** The swap file of a running machine is as large as its memory, without reservations [K]. */
export const swapBytes = ({ memoryMb }: PracticeVm): number => memoryMb * MIB;

export function datastoreFault(name: string): VimFault {
  const said = `Unable to access the datastore: ${name}`;
  return new VimFault('InvalidDatastorePath', said, { datastorePath: `[${name}]` });
}

export const vmRef = ({ id }: Pick<PracticeVm, 'id'>): MoRef => ({
  type: 'VirtualMachine',
  value: id,
});

export const snapshotRef = ({ id }: Pick<PracticeSnapshot, 'id'>): MoRef => ({
  type: 'VirtualMachineSnapshot',
  value: id,
});
