import { asFields } from '../../drivers/vsphere/faults.ts';
import type { MoRef } from '../../drivers/vsphere/vim-value.ts';
import {
  type EsxiHost,
  type PowerState,
  type PracticeSnapshot,
  type PracticeVm,
  snapshotRef,
  swapBytes,
  vmRef,
} from './esxi-host.ts';
import { noteFiles, noteLogs, removeFiles } from './machine-files.ts';
import { bootOrder, newMachine } from './new-machine.ts';
import { PLACE } from './place-refs.ts';
import { gone } from './property-collector.ts';
import type { Args, Progress, Tasks } from './tasks.ts';
import type { AnswerObject } from './vim-answer.ts';
import { invalidArgument, VimFault } from './vim-fault.ts';

/** Fixed addresses outside this range are refused at power-on (vSphere Networking). */
const STATIC_MAC = /^00:50:56:[0-3][0-9a-f]:[0-9a-f]{2}:[0-9a-f]{2}$/i;

/** What is done to machines; each becomes a task with words in between. */
export class MachineMethods {
  readonly #host: EsxiHost;
  readonly #tasks: Tasks;
  readonly #newestHardware: number;
  readonly #now: () => number;

  constructor(host: EsxiHost, tasks: Tasks, newestHardware: number, now: () => number) {
    this.#now = now;
    this.#host = host;
    this.#tasks = tasks;
    this.#newestHardware = newestHardware;
  }

