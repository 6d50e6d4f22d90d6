import type { LabState } from '../../contract/lab-state.ts';
import { applyLabEvent } from '../../contract/lab-state.ts';
import { core } from './core-connection.ts';
import type { ShownError } from './shown-error.ts';
import { shownError } from './shown-error.ts';
import { Store } from './store.ts';

export interface WatchedLab {
  readonly path: string;
  readonly state: LabState | undefined;
  /** True while what is shown is only what was last known. */
  readonly stale: boolean;
  readonly error: ShownError | undefined;
}

/** Output arrives in bursts; painting more often than this helps nobody. */
const COALESCE_MS = 30;
/** A cut ends the stream before the transport says so; by then it is known which of the two it was. */
const CUT_SETTLES_MS = 100;

/** Follows one lab: a snapshot, then its events; from a new snapshot after every reconnection. */
export class LabWatch {
  readonly store: Store<WatchedLab>;
  readonly path: string;
  #stop: AbortController | undefined;
  #pending: LabState | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #unsubscribe: () => void;
  #generation = 0;

  constructor(path: string) {
    this.path = path;
    this.store = new Store<WatchedLab>({ path, state: undefined, stale: true, error: undefined });
    this.#unsubscribe = core.state.subscribe(() => this.#follow());
    this.#follow();
  }

  close(): void {
    this.#unsubscribe();
    this.#stop?.abort();
    clearTimeout(this.#timer);
  }

  /** Opens the lab again after an error, for example when the file has come back. */
  retry(): void {
    this.#generation = 0;
    this.#follow();
  }

  #follow(): void {
    const { phase, generation } = core.state.get();
    if (phase !== 'connected') {
      this.store.set({ ...this.store.get(), stale: true });
      return;
    }
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#stop?.abort();
    this.#stop = new AbortController();
    void this.#watch(this.#stop.signal, generation);
  }

  async #watch(signal: AbortSignal, generation: number): Promise<void> {
    try {
      try {
        await this.#receive(signal);
      } catch (error) {
        if (signal.aborted || shownError(error).code !== 'lab-not-open') throw error;
        await core.calls.labs.open({ path: this.path }, { signal });
        await this.#receive(signal);
      }
      throw new Error('the watch ended');
    } catch (error) {
      // The watch notices a cut a moment before the connection does.
      await new Promise((resolve) => setTimeout(resolve, CUT_SETTLES_MS));
      if (signal.aborted) return;
      // A cut connection is told by the banner; anything else belongs to this lab.
      const { phase, generation: current } = core.state.get();
      if (phase !== 'connected' || current !== generation) return;
      this.store.set({ ...this.store.get(), stale: true, error: shownError(error) });
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const events = await core.calls.labs.watch({ lab: this.path }, { signal });
    let state: LabState | undefined;
    for await (const event of events) {
      if (signal.aborted) return;
      state = applyLabEvent(state, event);
      this.#show(state, event.type === 'snapshot');
    }
  }

  #show(state: LabState | undefined, atOnce: boolean): void {
    this.#pending = state;
    if (atOnce) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#publish();
    } else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#publish(), COALESCE_MS);
    }
  }

  #publish(): void {
    this.#timer = undefined;
    this.store.set({ path: this.path, state: this.#pending, stale: false, error: undefined });
  }
}
