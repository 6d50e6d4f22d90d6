import { isStuck } from '../../contract/boot-ladder.ts';
import type { MaasMachine, MaasStatus } from '../../contract/maas.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { on, type Read } from '../engine/probe.ts';
import { maasMachines } from '../engine/probes/maas.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { type MaasNodeSpec, maasNodes } from './maas-node-specs.ts';
import { configurationRead, maasAction, maasHosts, maasOf } from './maas-target.ts';

/** MAAS gives up after 30 minutes without a sign of life; we watch a little longer (users.md, 5). */
const LIFECYCLE_SECONDS = 40 * 60;

const BEFORE_READY: ReadonlySet<MaasStatus> = new Set(['new', 'failed-commissioning']);
const EXAMINING: ReadonlySet<MaasStatus> = new Set(['commissioning', 'testing']);
/** In these MAAS needs the machine to run. */
const UNDER_WAY: ReadonlySet<MaasStatus> = new Set(['commissioning', 'testing', 'deploying']);
const FAILED: ReadonlySet<MaasStatus> = new Set([
  'failed-commissioning',
  'failed-testing',
  'failed-deployment',
  'failed-releasing',
  'failed-disk-erasing',
  'failed-entering-rescue',
  'failed-exiting-rescue',
  'broken',
  'missing',
]);

const owners = (plan: Plan, wanted: (node: MaasNodeSpec) => boolean = () => true): Owner[] =>
  maasNodes(plan)
    .filter(wanted)
    .map(({ name }) => ({ owner: name, target: maasOf(plan).host }));

const deploying = (plan: Plan): Owner[] => owners(plan, ({ wish }) => wish.deploy !== undefined);

function nodeOf({ plan, owner }: StepContext): MaasNodeSpec {
  const node = maasNodes(plan).find(({ name }) => name === owner);
  if (node === undefined) throw new RangeError(`no node ${owner} in the plan`);
  return node;
}

const machinesRead = ({ target }: Pick<StepContext, 'target'>) => on(target, maasMachines);

/** A machine is known by its addresses: MAAS may call one that enlisted itself anything. */
const machineOf = (context: StepContext): MaasMachine | undefined => {
  const macs = new Set(nodeOf(context).macs);
  const { machines } = context.facts.need(machinesRead(context));
  return machines.find(({ nics }) => nics.some(({ mac }) => macs.has(mac)));
};

const ours = ({ name, macs }: MaasNodeSpec) => ({ hostname: name, macs: [...macs] });

/** What a person reads of a state: MAAS's own last words, where it says some. */
const stateParams = ({ name }: MaasNodeSpec, machine: MaasMachine) => ({
  name,
  status: machine.status,
  said: machine.said || '–',
});

const expectMachine = (context: StepContext, change: Partial<MaasMachine>) => {
  const read = machinesRead(context);
  const now = context.facts.maybe(read);
  const node = nodeOf(context);
  if (now === undefined) return [];
  const macs = new Set(node.macs);
  const is = ({ nics }: MaasMachine) => nics.some(({ mac }) => macs.has(mac));
  const machine: MaasMachine = {
    id: '',
    hostname: node.name,
    fqdn: node.name,
    status: 'new',
    said: '',
    power: 'unknown',
    powerType: node.power.type,
    architecture: node.architecture,
    cpus: 0,
    memoryMib: 0,
    addresses: [],
    nics: node.macs.map((mac, index) => ({ name: `eth${index}`, mac, subnets: [] })),
    bootMac: node.macs[0] ?? '',
    tags: [],
    pool: '',
    zone: '',
    owner: '',
    description: '',
    os: '',
    series: '',
    locked: false,
    ...now.machines.find(is),
    ...change,
  };
  const machines = [...now.machines.filter((each) => !is(each)), machine];
  return [{ read, value: { ...now, machines } }];
};

function powerNotes(node: MaasNodeSpec): Message[] {
  const { name } = node;
  switch (node.switchedBy) {
    case 'labwright':
      return [message('enrol.switched-by-us', { name })];
    case 'person':
      return [message('enrol.by-hand', { name })];
    case 'maas':
      return node.power.type === 'vmware' ? [message('enrol.unverified', { name })] : [];
  }
}

