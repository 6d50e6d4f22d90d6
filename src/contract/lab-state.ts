import { z } from 'zod';
import { ErrorData } from './error.ts';
import { Finding } from './finding.ts';
import { Inventory } from './inventory.ts';
import { MaasMachines } from './maas-facts.ts';
import { Message } from './message.ts';
import { Plan } from './plan.ts';
import { Run } from './run.ts';

/** How a site's certificate is named where host keys are: it is trusted in the same way. */
export const CERTIFICATE_TYPE = 'x509-sha256';

/** A host key as it is shown to a person. */
export const HostKey = z.object({
  type: z.string(),
  /** `SHA256:…` as ssh-keygen -l prints it. */
  fingerprint: z.string(),
  /** `type base64`, as in known_hosts. */
  line: z.string(),
});
export type HostKey = z.infer<typeof HostKey>;

export const HostState = z.object({
  name: z.string(),
  connection: z.enum([
    'idle',
    'connecting',
    'connected',
    'untrusted',
    'changed',
    'needs-secret',
    'failed',
  ]),
  error: ErrorData.optional(),
  /** The key the server offered, when it waits for a decision. */
  offered: HostKey.optional(),
  /** What we trust for this host and where that is written. */
  trusted: z
    .array(HostKey.extend({ since: z.number().optional(), file: z.enum(['lab', 'user']) }))
    .default([]),
  /** The secret that is missing or was refused. */
  secret: z.string().optional(),
  machineId: z.string().optional(),
  system: z.string().optional(),
  lastSeen: z.number().optional(),
  /** Algorithms in force, for the details panel. */
  algorithms: z.string().optional(),
});
export type HostState = z.infer<typeof HostState>;

/** Something wrong in lab.yaml, at a place. Lines and columns start at 1. */
export const PlanProblem = z.object({
  line: z.number(),
  column: z.number(),
  path: z.string(),
  reason: Message,
});
export type PlanProblem = z.infer<typeof PlanProblem>;

export const PlanState = z.object({
  /** Text of the file as it was last read. */
  text: z.string(),
  sha256: z.string(),
  plan: Plan.nullable(),
  problems: z.array(PlanProblem),
});
export type PlanState = z.infer<typeof PlanState>;

export const ChapterState = z.object({
  id: z.string(),
  number: z.number(),
  steps: z.array(z.object({ step: z.string(), target: z.string(), id: z.string() })),
});
export type ChapterState = z.infer<typeof ChapterState>;

/** What a hypervisor had when it was last asked. */
export const InventoryState = z.object({ at: z.number(), inventory: Inventory });
export type InventoryState = z.infer<typeof InventoryState>;

/** What MAAS said of its machines when it was last asked. */
export const MaasState = MaasMachines.extend({ at: z.number() });
export type MaasState = z.infer<typeof MaasState>;

export const LabState = z.object({
  /** Absolute path of lab.yaml. */
  path: z.string(),
  practice: z.boolean(),
  access: z.enum(['owner', 'read-only']),
  plan: PlanState,
  chapters: z.array(ChapterState),
  findings: z.record(z.string(), Finding),
  hosts: z.record(z.string(), HostState),
  /** By host or site. */
  inventories: z.record(z.string(), InventoryState).default({}),
  /** By the host of the MAAS server. */
  maas: z.record(z.string(), MaasState).default({}),
  /** Youngest last. */
  runs: z.array(Run),
  /** Targets that are being observed. */
  checking: z.array(z.string()),
  checkedAt: z.number().optional(),
  notices: z.array(Message).default([]),
});
export type LabState = z.infer<typeof LabState>;

/**
 * What a watcher receives: the whole state first, then changes in order. A client that reconnects
 * watches again and so starts from a snapshot: there are no gaps to fill.
 */
export const LabEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), state: LabState }),
  z.object({ type: z.literal('plan'), plan: PlanState, chapters: z.array(ChapterState) }),
  z.object({ type: z.literal('finding'), finding: Finding }),
  z.object({ type: z.literal('findings-gone'), ids: z.array(z.string()) }),
  z.object({ type: z.literal('host'), host: HostState }),
  z.object({ type: z.literal('hosts-gone'), names: z.array(z.string()) }),
  z.object({ type: z.literal('inventory'), target: z.string(), state: InventoryState }),
  z.object({ type: z.literal('maas'), target: z.string(), state: MaasState }),
  /** The host is the shell of a site by now, which has the same things. */
  z.object({ type: z.literal('inventories-gone'), targets: z.array(z.string()) }),
  z.object({ type: z.literal('run'), run: Run }),
  z.object({
    type: z.literal('checking'),
    targets: z.array(z.string()),
    checkedAt: z.number().optional(),
  }),
  z.object({ type: z.literal('notices'), notices: z.array(Message) }),
]);
export type LabEvent = z.infer<typeof LabEvent>;

/** Runs kept in the pushed state; older ones are read from the journal. */
const RUNS_KEPT = 20;

/** Applies one event; the renderer, the CLI and the core's own mirror use the same function. */
export function applyLabEvent(state: LabState | undefined, event: LabEvent): LabState | undefined {
  if (event.type === 'snapshot') return event.state;
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'plan':
      return { ...state, plan: event.plan, chapters: event.chapters };
    case 'finding':
      return { ...state, findings: { ...state.findings, [event.finding.id]: event.finding } };
    case 'findings-gone':
      return {
        ...state,
        findings: Object.fromEntries(
          Object.entries(state.findings).filter(([id]) => !event.ids.includes(id)),
        ),
      };
    case 'host':
      return { ...state, hosts: { ...state.hosts, [event.host.name]: event.host } };
    case 'hosts-gone':
      return {
        ...state,
        hosts: Object.fromEntries(
          Object.entries(state.hosts).filter(([name]) => !event.names.includes(name)),
        ),
        inventories: Object.fromEntries(
          Object.entries(state.inventories).filter(([name]) => !event.names.includes(name)),
        ),
        maas: Object.fromEntries(
          Object.entries(state.maas).filter(([name]) => !event.names.includes(name)),
        ),
      };
    case 'inventory':
      return { ...state, inventories: { ...state.inventories, [event.target]: event.state } };
    case 'maas':
      return { ...state, maas: { ...state.maas, [event.target]: event.state } };
    case 'inventories-gone':
      return {
        ...state,
        inventories: Object.fromEntries(
          Object.entries(state.inventories).filter(([name]) => !event.targets.includes(name)),
        ),
      };
    case 'run': {
      const others = state.runs.filter((run) => run.id !== event.run.id);
      const runs = [...others, event.run].sort((a, b) => a.startedAt - b.startedAt);
      return { ...state, runs: runs.slice(-RUNS_KEPT) };
    }
    case 'checking':
      return {
        ...state,
        checking: event.targets,
        ...(event.checkedAt === undefined ? {} : { checkedAt: event.checkedAt }),
      };
    case 'notices':
      return { ...state, notices: event.notices };
  }
}
