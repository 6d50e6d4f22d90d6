import { z } from 'zod';
import type { TerminalInfo } from '../../contract/terminal.ts';
import { appState } from '../core/app-state.ts';
import { calls, core } from '../core/core-connection.ts';
import { Store } from '../core/store.ts';
import type { DockKeys } from './live-terminal.ts';
import { LiveTerminal } from './live-terminal.ts';

export interface DockState {
  readonly lab: string | undefined;
  readonly shown: boolean;
  /** Height in pixels, as the person set it. */
  readonly height: number;
  readonly active: number | undefined;
  readonly terminals: readonly TerminalInfo[];
  readonly searching: boolean;
}

const Remembered = z.object({
  shown: z.boolean().default(false),
  height: z.number().min(96).max(4000).default(280),
  active: z.number().optional(),
});
const REMEMBERED = 'labwright.dock';
/** Good for a shell that starts before its pane has been measured. */
const FIRST_SIZE = { columns: 80, rows: 24 };

function remembered(): z.infer<typeof Remembered> {
  try {
    return Remembered.parse(JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}'));
  } catch {
    return Remembered.parse({});
  }
}

const { shown, height, active } = remembered();
export const dock = new Store<DockState>({
  lab: undefined,
  shown,
  height,
  active,
  terminals: [],
  searching: false,
});

const live = new Map<number, LiveTerminal>();
/** Steps that a terminal was opened for, to be checked again when the person is done there. */
const openedFor = new Map<number, string>();

export function changeDock(change: Partial<DockState>): void {
  const next = { ...dock.get(), ...change };
  dock.set(next);
  const kept = { shown: next.shown, height: next.height, active: next.active };
  localStorage.setItem(REMEMBERED, JSON.stringify(kept));
}

const keys: DockKeys = {
  leave: () => document.querySelector<HTMLElement>('.lw-dock [role=tab][tabindex="0"]')?.focus(),
  search: () => changeDock({ searching: true }),
  toggle: () => toggleDock(),
};

/** The drawn terminal behind a tab; made and attached when it is first looked at. */
export function liveTerminal(info: TerminalInfo): LiveTerminal {
  const known = live.get(info.id);
  if (known !== undefined) return known;
  const made = new LiveTerminal(info, keys);
  made.state.subscribe(() => {
    if (made.state.get().end !== undefined) checkAgain(info.id);
  });
  live.set(info.id, made);
  return made;
}

/** Where the person was before the keys went to the dock. */
let before: HTMLElement | undefined;

/** Shows the dock and goes to the terminal; goes back where the person was when it hides. */
export function toggleDock(): void {
  if (dock.get().shown) {
    const inside = document.activeElement?.closest('.lw-dock') !== null;
    changeDock({ shown: false, searching: false });
    if (inside && before?.isConnected === true) before.focus();
    return;
  }
  if (document.activeElement instanceof HTMLElement) before = document.activeElement;
  changeDock({ shown: true });
  activeTerminal()?.focus();
}

function activeTerminal(): LiveTerminal | undefined {
  const { active: id, terminals } = dock.get();
  const info = terminals.find((each) => each.id === id);
  return info === undefined ? undefined : liveTerminal(info);
}

/** Brings the dock in line with what the core has open for a lab. */
export async function restoreDock(lab: string): Promise<void> {
  if (dock.get().lab !== lab) changeDock({ lab, terminals: [], searching: false });
  const terminals = await calls.terminals.list({ lab });
  if (dock.get().lab !== lab) return;
  for (const [id, terminal] of live) {
    if (terminals.some((info) => info.id === id)) terminal.attach();
    else forget(id);
  }
  const { active: id } = dock.get();
  const known = terminals.some((info) => info.id === id);
  changeDock({ terminals, active: known ? id : terminals.at(-1)?.id });
}

export async function openTerminal(
  lab: string,
  host: string,
  typed = '',
  step?: string,
): Promise<void> {
  if (document.activeElement instanceof HTMLElement) before = document.activeElement;
  const open = step === undefined ? undefined : openFor(step);
  if (open !== undefined) {
    changeDock({ active: open.id, shown: true });
    liveTerminal(open).focus();
    return;
  }
  const info = await calls.terminals.open({ lab, host, size: FIRST_SIZE, typed });
  if (step !== undefined) openedFor.set(info.id, step);
  changeDock({
    terminals: [...dock.get().terminals.filter(({ id }) => id !== info.id), info],
    active: info.id,
    shown: true,
  });
  // The person asked for it, so the keys go there.
  liveTerminal(info).focus();
}

/** The terminal that was opened for a step and still runs. */
function openFor(step: string): TerminalInfo | undefined {
  return dock
    .get()
    .terminals.find(
      (info) => openedFor.get(info.id) === step && liveTerminal(info).state.get().end === undefined,
    );
}

export async function closeTerminal(id: number): Promise<void> {
  const { terminals, active: current, searching } = dock.get();
  const place = terminals.findIndex((info) => info.id === id);
  const rest = terminals.filter((info) => info.id !== id);
  const next = rest[Math.min(place, rest.length - 1)]?.id;
  changeDock({
    terminals: rest,
    active: current === id ? next : current,
    searching: searching && rest.length > 0,
  });
  checkAgain(id);
  forget(id);
  await calls.terminals.close({ terminal: id });
}

function forget(id: number): void {
  live.get(id)?.dispose();
  live.delete(id);
  openedFor.delete(id);
}

/** The person is done in a terminal that was opened for a step: what is true now? */
export function checkAgain(id: number): void {
  const { lab } = dock.get();
  const step = openedFor.get(id);
  if (lab === undefined || step === undefined) return;
  calls.guide.check({ lab, steps: [step], fresh: true }).catch(() => {});
}

core.onFrame((frame) => live.get(frame.terminal)?.receive(frame));
appState.subscribe(() => {
  for (const terminal of live.values()) terminal.applySettings();
});