/** Known to MAAS by its addresses, under its name, with its power. Never by a probe of a chassis (D47). */
const known: Step = {
  id: 'enrol.known',
  targets: (plan) => owners(plan),
  needs: ['maas.commissioning-release', 'maas.api-answers', 'nodes.machine'],
  reads: (context) => [machinesRead(context)],
  check: (context) => {
    const node = nodeOf(context);
    const machine = machineOf(context);
    const notes = powerNotes(node);
    const params = { name: node.name, mac: node.macs[0] ?? '' };
    if (machine === undefined) {
      const { machines } = context.facts.need(machinesRead(context));
      const other = machines.find(({ hostname }) => hostname === node.name);
      return other === undefined
        ? { state: 'todo', reason: message('enrol.absent', params), notes }
        : { state: 'manual', reason: message('enrol.name-taken', params), notes };
    }
    if (machine.hostname !== node.name) {
      const reason = message('enrol.other-name', { ...params, found: machine.hostname });
      return { state: 'todo', reason, notes };
    }
    if (machine.powerType !== node.power.type) {
      const found = { found: machine.powerType || '–', wanted: node.power.type || '–' };
      return {
        state: 'todo',
        reason: message('enrol.other-power', { ...params, ...found }),
        notes,
      };
    }
    return { state: 'done', reason: message('enrol.done', { ...params, id: machine.id }), notes };
  },
  plan: (context) => {
    const { target } = context;
    const node = nodeOf(context);
    const machine = machineOf(context);
    const { name, architecture, power } = node;
    if (machine === undefined) {
      const { machines } = context.facts.need(machinesRead(context));
      if (machines.some(({ hostname }) => hostname === name)) return [];
      return [
        maasAction(target, 'add-machine', message('enrol.add', { name }), {
          kind: 'add-machine',
          ...ours(node),
          architecture,
          power,
          description: '',
        }),
      ];
    }
    return [
      maasAction(target, 'adopt-machine', message('enrol.adopt', { name }), {
        kind: 'change-machine',
        ...ours(node),
        ...(machine.hostname === name ? {} : { rename: name }),
        power,
        addTags: [],
        removeTags: [],
      }),
    ];
  },
  expects: (context) => {
    const { name, power } = nodeOf(context);
    return expectMachine(context, { hostname: name, powerType: power.type });
  },
  undo: ({ target, made }) =>
    made.flatMap((action) => {
      if (action.kind !== 'maas' || action.call.kind !== 'add-machine') return [];
      const { hostname, macs } = action.call;
      const title = message('enrol.remove', { name: hostname });
      return [maasAction(target, action.id, title, { kind: 'remove-machine', hostname, macs })];
    }),
};

const labels: Step = {
  id: 'enrol.labels',
  targets: (plan) => owners(plan, ({ wish }) => wish.pool !== undefined || wish.tags.length > 0),
  needs: ['enrol.known'],
  reads: (context) => [machinesRead(context)],
  check: (context) => {
    const node = nodeOf(context);
    const { name, wish } = node;
    const machine = machineOf(context);
    const missing = wish.tags.filter((tag) => !machine?.tags.includes(tag));
    const pool = wish.pool !== undefined && machine?.pool !== wish.pool ? wish.pool : undefined;
    const params = { name, tags: missing.join(', ') || '–', pool: pool ?? '–' };
    return missing.length === 0 && pool === undefined
      ? { state: 'done', reason: message('enrol.labels.done', params) }
      : { state: 'todo', reason: message('enrol.labels.missing', params) };
  },
  plan: (context) => {
    const node = nodeOf(context);
    const machine = machineOf(context);
    const { pool, tags } = node.wish;
    return [
      maasAction(context.target, 'label', message('enrol.labels.action', { name: node.name }), {
        kind: 'change-machine',
        ...ours(node),
        ...(pool === undefined || machine?.pool === pool ? {} : { pool }),
        addTags: tags.filter((tag) => !machine?.tags.includes(tag)),
        removeTags: [],
      }),
    ];
  },
  expects: (context) => {
    const { pool, tags } = nodeOf(context).wish;
    return expectMachine(context, { tags, ...(pool === undefined ? {} : { pool }) });
  },
  undo: ({ target, made }) =>
    made.flatMap((action) => {
      if (action.kind !== 'maas' || action.call.kind !== 'change-machine') return [];
      const { hostname, macs, addTags } = action.call;
      if (addTags.length === 0) return [];
      return [
        maasAction(target, action.id, message('enrol.labels.undo', { name: hostname }), {
          kind: 'change-machine',
          hostname,
          macs,
          addTags: [],
          removeTags: addTags,
        }),
      ];
    }),
};

