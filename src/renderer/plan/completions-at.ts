import type { PlanSchema } from './plan-schema.ts';

export interface Completion {
  readonly label: string;
  /** What stands between `from` and `to` afterwards. */
  readonly insert: string;
  /** Path in the schema, `hosts.NAME.role`; values have their word at the end. */
  readonly path: string;
  readonly kind: 'key' | 'value';
  readonly description: string;
  /** A key that must be there, or the value that holds when nothing is written. */
  readonly mark: 'required' | 'default' | undefined;
}

export interface Completions {
  /** The word at the cursor, which a completion replaces. */
  readonly from: number;
  readonly to: number;
  /** The part of it before the cursor. */
  readonly typed: string;
  readonly options: readonly Completion[];
}

/** Stands in a path for a key that the person names, such as a host. */
const NAMED = 'NAME';
const KEY_LINE = /^( *)(["']?)([\w.-]+)\2 *:(?: +(.*))?$/;
const KEY_BEFORE = /^( *)([\w.-]*)$/;
const VALUE_BEFORE = /^( *)([\w.-]+): +([\w./-]*)$/;
const ITEM_BEFORE = /^( *)- +([\w./-]*)$/;
const NOTHING_AFTER = /^([\w./-]*)\s*(?:#.*)?$/;
const KEY_AFTER = /^([\w.-]*)(?:(\s*:.*)|\s*(?:#.*)?)$/;

interface Place {
  readonly path: string;
  readonly schema: PlanSchema;
}

/**
 * What can be written at a place in lab.yaml, by the schema and the indentation above it. Nothing
 * where the text is of another kind: a comment, a quoted or flow value, a block of text.
 */
export function completionsAt(
  text: string,
  offset: number,
  schema: PlanSchema,
): Completions | undefined {
  const lines = text.split('\n');
  const row = text.slice(0, offset).split('\n').length - 1;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  const after = (lines[row] ?? '').slice(before.length);

  const key = KEY_BEFORE.exec(before);
  if (key !== null) {
    const rest = KEY_AFTER.exec(after);
    const place = placeOf(pathAbove(lines, row, width(before)), schema);
    if (rest === null || place === undefined) return undefined;
    return completions(offset, key[2] ?? '', rest[1] ?? '', () =>
      keysOf(place, otherKeys(lines, row), width(before), rest[2] !== undefined),
    );
  }
  const rest = NOTHING_AFTER.exec(after);
  if (rest === null) return undefined;
  const value = VALUE_BEFORE.exec(before);
  if (value !== null) {
    const above = pathAbove(lines, row, width(before));
    const place = placeOf(above && [...above, value[2] ?? ''], schema);
    return completions(offset, value[3] ?? '', rest[1] ?? '', () => valuesOf(place, lines));
  }
  const item = ITEM_BEFORE.exec(before);
  if (item !== null) {
    // The items of a list may stand under the first letter of its key.
    const list = placeOf(pathAbove(lines, row, width(before) + 1), schema);
    const place = list?.schema.items && { path: list.path, schema: list.schema.items };
    return completions(offset, item[2] ?? '', rest[1] ?? '', () => valuesOf(place, lines));
  }
  return undefined;
}

function width(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(line: string): boolean {
  return /^\s*(?:#.*)?$/.test(line);
}

/** The keys that a line is inside of, outermost first. Nothing when the text above does not add up. */
function pathAbove(lines: readonly string[], row: number, indent: number): string[] | undefined {
  const path: string[] = [];
  let limit = indent;
  for (let at = row - 1; at >= 0 && limit > 0; at--) {
    const line = lines[at] ?? '';
    if (isBlank(line) || width(line) >= limit) continue;
    const key = KEY_LINE.exec(line);
    const value = key?.[4]?.replace(/(?:^|\s)#.*$/, '').trim() ?? '';
    if (key === null || value !== '') {
      // A list under the first letter of its key: its items are passed over.
      if (/^ *-(?: |$)/.test(line) && limit === indent) continue;
      return undefined;
    }
    path.unshift(key[3] ?? '');
    limit = width(line);
  }
  return limit === 0 ? path : undefined;
}

/** The keys beside the one that is being written. */
function otherKeys(lines: readonly string[], row: number): ReadonlySet<string> {
  const indent = width(lines[row] ?? '');
  const found = new Set<string>();
  for (const step of [-1, 1]) {
    for (let at = row + step; at >= 0 && at < lines.length; at += step) {
      const line = lines[at] ?? '';
      if (isBlank(line)) continue;
      if (width(line) < indent) break;
      const key = width(line) === indent ? KEY_LINE.exec(line)?.[3] : undefined;
      if (key !== undefined) found.add(key);
    }
  }
  return found;
}

function placeOf(path: readonly string[] | undefined, schema: PlanSchema): Place | undefined {
  let place: Place | undefined = path && { path: '', schema };
  for (const part of path ?? []) {
    const named = own(place?.schema.properties, part);
    const other = place?.schema.additionalProperties;
    const next = named ?? (typeof other === 'object' ? other : undefined);
    if (place === undefined || next === undefined) return undefined;
    place = { path: join(place.path, named === undefined ? NAMED : part), schema: next };
  }
  return place;
}

/** Not what every object has: `constructor` is no key of a plan. */
function own(
  properties: Readonly<Record<string, PlanSchema>> | undefined,
  name: string,
): PlanSchema | undefined {
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function join(path: string, part: string): string {
  return path === '' ? part : `${path}.${part}`;
}

function keysOf(
  { path, schema }: Place,
  taken: ReadonlySet<string>,
  indent: number,
  hasColon: boolean,
): Completion[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !taken.has(name))
    .map(([name, { type, description }]) => {
      const below = type === 'object' ? ' '.repeat(indent + 2) : `${' '.repeat(indent + 2)}- `;
      const inside = type === 'object' || type === 'array' ? `:\n${below}` : ': ';
      return {
        label: name,
        insert: hasColon ? name : name + inside,
        path: join(path, name),
        kind: 'key',
        description: description ?? '',
        mark: schema.required?.includes(name) === true ? 'required' : undefined,
      };
    });
}

function valuesOf(place: Place | undefined, lines: readonly string[]): Completion[] {
  if (place === undefined) return [];
  const { path, schema } = place;
  const usual = typeof schema.default === 'object' ? undefined : schema.default;
  const of = (value: string, description = ''): Completion => ({
    label: value,
    insert: value,
    path: join(path, value),
    kind: 'value',
    description,
    mark: value === String(usual) ? 'default' : undefined,
  });
  const names = schema['x-labwright-names'];
  if (names !== undefined) return namesIn(lines, names).map((name) => of(name));
  if (schema.enum !== undefined) {
    return schema.enum.map((value, index) => of(String(value), schema.enumDescriptions?.[index]));
  }
  if (schema.const !== undefined) return [of(String(schema.const))];
  if (schema.type === 'boolean') return [of('true'), of('false')];
  return usual === undefined ? [] : [of(String(usual))];
}

/** The keys of a mapping at the outermost level of the text. */
function namesIn(lines: readonly string[], mapping: string): string[] {
  const names: string[] = [];
  let inside = false;
  let indent: number | undefined;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const key = KEY_LINE.exec(line)?.[3];
    if (width(line) === 0) {
      inside = key === mapping;
      continue;
    }
    if (!inside || key === undefined) continue;
    indent ??= width(line);
    if (width(line) === indent) names.push(key);
  }
  return names;
}

/** Those that begin with what is typed, or have a word that does; the former first. */
function completions(
  offset: number,
  typed: string,
  after: string,
  all: () => Completion[],
): Completions | undefined {
  const wanted = typed.toLowerCase();
  const begins = ({ label }: Completion) => label.toLowerCase().startsWith(wanted);
  const has = ({ label }: Completion) => label.toLowerCase().includes(`_${wanted}`);
  const found = all();
  const options = [
    ...found.filter(begins),
    ...found.filter((option) => !begins(option) && has(option)),
  ];
  if (options.length === 0) return undefined;
  // The whole word is there already: nothing is left to offer.
  const whole = options.length === 1 && options[0]?.insert === typed + after;
  if (whole) return undefined;
  return { from: offset - typed.length, to: offset + after.length, typed, options };
}