  create({ config, pool }: Args): MoRef {
    if (asFields(pool).value !== PLACE.pool.value) throw gone(pool as MoRef);
    return this.#tasks.start({
      description: 'Folder.createVm',
      entity: PLACE.vmFolder,
      run: async (progress) => {
        this.#assertNotInMaintenance();
        newMachine(this.#host, asFields(config), this.#newestHardware);
        await progress(15);
        await progress(60);
        // Another may have taken the name or the room meanwhile.
        const machine = newMachine(this.#host, asFields(config), this.#newestHardware);
        const { datastore, bytes, name } = machine;
        this.#host.takeSpace(datastore, bytes, `[${datastore}] ${name}/${name}.vmdk`);
        this.#host.machines.set(machine.id, machine);
        noteFiles(this.#host.files, machine);
        return vmRef(machine);
      },
    });
  }

  reconfigure(ref: MoRef, { spec }: Args): MoRef {
    const wanted = asFields(spec);
    return this.#start(ref, 'VirtualMachine.reconfigure', async (machine, progress) => {
      const { numCPUs, memoryMB, nestedHVEnabled, bootOptions, annotation, ...rest } = wanted;
      const [other] = Object.keys(rest);
      // Labwright changes nothing else of a machine that is there.
      if (other !== undefined) throw invalidArgument(`spec.${other}`);
      const hardware = [numCPUs, memoryMB, nestedHVEnabled];
      // Adding while it runs has to be allowed beforehand, which these machines have not.
      if (hardware.some((each) => each !== undefined)) assertPower(machine, 'poweredOff');
      const order =
        bootOptions === undefined
          ? machine.bootOrder
          : bootOrder(machine.devices, asFields(bootOptions).bootOrder);
      if (memoryMB !== undefined && Number(memoryMB) % 4 !== 0) {
        throw invalidArgument('configSpec.memoryMB');
      }
      await progress(50);
      if (numCPUs !== undefined) machine.cpus = Number(numCPUs);
      if (memoryMB !== undefined) machine.memoryMb = Number(memoryMB);
      if (nestedHVEnabled !== undefined) machine.nested = nestedHVEnabled === true;
      machine.bootOrder = order;
      if (annotation !== undefined) machine.annotation = String(annotation);
    });
  }

  createSnapshot(ref: MoRef, { name, description }: Args): MoRef {
    const said = { name: String(name), description: String(description ?? '') };
    return this.#start(ref, 'VirtualMachine.createSnapshot', async (machine, progress) => {
      await progress(50);
      const id = `${machine.id}-snapshot-${this.#host.newId()}`;
      const { annotation, cpus, memoryMb, nested, bootOrder: order, power } = machine;
      const settings = { annotation, cpus, memoryMb, nested, bootOrder: order };
      machine.snapshots.push({ id, ...said, at: this.#now(), power, settings });
      return snapshotRef({ id });
    });
  }

  /** Without memory a machine is off after it. */
  revertToSnapshot(ref: MoRef): MoRef {
    const { machine: found, snapshot } = this.#snapshot(ref);
    return this.#start(vmRef(found), 'vm.Snapshot.revert', async (machine, progress) => {
      await progress(50);
      if (machine.power === 'poweredOn') {
        this.#host.giveSpace(machine.datastore, swapBytes(machine));
      }
      Object.assign(machine, { ...snapshot.settings, power: 'poweredOff' });
    });
  }

  removeSnapshot(ref: MoRef): MoRef {
    const { machine: found, snapshot } = this.#snapshot(ref);
    return this.#start(vmRef(found), 'vm.Snapshot.remove', async (machine, progress) => {
      await progress(50);
      machine.snapshots = machine.snapshots.filter((each) => each !== snapshot);
    });
  }

  #snapshot(ref: MoRef): { machine: PracticeVm; snapshot: PracticeSnapshot } {
    for (const machine of this.#host.machines.values()) {
      const snapshot = machine.snapshots.find(({ id }) => id === ref.value);
      if (snapshot !== undefined) return { machine, snapshot };
    }
    throw gone(ref);
  }

  powerOn(ref: MoRef): MoRef {
    return this.#start(ref, 'VirtualMachine.powerOn', async (machine, progress) => {
      assertPower(machine, 'poweredOff', 'poweredOn');
      this.#assertNotInMaintenance();
      if (this.#host.licence === 'evaluation' && this.#host.evaluationHoursLeft === 0) {
        throw new VimFault('LicenseExpired', 'The evaluation period has expired.', {
          licenseKey: '',
        });
      }
      for (const device of machine.devices) assertMac(device);
      await progress(30);
      const { datastore, name } = machine;
      this.#host.takeSpace(datastore, swapBytes(machine), `[${datastore}] ${name}/${name}.vswp`);
      await progress(80);
      for (const device of machine.devices) this.#giveMac(device);
      noteLogs(this.#host.files, machine);
      machine.power = 'poweredOn';
    });
  }

  powerOff(ref: MoRef): MoRef {
    return this.#start(ref, 'VirtualMachine.powerOff', async (machine, progress) => {
      assertPower(machine, 'poweredOn', 'poweredOff');
      await progress(50);
      this.#host.giveSpace(machine.datastore, swapBytes(machine));
      machine.power = 'poweredOff';
    });
  }

  reset(ref: MoRef): MoRef {
    return this.#start(ref, 'VirtualMachine.reset', async (machine, progress) => {
      assertPower(machine, 'poweredOn');
      await progress(50);
    });
  }

  destroy(ref: MoRef): MoRef {
    return this.#start(ref, 'ManagedEntity.destroy', async (machine, progress) => {
      assertPower(machine, 'poweredOff');
      await progress(40);
      this.#host.giveSpace(machine.datastore, machine.bytes);
      this.#host.machines.delete(machine.id);
      removeFiles(this.#host.files, machine);
    });
  }

  unregister(ref: MoRef): void {
    const machine = this.#machine(ref);
    assertPower(machine, 'poweredOff');
    this.#host.machines.delete(machine.id);
    this.#host.changed();
  }

  #machine(ref: MoRef): PracticeVm {
    const machine = this.#host.machines.get(ref.value);
    if (machine === undefined) throw gone(ref);
    if (machine.busy) {
      const said = 'Another task is already in progress.';
      throw new VimFault('TaskInProgress', said, { task: { type: 'Task', value: 'haTask' } });
    }
    return machine;
  }

  #start(
    ref: MoRef,
    description: string,
    work: (machine: PracticeVm, progress: Progress) => Promise<MoRef | undefined>,
  ): MoRef {
    const machine = this.#machine(ref);
    machine.busy = true;
    return this.#tasks.start({
      description,
      entity: ref,
      run: async (progress) => {
        try {
          return await work(machine, progress);
        } finally {
          machine.busy = false;
        }
      },
    });
  }

  /** "The operation is not allowed in the current state of the host." [K] */
  #assertNotInMaintenance(): void {
    if (!this.#host.inMaintenance) return;
    const said = 'The operation is not allowed in the current state of the host.';
    throw new VimFault('InvalidHostState', said, { host: PLACE.host });
  }

  /** The host makes up an address at the first power-on, and keeps it. */
  #giveMac(device: AnswerObject): void {
    if (!('macAddress' in device) || device.macAddress !== '') return;
    const hex = Number(this.#host.newId()).toString(16).padStart(6, '0');
    const mac = `00:0c:29:${hex.match(/../g)?.join(':')}`;
    Object.assign(device, { macAddress: mac });
  }
}

function assertMac({ addressType, macAddress, key }: AnswerObject): void {
  if (addressType !== 'manual' || STATIC_MAC.test(String(macAddress))) return;
  // The type of this fault is [K]; that it is refused is vSphere Networking.
  const reason = `MAC address '${macAddress}' is not an allowed static Ethernet address.`;
  throw new VimFault('GenericVmConfigFault', `Invalid address of device ${key}. ${reason}`, {
    reason,
  });
}

function assertPower(
  { power }: PracticeVm,
  needed: PowerState,
  requested: PowerState | undefined = undefined,
): void {
  if (power === needed) return;
  const said = `The attempted operation cannot be performed in the current state (${power}).`;
  throw new VimFault('InvalidPowerState', said, {
    ...(requested === undefined ? {} : { requestedState: requested }),
    existingState: power,
  });
}