/** Machines that MAAS knows and the plan does not: listed, and never touched. */
const others: Step = {
  id: 'enrol.others',
  targets: maasHosts,
  needs: ['maas.api-answers'],
  reads: (context) => [machinesRead(context)],
  check: (context) => {
    const macs = new Set(maasNodes(context.plan).flatMap((node) => node.macs));
    const { machines, unreadable } = context.facts.need(machinesRead(context));
    const list = machines.filter(({ nics }) => !nics.some(({ mac }) => macs.has(mac)));
    const notes = [
      ...list
        .slice(0, 20)
        .map(({ hostname, status, bootMac }) =>
          message('enrol.others.one', { name: hostname, status, mac: bootMac || '–' }),
        ),
      ...unreadable.slice(0, 5).map((what) => message('maas.api-answers.unreadable', { what })),
    ];
    const key = list.length === 0 ? 'enrol.others.none' : 'enrol.others.some';
    return { state: 'done', reason: message(key, { n: list.length }), notes };
  },
};

/** Named as soon as a rung takes too long: MAAS itself says so after 30 minutes (users.md, 1.2). */
function stuck(context: StepContext, { id }: MaasMachine): Message[] {
  const read = machinesRead(context);
  const { ladders, history } = context.facts.need(read);
  const ladder = ladders[id];
  const now = context.facts.fact(read)?.at ?? 0;
  if (ladder === undefined || !isStuck(ladder, history, now)) return [];
  const seconds = Math.round((now - ladder.since) / 1000);
  return [message(`enrol.stuck.${ladder.stage}`, { name: context.owner, seconds })];
}

