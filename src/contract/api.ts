import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { Preview } from './action.ts';
import { Adoption, Change } from './change.ts';
import { ErrorData } from './error.ts';
import { JournalRow } from './journal.ts';
import { HostKey, LabEvent, PlanProblem } from './lab-state.ts';
import { PlannedMachines, PowerChange } from './machines.ts';
import { Message } from './message.ts';
import { MachineRole } from './plan.ts';
import { SecretName } from './plan-values.ts';
import { PracticeRoom } from './practice-room.ts';
import { Settings, SettingsPatch } from './settings.ts';
import { TerminalInfo, TerminalSize } from './terminal.ts';

const call = oc.errors({ LABWRIGHT: { status: 422, data: ErrorData } });

/** A lab is named by the absolute path of its lab.yaml. */
const lab = z.object({ lab: z.string() });
const steps = z.array(z.string()).optional();
/** Whether machines that are put at risk get a snapshot first. */
const snapshot = z.boolean().default(false);
const power = lab.extend({ host: z.string(), uuid: z.string(), to: PowerChange, snapshot });

export const AppInfo = z.object({
  version: z.string(),
  shell: z.enum(['desktop', 'browser', 'cli']),
  node: z.string(),
  electron: z.string().optional(),
  platform: z.string(),
  /** Language of the computer, BCP 47. */
  systemLanguage: z.string(),
  /** Directory in which new labs are proposed. */
  labsDirectory: z.string(),
  /** Whether the shell itself shows notifications. */
  canNotify: z.boolean(),
  /** Whether the shell has the computer's own file picker. */
  canPick: z.boolean(),
});
export type AppInfo = z.infer<typeof AppInfo>;

/** What can be picked with the computer's own file picker. */
export const Pickable = z.enum(['folder', 'key-file', 'lab-file']);
export type Pickable = z.infer<typeof Pickable>;

/** What a notification says. It may be read by whoever stands beside the screen. */
export const Note = z.object({ title: z.string().min(1).max(120), body: z.string().max(300) });
export type Note = z.infer<typeof Note>;

export const RecentLab = z.object({
  path: z.string(),
  name: z.string(),
  exists: z.boolean(),
  openedAt: z.number().optional(),
});

/** The answers of *New lab*; everything else has a shown default. */
export const NewLab = z.object({
  name: z.string().min(1).max(80),
  directory: z.string().min(1),
  host: z.object({
    name: z.string().regex(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i),
    address: z.string().regex(/^[A-Za-z0-9._:-]+$/),
    port: z.int().min(1).max(65535),
    user: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/),
    auth: z.enum(['password', 'key', 'key_file', 'agent']),
    keyFile: z.string().optional(),
    /** The key is opened by a passphrase, which was put into the vault. */
    keyPassphrase: z.boolean().optional(),
  }),
  line: z.enum(['v2', 'v3']),
  source: z.url().optional(),
});
export type NewLab = z.infer<typeof NewLab>;

/** One value of a proposed plan and the observation that it rests on. */
export const ProposedValue = z.object({
  path: z.string(),
  value: z.string(),
  why: Message,
  evidence: z.string().default(''),
});

export const Proposal = z.object({
  text: z.string(),
  values: z.array(ProposedValue),
  /** Hosts that could not be observed, with the way out. */
  unreached: z.array(
    z.object({ address: z.string(), error: ErrorData, offered: HostKey.optional() }),
  ),
});
export type Proposal = z.infer<typeof Proposal>;

export const VaultInfo = z.object({
  store: z.enum(['memory', 'passphrase', 'system']),
  /** Name of the keychain behind `system`. */
  backend: z.string().optional(),
  locked: z.boolean(),
  /** Whether values outlive the app. */
  persistent: z.boolean(),
  /** Whether a passphrase file can be set up here. */
  canProtect: z.boolean(),
  names: z.array(z.object({ name: z.string(), readable: z.boolean() })),
  /** What happened to the file of the values: it was damaged, and where that was kept. */
  notice: Message.optional(),
});
export type VaultInfo = z.infer<typeof VaultInfo>;

export const PlanImpact = z.object({
  problems: z.array(PlanProblem),
  /** Step instances that appear, go, or must be observed again. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.string()),
  /** `path: old → new`, one per changed value. */
  differences: z.array(z.object({ path: z.string(), old: z.string(), new: z.string() })),
});
export type PlanImpact = z.infer<typeof PlanImpact>;

