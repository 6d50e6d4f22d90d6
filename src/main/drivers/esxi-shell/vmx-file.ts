/**
 * The text of a .vmx: `key = "value"` a line, `#` for a comment, keys in any case (the names as VMware's
 * own files write them; libvirt's VMX parser reads them so too). In a value `|XX` stands for a byte.
 */

const LINE = /^\s*([^\s=#"]+)\s*=\s*(?:"([^"]*)"|([^"\s]*))\s*$/;

function decoded(value: string): string {
  // Bytes of UTF-8 that stand side by side are one character.
  return value.replaceAll(/(?:\|[0-9A-Fa-f]{2})+/g, (all) =>
    Buffer.from(all.replaceAll('|', ''), 'hex').toString('utf8'),
  );
}

/** What a quoted value cannot hold is written by its bytes; all else stands as it is. */
function encoded(value: string): string {
  return [...value]
    .map((char) =>
      char < ' ' || char === '"' || char === '|' || char === '\x7f'
        ? `|${Buffer.from(char).toString('hex').toUpperCase()}`
        : char,
    )
    .join('');
}

/** Keys in lower case, values without their escapes. The last of equal keys counts. */
export class Vmx {
  readonly #values = new Map<string, string>();

  constructor(text: string) {
    for (const line of text.split(/\r?\n/)) {
      const [, key, quoted, bare] = LINE.exec(line) ?? [];
      if (key !== undefined) this.#values.set(key.toLowerCase(), decoded(quoted ?? bare ?? ''));
    }
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): string | undefined {
    return this.#values.get(key.toLowerCase());
  }

  is(key: string): boolean {
    return this.get(key)?.toUpperCase() === 'TRUE';
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }
}

export function vmxLine(key: string, value: string | number): string {
  return `${key} = "${encoded(String(value))}"`;
}
