import { SaxesParser } from 'saxes';

export interface XmlElement {
  /** Without its namespace prefix: sites choose prefixes as they like. */
  readonly name: string;
  /** As written, with prefixes. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/** Deeper than any answer; a document that nests further is meant to hurt. */
const MAX_DEPTH = 200;

/** The document is not well-formed, or has what no SOAP answer has. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/**
 * Reads a document as it comes. Elements that `take` names are handed over as soon as they end and
 * are not kept, so that a long list needs no more memory than what is done with it.
 */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: false, position: false });
  readonly #open: XmlElement[] = [];
  readonly #take: string | undefined;
  #taken: XmlElement[] = [];
  #root: XmlElement | undefined;
  #begun = false;

  constructor(take?: string) {
    this.#take = take;
    this.#parser.on('error', (error) => {
      throw new XmlError(error.message);
    });
    this.#parser.on('doctype', () => {
      throw new XmlError('a document type, which SOAP forbids');
    });
    this.#parser.on('opentag', ({ name, attributes }) => this.#opened(name, attributes));
    this.#parser.on('text', (text) => this.#said(text));
    this.#parser.on('cdata', (text) => this.#said(text));
    this.#parser.on('closetag', () => this.#closed());
  }

  /** Returns the elements to take that ended within this piece. Throws XmlError. */
  write(piece: string): XmlElement[] {
    this.#begun ||= piece.trim() !== '';
    this.#parser.write(piece);
    const taken = this.#taken;
    if (taken.length > 0) this.#taken = [];
    return taken;
  }

  /** The whole, without what was taken. Throws XmlError when the document is not complete. */
  end(): XmlElement {
    this.#parser.close();
    if (this.#root === undefined) throw new XmlError('no element');
    return this.#root;
  }

  /** Whether there was anything at all. */
  get begun(): boolean {
    return this.#begun;
  }

  /** The outermost element, as soon as it began. */
  get rootName(): string | undefined {
    return this.#open[0]?.name ?? this.#root?.name;
  }

  #opened(name: string, attributes: Record<string, string>): void {
    if (this.#open.length >= MAX_DEPTH) throw new XmlError('too many levels');
    this.#open.push({ name: withoutPrefix(name), attributes, children: [], text: '' });
  }

  #said(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
  }

  #closed(): void {
    const element = this.#open.pop();
    if (element === undefined) return;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else if (element.name === this.#take) this.#taken.push(element);
    else parent.children.push(element);
  }
}

export function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}