export const api = {
  app: {
    info: call.output(AppInfo),
    settings: call.output(Settings),
    changeSettings: call.input(SettingsPatch).output(Settings),
    /** Only where `canNotify`. */
    notify: call.input(Note).output(z.void()),
    /** Only where `canPick`. Nothing comes back when the person changes their mind. */
    pick: call
      .input(z.object({ what: Pickable }))
      .output(z.object({ path: z.string().optional() })),
  },
  labs: {
    recent: call.output(z.array(RecentLab)),
    forget: call.input(lab).output(z.void()),
    open: call.input(z.object({ path: z.string() })).output(lab),
    create: call.input(NewLab).output(lab),
    practice: call
      .input(z.object({ room: PracticeRoom.default('mirror') }).default({ room: 'mirror' }))
      .output(lab),
    propose: call
      .input(
        z.object({
          hosts: z.array(NewLab.shape.host).min(1),
          /** Fingerprints that the person has accepted for these addresses. */
          accept: z.array(z.object({ address: z.string(), fingerprint: z.string() })).default([]),
        }),
      )
      .output(Proposal),
    saveProposal: call.input(z.object({ directory: z.string(), text: z.string() })).output(lab),
    close: call.input(lab).output(z.void()),
    watch: call.input(lab).output(eventIterator(LabEvent)),
  },
  guide: {
    check: call.input(lab.extend({ steps, fresh: z.boolean().default(false) })).output(z.void()),
    /** Begins what a step measures when a person wants it; `stop` ends that early. */
    measure: call.input(lab.extend({ id: z.string(), stop: z.boolean() })).output(z.void()),
    preview: call.input(lab.extend({ steps, snapshot })).output(Preview),
    apply: call
      .input(lab.extend({ steps, snapshot, digest: z.string() }))
      .output(z.object({ run: z.string() })),
    claim: call
      .input(
        lab.extend({
          id: z.string(),
          what: z.enum(['claimed', 'skipped', 'withdrawn']),
          why: z.string().max(500),
        }),
      )
      .output(z.void()),
    shell: call.input(lab.extend({ steps, snapshot })).output(z.object({ text: z.string() })),
  },
  runs: {
    cancel: call.input(lab.extend({ run: z.string() })).output(z.void()),
    resume: call.input(lab.extend({ run: z.string() })).output(z.object({ run: z.string() })),
    dismiss: call.input(lab.extend({ run: z.string() })).output(z.void()),
    acceptChange: call.input(lab.extend({ run: z.string(), digest: z.string() })).output(z.void()),
    previewUndo: call.input(lab.extend({ run: z.string() })).output(Preview),
    undo: call
      .input(lab.extend({ run: z.string(), digest: z.string() }))
      .output(z.object({ run: z.string() })),
    /** What a person asks for beside the guide. */
    previewChange: call.input(lab.extend({ change: Change })).output(Preview),
    change: call
      .input(lab.extend({ change: Change, digest: z.string() }))
      .output(z.object({ run: z.string() })),
    /** The whole output of one action, as far as the journal has kept it. */
    output: call
      .input(lab.extend({ run: z.string(), action: z.string() }))
      .output(z.object({ text: z.string(), truncated: z.boolean() })),
  },
  machines: {
    /** The machines of the plan with names and addresses, before they exist. */
    planned: call.input(lab).output(PlannedMachines),
    previewPower: call.input(power).output(Preview),
    power: call.input(power.extend({ digest: z.string() })).output(z.object({ run: z.string() })),
    /** What lab.yaml would say of a machine that exists and that nobody has marked. */
    adopt: call
      .input(lab.extend({ host: z.string(), uuid: z.string(), role: MachineRole }))
      .output(Adoption),
  },
  hosts: {
    trust: call
      .input(lab.extend({ host: z.string(), fingerprint: z.string(), replace: z.boolean() }))
      .output(z.void()),
    reconnect: call.input(lab.extend({ host: z.string() })).output(z.void()),
  },
  vault: {
    info: call.output(VaultInfo),
    set: call.input(z.object({ name: SecretName, value: z.string().min(1) })).output(z.void()),
    rename: call.input(z.object({ from: SecretName, to: SecretName })).output(z.void()),
    remove: call.input(z.object({ name: SecretName })).output(z.void()),
    test: call.input(z.object({ name: SecretName })).output(z.object({ readable: z.boolean() })),
    unlock: call.input(z.object({ passphrase: z.string().min(1) })).output(z.void()),
    protect: call.input(z.object({ passphrase: z.string().min(8) })).output(z.void()),
  },
  plan: {
    validate: call
      .input(z.object({ text: z.string() }))
      .output(z.object({ problems: z.array(PlanProblem) })),
    impact: call.input(lab.extend({ text: z.string() })).output(PlanImpact),
    /** Rewrites values in a text and keeps its comments; the form uses it. */
    edit: call
      .input(
        z.object({
          text: z.string(),
          changes: z.array(
            z.object({
              path: z.array(z.string()),
              value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
            }),
          ),
        }),
      )
      .output(z.object({ text: z.string() })),
    save: call
      .input(lab.extend({ text: z.string(), expected: z.string() }))
      .output(z.object({ sha256: z.string() })),
    reload: call.input(lab).output(z.void()),
    schema: call.output(z.object({ json: z.string() })),
  },
  journal: {
    list: call
      .input(
        lab.extend({
          before: z.number().optional(),
          limit: z.int().min(1).max(500).default(100),
          search: z.string().optional(),
          kinds: z.array(z.string()).optional(),
        }),
      )
      .output(z.object({ rows: z.array(JournalRow), more: z.boolean() })),
  },
  bundle: {
    preview: call.input(lab).output(z.object({ text: z.string(), name: z.string() })),
    save: call.input(lab.extend({ directory: z.string() })).output(z.object({ path: z.string() })),
  },
  terminals: {
    list: call.input(lab).output(z.array(TerminalInfo)),
    open: call
      .input(lab.extend({ host: z.string(), size: TerminalSize, typed: z.string().default('') }))
      .output(TerminalInfo),
    close: call.input(z.object({ terminal: z.int().positive() })).output(z.void()),
  },
};
export type Api = typeof api;
