import { StringDecoder } from 'node:string_decoder';

/** Cells a character takes on a terminal (the wide ranges of Unicode's UAX #11; combining marks: none). */
function cellWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

interface ReadOptions {
  readonly prompt: string;
  readonly echo: boolean;
  readonly history?: readonly string[];
  /** Completes the word before the cursor: what to insert, or the candidates to show. */
  readonly complete?: (before: string) => { insert: string; choices: readonly string[] };
}

type Outcome =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' };

/** Keys that arrive as escape sequences (xterm's, in both cursor modes). */
const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[7~': 'home',
  '[8~': 'end',
  '[3~': 'delete',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[200~': 'paste',
  '[201~': 'pasted',
};

/** Edits one line at a time on a terminal. Bytes that arrive between two reads wait for the next one. */
export class LineEditor {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #closed = false;
  #options: ReadOptions | undefined;
  #done: ((outcome: Outcome) => void) | undefined;
  #text: string[] = [];
  #cursor = 0;
  /** Row of the cursor, counted from the prompt's. */
  #row = 0;
  #recalled = 0;
  #draft = '';

  constructor(write: (text: string) => void, columns: () => number) {
    this.#write = write;
    this.#columns = columns;
  }

  feed(bytes: Uint8Array): void {
    this.#pending += this.#decoder.write(Buffer.from(bytes));
    this.#drain();
  }

  /** Forgets what was typed ahead: Ctrl+C flushes a terminal's input. */
  flush(): void {
    this.#pending = '';
  }

  close(): void {
    this.#closed = true;
    this.#finish({ kind: 'end' });
  }

  read(options: ReadOptions): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#options = options;
      this.#done = resolve;
      this.#text = [];
      this.#cursor = 0;
      this.#row = 0;
      this.#recalled = options.history?.length ?? 0;
      this.#draft = '';
      this.#write(options.prompt);
      if (this.#closed) this.#finish({ kind: 'end' });
      else this.#drain();
    });
  }

  #finish(outcome: Outcome): void {
    const done = this.#done;
    this.#done = undefined;
    this.#options = undefined;
    done?.(outcome);
  }

  #drain(): void {
    while (this.#done && this.#pending !== '') {
      const key = this.#next();
      if (key === undefined) return;
      this.#key(key);
    }
  }

  /** One key from the input; undefined while an escape sequence is incomplete. */
  #next(): string | undefined {
    const character = [...this.#pending][0] as string;
    if (character !== '\x1b') {
      this.#pending = this.#pending.slice(character.length);
      return character;
    }
    const match = /^\x1b(\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[^[O])/.exec(this.#pending);
    if (!match) return undefined;
    this.#pending = this.#pending.slice(match[0].length);
    return SEQUENCES[match[1] as string] ?? 'ignored';
  }

  #key(key: string): void {
    const options = this.#options as ReadOptions;
    switch (key) {
      case '\r':
      case '\n':
        this.#move(this.#text.length);
        this.#write('\r\n');
        this.#finish({ kind: 'line', text: this.#text.join('') });
        return;
      case '\x03':
        this.#write('^C\r\n');
        this.#finish({ kind: 'interrupt' });
        return;
      case '\x04':
        if (this.#text.length === 0) this.#finish({ kind: 'end' });
        else this.#remove(this.#cursor);
        return;
      case '\x7f':
      case '\b':
        if (this.#cursor > 0) this.#remove(--this.#cursor);
        return;
      case '\x01':
      case 'home':
        this.#move(0);
        return;
      case '\x05':
      case 'end':
        this.#move(this.#text.length);
        return;
      case '\x02':
      case 'left':
        this.#move(Math.max(0, this.#cursor - 1));
        return;
      case '\x06':
      case 'right':
        this.#move(Math.min(this.#text.length, this.#cursor + 1));
        return;
      case 'delete':
        this.#remove(this.#cursor);
        return;
      case '\x15':
        this.#replace(this.#text.slice(this.#cursor), 0);
        return;
      case '\x0b':
        this.#replace(this.#text.slice(0, this.#cursor), this.#cursor);
        return;
      case '\x17': {
        const start = [
          ...this.#text
            .slice(0, this.#cursor)
            .join('')
            .replace(/\S+\s*$/, ''),
        ].length;
        this.#replace([...this.#text.slice(0, start), ...this.#text.slice(this.#cursor)], start);
        return;
      }
      case '\x0c':
        this.#write('\x1b[H\x1b[2J');
        this.#row = 0;
        this.#draw();
        return;
      case '\x10':
      case 'up':
        this.#recall(-1);
        return;
      case '\x0e':
      case 'down':
        this.#recall(1);
        return;
      case '\t':
        this.#complete();
        return;
      default:
        if (
          key.length > 2 ||
          key < ' ' ||
          (key.length === 2 && (key.codePointAt(0) ?? 0) < 0x10000)
        )
          return;
        this.#text.splice(this.#cursor++, 0, key);
        if (!options.echo) return;
        if (this.#cursor === this.#text.length && !this.#wraps(key)) this.#write(key);
        else this.#draw();
    }
  }

  #width(text: Iterable<string>): number {
    let width = 0;
    for (const character of text) width += cellWidth(character);
    return width;
  }

  /** Whether the last character ended or crossed a row, so that the simple echo is not enough. */
  #wraps(key: string): boolean {
    const total = this.#width(this.#options?.prompt ?? '') + this.#width(this.#text);
    return (
      Math.floor(total / this.#columns()) !== Math.floor((total - cellWidth(key)) / this.#columns())
    );
  }

  #draw(): void {
    const { prompt = '', echo = true } = this.#options ?? {};
    if (!echo) return;
    const columns = Math.max(1, this.#columns());
    const total = this.#width(prompt) + this.#width(this.#text);
    const at = this.#width(prompt) + this.#width(this.#text.slice(0, this.#cursor));
    const up = (rows: number) => (rows > 0 ? `\x1b[${rows}A` : '');
    let out = `${up(this.#row)}\r\x1b[J${prompt}${this.#text.join('')}`;
    // A full last row leaves the cursor hanging at its end; a space and return put it on the next.
    if (total > 0 && total % columns === 0) out += ' \r\x1b[K';
    const row = Math.floor(at / columns);
    out += `${up(Math.floor(total / columns) - row)}\r${at % columns > 0 ? `\x1b[${at % columns}C` : ''}`;
    this.#row = row;
    this.#write(out);
  }

  #move(to: number): void {
    if (to === this.#cursor) return;
    this.#cursor = to;
    this.#draw();
  }

  #remove(at: number): void {
    if (at >= this.#text.length) return;
    this.#text.splice(at, 1);
    this.#draw();
  }

  #replace(text: readonly string[], cursor: number): void {
    this.#text = [...text];
    this.#cursor = cursor;
    this.#draw();
  }

  #recall(step: number): void {
    const history = this.#options?.history ?? [];
    const wanted = this.#recalled + step;
    if (wanted < 0 || wanted > history.length) return;
    if (this.#recalled === history.length) this.#draft = this.#text.join('');
    this.#recalled = wanted;
    const text = [...(history[wanted] ?? this.#draft)];
    this.#replace(text, text.length);
  }

  #complete(): void {
    const found = this.#options?.complete?.(this.#text.slice(0, this.#cursor).join(''));
    if (!found) return;
    if (found.insert !== '') {
      const added = [...found.insert];
      this.#text.splice(this.#cursor, 0, ...added);
      this.#cursor += added.length;
      this.#draw();
      return;
    }
    if (found.choices.length < 2) return;
    this.#write(`\r\n${found.choices.join('  ')}\r\n`);
    this.#row = 0;
    this.#draw();
  }
}
