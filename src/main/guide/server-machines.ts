import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { on } from '../engine/probe.ts';
import { sshAnswerHere } from '../engine/probes/image-here.ts';
import { firstBoot, hasBytes, isThere, sshAnswer } from '../engine/probes/new-machine.ts';
import type { Step, StepContext, Verdict } from '../engine/step.ts';
import { seedImage } from '../seed/cloud-seed.ts';
import { imageHere } from './image-here.ts';
import { POOL } from './kvm-host.ts';
import { machineStorage, storagePlace } from './machine-storage.ts';
import type { MachineStep } from './nodes.ts';
import { packagesStep } from './packages-step.ts';
import {
  asksUbuntuKeyring,
  imageOnKvm,
  installedMachines,
  installedSpec,
  installedSpecs,
  isOnKvm,
  storedImage,
  storedRead,
} from './server-image.ts';
import { twoWays } from './two-ways.ts';

const GIBIBYTE = 1024 ** 3;
/** An emulated machine takes minutes to come up; one that says nothing for so long never will. */
const START_SECONDS = 1800;

const hosts = (plan: Plan): string[] => {
  const all = installedSpecs(plan).map(({ on: host }) => host);
  return [...new Set(all)].filter((host) => isOnKvm(plan, host));
};

const SSH_PORT = 22;

/** What fetches an image and proves it. */
const packages = packagesStep({
  id: 'servers.packages',
  targets: hosts,
  needs: ['kvm.sudo'],
  names: ({ plan, target }) => {
    const here = installedSpecs(plan).filter((spec) => spec.on === target);
    const keyring = here.some(({ install }) => asksUbuntuKeyring(install));
    return ['curl', 'gpgv', 'qemu-utils', ...(keyring ? ['ubuntu-cloudimage-keyring'] : [])];
  },
});

const image = twoWays(isOnKvm, imageOnKvm, imageHere);

/** Where the machine will answer: where the plan reaches it, else its first fixed address. */
function addressOf({ plan, owner }: StepContext): string | undefined {
  const fixed = Object.values(installedSpec({ plan, owner }).install.addresses)[0];
  return plan.hosts[owner]?.address ?? fixed?.split('/')[0];
}

