import type { RegionTime } from '../../../src/main/practice/maas/region-time.ts';

/** Time that moves when it is told to, and does what is due on the way. */
export class ManualTime implements RegionTime {
  #now: number;
  #due: { readonly at: number; readonly happens: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now = (): number => this.#now;

  after(milliseconds: number, happens: () => void): void {
    this.#due.push({ at: this.#now + milliseconds, happens });
  }

  /** Never back. */
  moveTo(wanted: number): void {
    const at = Math.max(wanted, this.#now);
    for (;;) {
      const [next] = this.#due.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > at) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = next.at;
      next.happens();
    }
    this.#now = at;
  }
}
