import { LabwrightError } from '../../../contract/error.ts';
import { setBootFirst } from './boot-order.ts';
import { staticMac } from './mac-address.ts';
import { carriesMark, machineSpec, type NewMachine } from './machine-spec.ts';
import { describeMachine, listMachines, listNics } from './machines.ts';
import { networkBacking } from './networks.ts';
import type { Place } from './place.ts';
import { type CallOptions, parseAnswer, Ref, type Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import type { MoRef, VimObject } from './vim-value.ts';

/**
 * Makes a machine, powered off, with its mark set by the call that makes it. When it is there
 * already with that mark (a run that was cut off), nothing is made twice: only its boot order is
 * set. Throws `site-name-taken` or `site-mac-taken` for what others have, `site-object-missing`
 * for a network that the host does not have, `site-mac-unfit`, and the site's faults.
 */
export async function createMachine(
  session: Session,
  place: Place,
  machine: NewMachine,
  options: TaskOptions = {},
): Promise<{ readonly ref: MoRef; readonly created: boolean }> {
  const macs = machine.nics.map(({ mac }) => staticMac(mac));
  const existing = await findOurs(session, machine, macs, options);
  const ref = existing ?? (await create(session, place, machine, options));
  await setBootFirst(session, ref, machine.bootFirst, options);
  return { ref, created: existing === undefined };
}

async function create(
  session: Session,
  place: Place,
  machine: NewMachine,
  options: TaskOptions,
): Promise<MoRef> {
  const { host, vmFolder, pool } = place;
  const backings: VimObject[] = [];
  for (const { network } of machine.nics) {
    backings.push(await networkBacking(session, place, network, options));
  }
  const args = { config: machineSpec(machine, backings), pool, host };
  const made = await runTask(session, 'CreateVM_Task', vmFolder, args, options);
  return parseAnswer(session.site, Ref, made, 'VirtualMachine');
}

/** The machine itself, when it is there; throws when its name or an address belongs to another. */
async function findOurs(
  session: Session,
  { name, mark }: NewMachine,
  macs: readonly string[],
  options: CallOptions,
): Promise<MoRef | undefined> {
  const site = session.site.name;
  const names = new Map<string, string>();
  const others: MoRef[] = [];
  let ours: MoRef | undefined;
  for await (const rows of listMachines(session, options)) {
    for (const row of rows) {
      names.set(row.ref.value, row.name);
      if (row.name !== name) {
        others.push(row.ref);
        continue;
      }
      const { annotation } = await describeMachine(session, row.ref, options);
      if (!carriesMark(annotation, mark)) {
        throw new LabwrightError('site-name-taken', { site, what: name });
      }
      ours = row.ref;
    }
  }
  for await (const page of listNics(session, others, options)) {
    for (const { ref, nics } of page) {
      const taken = nics.find(({ mac }) => macs.includes(mac));
      if (taken === undefined) continue;
      const params = { site, mac: taken.mac, machine: names.get(ref.value) ?? ref.value };
      throw new LabwrightError('site-mac-taken', params);
    }
  }
  return ours;
}
