import type { ProgressRule } from '../../contract/action.ts';
import type { Progress } from '../../contract/run.ts';

/** sstream-mirror draws this many dots for a whole file (measured: 55 dots at 69.6 % of a file). */
const DOTS_PER_FILE = 80;
/** Rates are taken over this long: shorter flickers, longer lags. */
const RATE_WINDOW_MS = 15_000;

/**
 * Amount done, from the log of `sstream-mirror --progress`: a line `=> PATH [SIZE] PERCENT%` opens
 * a file, dots follow as it arrives.
 */
export class SstreamMirrorProgress {
  #finished = 0;
  #size = 0;
  #dots = 0;
  #item: string | undefined;
  #line = '';

  feed(text: string): void {
    for (const character of text) {
      if (character === '\n') {
        this.#onLine();
        this.#line = '';
      } else this.#line += character;
    }
    // Dots come without a newline until the file is complete.
    if (/^\.+$/.test(this.#line)) this.#dots = this.#line.length;
    // A log without newlines must not grow here.
    if (this.#line.length > 4096) this.#line = this.#line.slice(-1024);
  }

  #onLine(): void {
    const opened = /^=> (.+) \[(\d+)\]\s+\d+%/.exec(this.#line);
    if (opened) {
      this.#finished += this.#size;
      this.#item = opened[1];
      this.#size = Number(opened[2]);
      this.#dots = 0;
    } else if (/^\.+$/.test(this.#line)) this.#dots = DOTS_PER_FILE;
  }

  get doneBytes(): number {
    const share = Math.min(1, this.#dots / DOTS_PER_FILE);
    return this.#finished + Math.round(this.#size * share);
  }

  get item(): string | undefined {
    return this.#item;
  }
}

/** Amount done, from lines `have BYTES` that our own scripts print while something grows. */
class BytesSoFar {
  readonly item = undefined;
  doneBytes = 0;
  #rest = '';

  feed(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-64);
    for (const line of lines) {
      const bytes = /^have (\d+)$/.exec(line)?.[1];
      if (bytes !== undefined) this.doneBytes = Number(bytes);
    }
  }
}

/** Makes rate and time left of an amount that is told again and again. */
export class AmountMeter {
  #samples: { at: number; bytes: number }[] = [];

  tell(doneBytes: number, total: number | undefined, at: number, item?: string): Progress {
    this.#samples.push({ at, bytes: doneBytes });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > RATE_WINDOW_MS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    const seconds = first ? (at - first.at) / 1000 : 0;
    const rate = first && seconds >= 1 ? (doneBytes - first.bytes) / seconds : undefined;
    const left = total !== undefined && rate ? Math.max(0, total - doneBytes) / rate : undefined;
    return {
      doneBytes: total === undefined ? doneBytes : Math.min(doneBytes, total),
      ...(total === undefined ? {} : { totalBytes: total }),
      ...(rate === undefined ? {} : { bytesPerSecond: Math.round(rate) }),
      ...(left === undefined ? {} : { secondsLeft: Math.round(left) }),
      ...(item === undefined ? {} : { item }),
    };
  }
}

/** Follows one action's log and says amount, rate and time left. */
export class ProgressMeter {
  readonly #rule: ProgressRule;
  readonly #log: SstreamMirrorProgress | BytesSoFar;
  readonly #amount = new AmountMeter();

  constructor(rule: ProgressRule) {
    this.#rule = rule;
    this.#log = rule.parser === 'sstream-mirror' ? new SstreamMirrorProgress() : new BytesSoFar();
  }

  feed(text: string, at: number): Progress {
    this.#log.feed(text);
    const { doneBytes, item } = this.#log;
    return this.#amount.tell(doneBytes, this.#rule.totalBytes, at, item);
  }
}