/** The steps of machines that get Ubuntu by its cloud image, for the driver of their hypervisor. */
export function serverSteps(
  driver: (context: StepContext) => Hypervisor,
  machineStep: (own: MachineStep) => Step,
): readonly Step[] {
  const inventoryRead = (context: StepContext) => on(context.target, driver(context).inventory);
  const machineOf = (context: StepContext, perhaps = false) => {
    const { uuid } = installedSpec(context);
    const read = inventoryRead(context);
    const known = perhaps ? context.facts.maybe(read) : context.facts.need(read);
    return known?.machines.find((each) => each.uuid === uuid);
  };

  const base = machineStep({
    id: 'servers.machine',
    targets: installedMachines,
    needs: [
      'servers.image',
      'kvm.storage',
      'esxi.storage',
      'site.licence',
      'network.bridge',
      'network.isolated',
      'network.portgroup',
    ],
    media: (context) => {
      const image = storedImage(context);
      return image && { image, seed: seedOf(context) };
    },
  });
  const seedOf = (context: StepContext) => seedImage(context.plan, installedSpec(context));
  const placeOf = (context: StepContext) => {
    const { plan, target, facts } = context;
    const storages = facts.maybe(inventoryRead(context))?.storages ?? [];
    return storagePlace(plan, target, storages, installedSpec(context).datastore);
  };
  /** What lies where the seed shall be; not to be asked before the place is known. */
  const seedRead = (context: StepContext) => {
    const { target } = context;
    const place = placeOf(context);
    const spec = installedSpec(context);
    return place && on(target, driver(context).seedPlace(spec, place).digest);
  };

  /** What is in the way of a machine whose disk this computer brings, and can be told beforehand. */
  const tooSmall = (context: StepContext): Verdict | undefined => {
    const { plan, target, facts } = context;
    const spec = installedSpec(context);
    const needed = storedImage(context)?.diskBytes;
    if (isOnKvm(plan, target) || needed === undefined) return undefined;
    if (needed > (spec.disksGib[0] ?? 0) * GIBIBYTE) {
      return { state: 'manual', reason: message('servers.machine.disk-too-small') };
    }
    const { storages } = facts.need(inventoryRead(context));
    const place = machineStorage(plan, target, storages, spec.datastore);
    if (place === undefined || place.availableBytes >= needed) return undefined;
    const params = { path: place.name, size: needed, available: place.availableBytes };
    return { state: 'manual', reason: message('servers.machine.no-room', params) };
  };

  const machine: Step = {
    ...base,
    reads: (context) => {
      const seed = seedRead(context);
      const reads = [...base.reads(context), storedRead(context)];
      return seed === undefined ? reads : [...reads, seed];
    },
    check: (context) => {
      const verdict = base.check(context);
      if (machineOf(context) === undefined && verdict.state === 'todo') {
        return tooSmall(context) ?? verdict;
      }
      const seedThere = seedRead(context);
      if (verdict.state !== 'done' || seedThere === undefined) return verdict;
      const { name, power, owner } = machineOf(context) ?? {};
      const found = context.facts.need(seedThere);
      if (owner === undefined || hasBytes(found, seedOf(context))) return verdict;
      // It is read when the machine is first started; a running one would not become another.
      const notes = [...(verdict.notes ?? []), message('servers.machine.seed-old')];
      if (power !== 'off') return { ...verdict, notes };
      const key = isThere(found) ? 'servers.machine.seed-old' : 'servers.machine.seed-absent';
      return { state: 'todo', reason: message(key, { name: name ?? '' }) };
    },
    plan: (context) => {
      const { facts } = context;
      const actions = base.plan?.(context) ?? [];
      const found = machineOf(context);
      if (found === undefined && tooSmall(context) !== undefined) return [];
      const [place, seedThere] = [placeOf(context), seedRead(context)];
      if (found === undefined || place === undefined || seedThere === undefined) return actions;
      const seed = seedOf(context);
      const stale = found.owner !== undefined && found.power === 'off';
      if (!stale || hasBytes(facts.need(seedThere), seed)) return actions;
      return [...driver(context).putSeed(installedSpec(context), place, seed), ...actions];
    },
    expects: (context) => {
      const spec = installedSpec(context);
      const read = inventoryRead(context);
      const now = context.facts.maybe(read);
      if (now === undefined) return [];
      const made = {
        name: spec.name,
        uuid: spec.uuid,
        owner: spec.mark,
        power: 'off' as const,
        cpus: spec.cpus,
        memoryMib: spec.memoryMib,
        firmware: spec.firmware,
        nested: spec.nested,
        boot: ['disk' as const, 'network' as const],
        nics: spec.nics.map(({ mac, bridge }) => ({ mac, network: bridge, model: 'virtio' })),
        disks: spec.disksGib.map(() => ({ path: '', bus: 'scsi', serial: true })),
      };
      const others = now.machines.filter(({ uuid }) => uuid !== spec.uuid);
      return [{ read, value: { ...now, machines: [...others, made] } }];
    },
    explain: (context, failed) => {
      if (/--shrink/.test(failed.output)) return message('servers.machine.disk-too-small');
      if (isOnKvm(context.plan, context.target) && /No space left/.test(failed.output)) {
        return message('servers.image.disk-full', { path: POOL.path });
      }
      return base.explain?.(context, failed);
    },
  };

  const answerRead = (context: StepContext) => {
    const { plan, owner, target } = context;
    const address = addressOf(context);
    if (address === undefined) return undefined;
    // An ESXi has no such program, and a site none at all; it is this computer that will log in.
    return isOnKvm(plan, target)
      ? on(target, sshAnswer(address))
      : on(target, sshAnswerHere(address, plan.hosts[owner]?.port ?? SSH_PORT));
  };

  const started: Step = {
    id: 'servers.started',
    targets: installedMachines,
    needs: ['servers.machine'],
    risks: ['changes-power'],
    reads: (context) => {
      const answer = answerRead(context);
      // One that is off answers nobody, and being asked takes its time.
      const asked = machineOf(context, true)?.power === 'on' && answer !== undefined;
      return asked ? [inventoryRead(context), answer] : [inventoryRead(context)];
    },
    check: (context) => {
      const name = context.owner;
      if (machineOf(context)?.power !== 'on') {
        return { state: 'todo', reason: message('servers.started.off', { name }) };
      }
      const answer = answerRead(context);
      if (answer === undefined) {
        return { state: 'done', reason: message('servers.started.no-address', { name }) };
      }
      const { fingerprints } = context.facts.need(answer);
      const params = { name, address: addressOf(context) ?? '' };
      if (fingerprints.length === 0) {
        const by = isOnKvm(context.plan, context.target) ? '' : '-here';
        return { state: 'todo', reason: message(`servers.started.silent${by}`, params) };
      }
      const keys = fingerprints.join(', ');
      return { state: 'done', reason: message('servers.started.done', { ...params, keys }) };
    },
    plan: (context) => {
      const { owner, target } = context;
      const found = machineOf(context);
      if (found === undefined || found.power === 'paused') return [];
      const start = found.power === 'on' ? [] : driver(context).power(installedSpec(context), 'on');
      return [
        ...start,
        {
          kind: 'wait',
          id: 'wait-for-ssh',
          title: message('servers.started.wait', {
            name: owner,
            address: addressOf(context) ?? '',
          }),
          target,
          finding: `servers.started@${owner}`,
          seconds: START_SECONDS,
        },
      ];
    },
    undo: (context) => {
      const { before } = context;
      const spec = installedSpec(context);
      const { uuid } = spec;
      const then = before[inventoryRead(context).probe.key] as
        | { machines: { uuid: string; power: string }[] }
        | undefined;
      const wasOff = then?.machines.some((each) => each.uuid === uuid && each.power === 'off');
      return wasOff ? driver(context).power(spec, 'off') : [];
    },
  };

  const bootRead = ({ plan, owner }: StepContext) =>
    plan.hosts[owner] === undefined ? undefined : on(owner, firstBoot);

  const installed: Step = {
    id: 'servers.installed',
    targets: installedMachines,
    needs: ['servers.started'],
    reads: (context) => {
      const read = bootRead(context);
      return read === undefined ? [] : [read];
    },
    check: (context) => {
      const name = context.owner;
      const { uuid, install } = installedSpec(context);
      const read = bootRead(context);
      if (read === undefined) {
        const params = { name, address: addressOf(context) ?? '–', user: install.user };
        return { state: 'manual', reason: message('servers.installed.no-host', params) };
      }
      const { instance, state, errors } = context.facts.need(read);
      const address = addressOf(context) ?? '';
      if (state === 'absent' || (instance !== undefined && instance !== uuid)) {
        const params = { name, address, found: instance ?? '–' };
        return { state: 'manual', reason: message('servers.installed.other', params) };
      }
      if (state === 'running') {
        return { state: 'todo', reason: message('servers.installed.running', { name }) };
      }
      if (errors.length > 0) {
        const params = { name, errors: errors.join('; ') };
        return { state: 'manual', reason: message('servers.installed.errors', params) };
      }
      const params = { name, user: context.plan.hosts[name]?.user ?? '', address };
      return { state: 'done', reason: message('servers.installed.done', params) };
    },
    plan: (context) => {
      const { owner, target, facts } = context;
      const read = bootRead(context);
      if (read === undefined || facts.need(read).state !== 'running') return [];
      return [
        {
          kind: 'wait',
          id: 'wait-for-cloud-init',
          title: message('servers.installed.wait', { name: owner }),
          target,
          finding: `servers.installed@${owner}`,
          seconds: START_SECONDS,
        },
      ];
    },
  };

  return [packages, image, machine, started, installed];
}
