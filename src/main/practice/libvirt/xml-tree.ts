import { DOMParser, type Element, XMLSerializer } from '@xmldom/xmldom';
import { LibvirtError } from './libvirt-error.ts';

/** An element as libvirt keeps it. What is in `raw` is printed as it was given. */
export interface Tree {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Tree[];
  readonly text: string;
  readonly raw?: readonly string[];
  /** Printed with an end tag of its own, although there is nothing in it. */
  readonly open?: boolean;
}

export function tree(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  content: readonly (Tree | undefined)[] | string | number = [],
): Tree {
  const strings = Object.entries(attributes).map(([key, value]) => [key, String(value)] as const);
  return {
    name,
    attributes: Object.fromEntries(strings),
    children: Array.isArray(content) ? content.filter((each) => each !== undefined) : [],
    text: typeof content === 'object' ? '' : String(content),
  };
}

/** `document` is how libxml2 calls the text in its messages. */
export function parseTree(text: string, root: string, document: string): Tree {
  checkTags(text, document);
  let found: Element | null;
  try {
    const onError = (_level: string, said: string): never => {
      throw new Error(said);
    };
    found = new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement;
  } catch {
    throw new LibvirtError(`(${document}):1: Start tag expected, '<' not found`);
  }
  if (found?.nodeName !== root)
    throw new LibvirtError(
      `XML error: expecting root element of '${root}', not '${found?.nodeName}'`,
    );
  return fromElement(found);
}

/** The fault that hands make: libxml2 tells line and place of it. */
function checkTags(text: string, document: string): void {
  const open: { name: string; line: number }[] = [];
  const body = text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  for (const found of body.matchAll(/<(\/?)([A-Za-z_][\w:.-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g)) {
    const [whole, closing, name = '', rest = ''] = found;
    const line = body.slice(0, found.index).split('\n').length;
    if (closing === '') {
      if (!rest.endsWith('/')) open.push({ name, line });
      continue;
    }
    const last = open.pop();
    if (last?.name === name) continue;
    const start = body.lastIndexOf('\n', found.index) + 1;
    const column = found.index + whole.length - start;
    throw new LibvirtError(
      `(${document}):${line}: Opening and ending tag mismatch: ${last?.name} line ${last?.line} and ${name}\n${text.split('\n')[line - 1]}\n${'-'.repeat(column)}^`,
    );
  }
  const [first] = open;
  if (first !== undefined)
    throw new LibvirtError(
      `(${document}):${text.trimEnd().split('\n').length}: Premature end of data in tag ${first.name} line ${first.line}`,
    );
}

function fromElement(element: Element): Tree {
  const nodes = [...element.childNodes];
  const elements = nodes.filter((node): node is Element => node.nodeType === 1);
  const made = {
    name: element.nodeName,
    attributes: Object.fromEntries(
      [...element.attributes].map(({ name, value }) => [name, value] as const),
    ),
    children: elements.map(fromElement),
    text: elements.length > 0 ? '' : (element.textContent ?? '').trim(),
  };
  if (element.nodeName !== 'metadata') return made;
  // libvirt keeps what others put there, and prints it as it came.
  const raw = elements.map((each) =>
    new XMLSerializer()
      .serializeToString(each)
      // libxml2 writes what an element declares before its attributes.
      .replace(/^(<[\w:.-]+)((?: [\w.-]+="[^"]*")*)( xmlns:?\w*="[^"]*")/, '$1$3$2'),
  );
  return { ...made, raw };
}

export const childOf = (parent: Tree | undefined, name: string): Tree | undefined =>
  parent?.children.find((each) => each.name === name);

export const childrenOf = (parent: Tree | undefined, name: string): readonly Tree[] =>
  parent?.children.filter((each) => each.name === name) ?? [];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** As libvirt prints descriptions: two blanks for each level, apostrophes around values. */
export function printTree(
  { name, attributes, children, text, raw, open }: Tree,
  depth = 0,
): string {
  const indent = '  '.repeat(depth);
  const values = Object.entries(attributes).map(
    ([key, value]) => ` ${key}='${escaped(value).replaceAll("'", '&apos;')}'`,
  );
  const head = `${indent}<${name}${values.join('')}`;
  if (raw !== undefined) {
    if (raw.length === 0) return open ? `${head}/>\n` : '';
    return `${head}>\n${raw.map((each) => `${indent}  ${each}\n`).join('')}${indent}</${name}>\n`;
  }
  if (children.length > 0 || open) {
    const inner = children.map((each) => printTree(each, depth + 1)).join('');
    return `${head}>\n${inner}${indent}</${name}>\n`;
  }
  return text === '' ? `${head}/>\n` : `${head}>${escaped(text)}</${name}>\n`;
}
