import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { binaryUpload } from '../engine/binary-upload.ts';
import { type Hypervisor, seedPath } from '../engine/hypervisor.ts';
import { on } from '../engine/probe.ts';
import { fileDigest, firstBoot, sshAnswer } from '../engine/probes/new-machine.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { seedImage } from '../seed/cloud-seed.ts';
import { POOL } from './kvm-host.ts';
import type { MachineStep } from './nodes.ts';
import { packagesStep } from './packages-step.ts';
import {
  asksUbuntuKeyring,
  installedMachines,
  installedSpec,
  installedSpecs,
  serverImage,
  storedImage,
  storedRead,
} from './server-image.ts';

/** An emulated machine takes minutes to come up; one that says nothing for so long never will. */
const START_SECONDS = 1800;

const hosts = (plan: Plan): string[] => [
  ...new Set(installedSpecs(plan).map(({ on: host }) => host)),
];

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
  const machineOf = (context: StepContext) => {
    const { uuid } = installedSpec(context);
    const { machines } = context.facts.need(inventoryRead(context));
    return machines.find((each) => each.uuid === uuid);
  };

  const base = machineStep({
    id: 'servers.machine',
    targets: installedMachines,
    needs: [
      'servers.image',
      'kvm.storage',
      'network.bridge',
      'network.isolated',
      'network.portgroup',
    ],
    media: (context) => {
      const image = storedImage(context)?.path;
      return image === undefined
        ? undefined
        : { image, cd: seedPath(POOL, installedSpec(context)) };
    },
  });
  const seedOnHost = (context: StepContext) =>
    on(context.target, fileDigest(seedPath(POOL, installedSpec(context))));
  const seedUpload = (context: StepContext) => {
    const { plan, target } = context;
    const spec = installedSpec(context);
    const path = seedPath(POOL, spec);
    const title = message('servers.machine.seed', { name: spec.name, path });
    return binaryUpload(
      { id: 'write-seed', title, target, path, mode: '644' },
      seedImage(plan, spec),
    );
  };

  const machine: Step = {
    ...base,
    reads: (context) => [...base.reads(context), seedOnHost(context), storedRead(context)],
    check: (context) => {
      const verdict = base.check(context);
      if (verdict.state !== 'done') return verdict;
      const { name, power, owner } = machineOf(context) ?? {};
      const { sha256 } = context.facts.need(seedOnHost(context));
      if (owner === undefined || sha256 === seedUpload(context).sha256) return verdict;
      // It is read when the machine is first started; a running one would not become another.
      const notes = [...(verdict.notes ?? []), message('servers.machine.seed-old')];
      if (power !== 'off') return { ...verdict, notes };
      const key = sha256 === undefined ? 'servers.machine.seed-absent' : 'servers.machine.seed-old';
      return { state: 'todo', reason: message(key, { name: name ?? '' }) };
    },
    plan: (context) => {
      const actions = base.plan?.(context) ?? [];
      const found = machineOf(context);
      const seed = seedUpload(context);
      if (found === undefined) return actions.length === 0 ? [] : [seed, ...actions];
      const { sha256 } = context.facts.need(seedOnHost(context));
      const stale = found.owner !== undefined && found.power === 'off' && sha256 !== seed.sha256;
      return stale ? [seed, ...actions] : actions;
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
    explain: (_context, { output }) => {
      if (/--shrink/.test(output)) return message('servers.machine.disk-too-small');
      if (/No space left/.test(output)) {
        return message('servers.image.disk-full', { path: POOL.path });
      }
      return undefined;
    },
  };

  const answerRead = (context: StepContext) => {
    const address = addressOf(context);
    return address === undefined ? undefined : on(context.target, sshAnswer(address));
  };

  const started: Step = {
    id: 'servers.started',
    targets: installedMachines,
    needs: ['servers.machine'],
    risks: ['changes-power'],
    reads: (context) => {
      const answer = answerRead(context);
      return answer === undefined ? [inventoryRead(context)] : [inventoryRead(context), answer];
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
        return { state: 'todo', reason: message('servers.started.silent', params) };
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

  return [packages, serverImage, machine, started, installed];
}
