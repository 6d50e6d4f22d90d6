/** Signals whose default action ends a process, with their numbers (signal(7), Linux x86-64). */
export const SIGNALS = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, PIPE: 13, ALRM: 14, TERM: 15 } as const;
export type Signal = keyof typeof SIGNALS;

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  /** Mutable: setsid(1) makes a process the leader of its own group. */
  pgid: number;
  readonly user: string;
  readonly command: string;
  readonly started: number;
  readonly tty: string;
  readonly controller: AbortController;
  /** The signal that ended it, or is about to. */
  ended?: Signal;
}

/** The machine's process table. A "process" is a running shell, command or unit, not an OS process. */
export class Processes {
  readonly #table = new Map<number, Process>();
  readonly #now: () => number;
  #next: number;

  constructor(now: () => number, firstPid = 1200) {
    this.#now = now;
    this.#next = firstPid;
  }

  start(options: {
    command: string;
    user: string;
    parent?: Process;
    newGroup?: boolean;
    tty?: string;
  }): Process {
    const { parent } = options;
    const pid = this.#next++;
    const process: Process = {
      pid,
      ppid: parent?.pid ?? 1,
      pgid: options.newGroup || !parent ? pid : parent.pgid,
      user: options.user,
      command: options.command,
      started: this.#now(),
      tty: options.tty ?? parent?.tty ?? '?',
      controller: new AbortController(),
    };
    this.#table.set(pid, process);
    return process;
  }

  finish(process: Process): void {
    this.#table.delete(process.pid);
  }

  get(pid: number): Process | undefined {
    return this.#table.get(pid);
  }

  group(pgid: number): Process[] {
    return this.list().filter((process) => process.pgid === pgid);
  }

  list(): Process[] {
    return [...this.#table.values()].sort((one, other) => one.pid - other.pid);
  }

  signal(process: Process, signal: Signal): void {
    process.ended ??= signal;
    process.controller.abort();
  }

  endAll(): void {
    for (const process of this.list()) this.signal(process, 'KILL');
  }
}
