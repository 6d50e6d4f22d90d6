import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { LabwrightError } from '../../contract/error.ts';
import type { HostState } from '../../contract/lab-state.ts';
import type { PracticeRoom } from '../../contract/practice-room.ts';
import type { RunningRoom } from '../practice/practice-rooms.ts';
import { TerminalSessions } from '../ssh/terminal-sessions.ts';
import { withPracticeSecrets } from '../vault/practice-secrets.ts';
import { CHAPTERS } from './chapters.ts';
import type { CoreOptions } from './core-options.ts';
import { LAB_FOLDER, LabSession } from './lab-session.ts';

/** Recent labs remembered on the Start screen. */
const RECENT_KEPT = 12;
/** A person who typed a command is given this long before the host is looked at again. */
const LOOK_AGAIN_MS = 2000;

const wait = (milliseconds: number) =>
  new Promise<void>((done) => {
    setTimeout(done, milliseconds);
  });

/** The labs that are open, and the rooms of the practice lab that run. */
export class Labs {
  readonly terminals: TerminalSessions;
  readonly #options: CoreOptions;
  readonly #sessions = new Map<string, Promise<LabSession>>();
  readonly #looks = new Map<string, NodeJS.Timeout>();
  readonly #practice = new Map<PracticeRoom, Promise<RunningRoom>>();

  constructor(options: CoreOptions) {
    this.#options = options;
    this.terminals = new TerminalSessions(options.now, (lab, host) => this.#lookAgain(lab, host));
  }

  get userKnownHosts(): string {
    return join(homedir(), '.ssh', 'known_hosts');
  }

  async open(path: string): Promise<LabSession> {
    const absolute = resolve(path.replace(/^~(?=\/)/, homedir()));
    const real = await realpath(absolute).catch(() => absolute);
    const known = this.#sessions.get(real);
    if (known) return known;
    const rooms = await Promise.all(this.#practice.values());
    const practice = rooms.some((room) => room.path === real);
    const opening = this.#openSession(real, practice);
    this.#sessions.set(real, opening);
    try {
      const session = await opening;
      if (!practice) this.#remember(real);
      return session;
    } catch (error) {
      this.#sessions.delete(real);
      throw error;
    }
  }

  async #openSession(path: string, practice: boolean): Promise<LabSession> {
    const { vault, connect, now, who } = this.#options;
    return LabSession.open({
      path,
      practice,
      chapters: CHAPTERS,
      vault: await withPracticeSecrets(vault, join(dirname(path), LAB_FOLDER)),
      connect,
      userKnownHosts: practice ? undefined : this.userKnownHosts,
      now,
      wait,
      who,
    });
  }

  async get(path: string): Promise<LabSession> {
    const session = this.#sessions.get(path);
    if (session === undefined) throw new LabwrightError('lab-not-open');
    return session;
  }

  /** Starts a room of the practice lab, or goes back to the one that runs. */
  async practice(room: PracticeRoom): Promise<LabSession> {
    const running = this.#practice.get(room) ?? this.#startPractice(room);
    this.#practice.set(room, running);
    try {
      return await this.open((await running).path);
    } catch (error) {
      this.#practice.delete(room);
      throw error;
    }
  }

  async #startPractice(room: PracticeRoom): Promise<RunningRoom> {
    // The simulated server is large; the app must be ready before it is read.
    const { startRoom } = await import('../practice/practice-rooms.ts');
    const name = room === 'mirror' ? 'practice' : `practice-${room}`;
    const directory = join(this.#options.dataDirectory, `${name}-${process.pid}`);
    return startRoom(room, { directory, now: this.#options.now });
  }

  async closeLab(path: string): Promise<void> {
    const session = await this.get(path);
    this.#sessions.delete(path);
    this.terminals.closeLab(path);
    await session.close();
  }

  /** Hosts that waited for this secret are tried again with its new value. */
  secretChanged(name: string): Promise<void> {
    return this.#tryAgain(({ secret }) => secret === name);
  }

  /** Hosts that waited for the vault are tried again, wherever it was unlocked. */
  vaultUnlocked(): Promise<void> {
    return this.#tryAgain(({ error }) => error?.code === 'vault-locked');
  }

  async #tryAgain(waits: (host: HostState) => boolean): Promise<void> {
    for (const opening of this.#sessions.values()) {
      const session = await opening.catch(() => undefined);
      if (!session?.owner) continue;
      for (const host of Object.values(session.state.hosts).filter(waits)) {
        session.lookAt(host.name).catch(() => {});
      }
    }
  }

  #remember(path: string): void {
    const { settings } = this.#options;
    const current = settings.get();
    const recent = [path, ...current.recent.filter((item) => item !== path)].slice(0, RECENT_KEPT);
    settings.set({ ...current, recent });
  }

  forget(path: string): void {
    const { settings } = this.#options;
    const current = settings.get();
    settings.set({ ...current, recent: current.recent.filter((item) => item !== path) });
  }

  /** After something was done by hand the ticks are measured anew, once the typing pauses. */
  #lookAgain(lab: string, host: string): void {
    const id = `${lab}\n${host}`;
    clearTimeout(this.#looks.get(id));
    this.#looks.set(
      id,
      setTimeout(() => {
        this.#looks.delete(id);
        this.get(lab)
          .then(async (session) => {
            if (!session.owner || session.runs.busy) return;
            const steps = session.findings.instances().filter(({ target }) => target === host);
            await session.findings.check({ steps: steps.map((step) => step.id), fresh: false });
          })
          .catch(() => {});
      }, LOOK_AGAIN_MS),
    );
  }

  async close(): Promise<void> {
    for (const timer of this.#looks.values()) clearTimeout(timer);
    this.terminals.closeAll();
    for (const opening of this.#sessions.values()) {
      await opening.then((session) => session.close()).catch(() => {});
    }
    this.#sessions.clear();
    for (const running of this.#practice.values())
      await running.then((lab) => lab.close()).catch(() => {});
  }
}