/** The steps of machines in MAAS; `driver` switches those that MAAS cannot. */
export function maasNodeSteps(
  driver: (where: Pick<StepContext, 'plan' | 'target' | 'facts'>) => Hypervisor,
): readonly Step[] {
  /** Switched on after MAAS expects it: off first, or a running system would go on as it is. */
  const start = ({ plan, facts }: StepContext, { machine, switchedBy }: MaasNodeSpec) => {
    if (machine === undefined || switchedBy !== 'labwright') return [];
    const hypervisor = driver({ plan, facts, target: machine.on });
    return [...hypervisor.power(machine, 'off'), ...hypervisor.power(machine, 'on')];
  };

  const inventoryRead = ({ plan, facts }: StepContext, { machine }: MaasNodeSpec) =>
    machine && on(machine.on, driver({ plan, facts, target: machine.on }).inventory);

  const bothSides = (context: StepContext): Read[] => {
    const inventory = inventoryRead(context, nodeOf(context));
    return inventory === undefined ? [machinesRead(context)] : [machinesRead(context), inventory];
  };

  const trouble = (context: StepContext, machine: MaasMachine): Message[] => [
    ...powerDrift(context, machine),
    ...stuck(context, machine),
  ];

  /**
   * MAAS believes what its driver told it; for VMware it does not even wait for the task (users.md,
   * finding 5). What the hypervisor says is so.
   */
  const powerDrift = (context: StepContext, { power, status }: MaasMachine): Message[] => {
    const node = nodeOf(context);
    const read = inventoryRead(context, node);
    const inventory = read && context.facts.maybe(read);
    const found = inventory?.machines.find(({ uuid }) => uuid === node.machine?.uuid);
    if (found === undefined) return [];
    const params = { name: node.name, found: found.power, believed: power };
    if (UNDER_WAY.has(status) && found.power === 'off') {
      return [message('enrol.stays-off', params)];
    }
    const tells = power === 'on' || power === 'off';
    return tells && (found.power === 'on') !== (power === 'on')
      ? [message('enrol.power-drift', params)]
      : [];
  };

  const examined: Step = {
    id: 'enrol.commission',
    targets: (plan) => owners(plan),
    needs: ['enrol.known', 'enrol.labels', 'maas.dhcp', 'maas.ssh-keys'],
    risks: ['changes-power'],
    reads: (context) => [machinesRead(context), configurationRead(context)],
    check: (context) => {
      const node = nodeOf(context);
      const machine = machineOf(context);
      if (machine === undefined) {
        return { state: 'todo', reason: message('enrol.absent', { name: node.name, mac: '' }) };
      }
      const params = stateParams(node, machine);
      if (machine.status === 'failed-commissioning') {
        return { state: 'todo', reason: message('enrol.commission.failed', params) };
      }
      return BEFORE_READY.has(machine.status)
        ? { state: 'todo', reason: message('enrol.commission.new', params) }
        : { state: 'done', reason: message('enrol.commission.done', params) };
    },
    plan: (context) => {
      const node = nodeOf(context);
      const title = message('enrol.commission.action', { name: node.name });
      const call = { kind: 'commission' as const, ...ours(node) };
      return [maasAction(context.target, 'commission', title, call), ...start(context, node)];
    },
    expects: (context) => expectMachine(context, { status: 'commissioning' }),
  };

  const ready: Step = {
    id: 'enrol.ready',
    targets: (plan) => owners(plan),
    needs: ['enrol.commission'],
    reads: bothSides,
    check: (context) => {
      const node = nodeOf(context);
      const machine = machineOf(context);
      if (machine === undefined) {
        return { state: 'todo', reason: message('enrol.absent', { name: node.name, mac: '' }) };
      }
      const params = stateParams(node, machine);
      const notes = trouble(context, machine);
      if (FAILED.has(machine.status)) {
        return { state: 'manual', reason: message('enrol.failed', params), notes };
      }
      return EXAMINING.has(machine.status) || machine.status === 'new'
        ? { state: 'todo', reason: message('enrol.ready.examining', params), notes }
        : { state: 'done', reason: message('enrol.ready.done', params), notes };
    },
    plan: ({ target, owner }) => [
      {
        kind: 'wait',
        id: 'wait-until-ready',
        title: message('enrol.ready.wait', { name: owner }),
        target,
        finding: `enrol.ready@${owner}`,
        seconds: LIFECYCLE_SECONDS,
      },
    ],
    expects: (context) => expectMachine(context, { status: 'ready' }),
  };

  const deploy: Step = {
    id: 'enrol.deploy',
    targets: deploying,
    needs: ['enrol.ready'],
    risks: ['changes-power', 'removes-data'],
    reads: (context) => [machinesRead(context)],
    check: (context) => {
      const node = nodeOf(context);
      const machine = machineOf(context);
      if (machine === undefined) {
        return { state: 'todo', reason: message('enrol.absent', { name: node.name, mac: '' }) };
      }
      const params = stateParams(node, machine);
      switch (machine.status) {
        case 'deploying':
        case 'deployed': {
          const release = node.wish.deploy?.release;
          const other = machine.status === 'deployed' && release !== undefined;
          const found = { ...params, found: machine.series || '–', wanted: release ?? '–' };
          const notes =
            other && machine.series !== '' && machine.series !== release?.split('/').at(-1)
              ? [message('enrol.deploy.other-release', found)]
              : [];
          return { state: 'done', reason: message('enrol.deploy.done', params), notes };
        }
        case 'ready':
        case 'allocated':
          return { state: 'todo', reason: message('enrol.deploy.ready', params) };
        default:
          return { state: 'manual', reason: message('enrol.failed', params) };
      }
    },
    plan: (context) => {
      const node = nodeOf(context);
      const { release, user_data } = node.wish.deploy ?? {};
      const params = { name: node.name, release: release ?? '–' };
      const status = machineOf(context)?.status;
      if (status !== 'ready' && status !== 'allocated') return [];
      return [
        maasAction(context.target, 'deploy', message('enrol.deploy.action', params), {
          kind: 'deploy',
          ...ours(node),
          ...(release === undefined ? {} : { release }),
          ...(user_data === undefined ? {} : { userData: user_data }),
        }),
        ...start(context, node),
      ];
    },
    expects: (context) => expectMachine(context, { status: 'deploying' }),
    undo: ({ target, made }) =>
      made.flatMap((action) => {
        if (action.kind !== 'maas' || action.call.kind !== 'deploy') return [];
        const { hostname, macs } = action.call;
        return [
          maasAction(target, action.id, message('enrol.release', { name: hostname }), {
            kind: 'release',
            hostname,
            macs,
            comment: 'taken back in Labwright',
            erase: false,
          }),
        ];
      }),
  };

  const deployed: Step = {
    id: 'enrol.deployed',
    targets: deploying,
    needs: ['enrol.deploy'],
    reads: bothSides,
    check: (context) => {
      const node = nodeOf(context);
      const machine = machineOf(context);
      if (machine === undefined) {
        return { state: 'todo', reason: message('enrol.absent', { name: node.name, mac: '' }) };
      }
      const params = {
        ...stateParams(node, machine),
        addresses: machine.addresses.join(', ') || '–',
      };
      const notes = trouble(context, machine);
      if (machine.status === 'deployed') {
        return { state: 'done', reason: message('enrol.deployed.done', params), notes };
      }
      return FAILED.has(machine.status)
        ? { state: 'manual', reason: message('enrol.failed', params), notes }
        : { state: 'todo', reason: message('enrol.deployed.installing', params), notes };
    },
    plan: ({ target, owner }) => [
      {
        kind: 'wait',
        id: 'wait-until-deployed',
        title: message('enrol.deployed.wait', { name: owner }),
        target,
        finding: `enrol.deployed@${owner}`,
        seconds: LIFECYCLE_SECONDS,
      },
    ],
    expects: (context) => expectMachine(context, { status: 'deployed' }),
  };

  return [others, known, labels, examined, ready, deploy, deployed];
}
