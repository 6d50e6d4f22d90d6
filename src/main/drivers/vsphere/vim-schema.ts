import { VIM_TYPES } from './vim-types-data.ts';

export interface VimField {
  readonly name: string;
  /** `string`, `int`, … as in XML Schema, `anyType`, `ManagedObjectReference`, or a type's name. */
  readonly type: string;
  readonly many: boolean;
  readonly required: boolean;
  /** The API version that brought it; undefined when it is as old as the oldest that we speak. */
  readonly since: string | undefined;
}

export interface VimType {
  readonly name: string;
  readonly base: string | undefined;
  readonly since: string | undefined;
  /** In the order of the wire: what is inherited first. Real sites refuse any other order. */
  readonly fields: readonly VimField[];
  readonly byName: ReadonlyMap<string, VimField>;
}

const lines = new Map(
  VIM_TYPES.trim()
    .split('\n')
    .map((line) => [/^\w+/.exec(line)?.[0] ?? '', line]),
);
const parsed = new Map<string, VimType>();

/** The type as the table has it; undefined for what we do not use. */
export function vimType(name: string): VimType | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const line = lines.get(name);
  if (line === undefined) return undefined;
  const type = parseLine(line);
  parsed.set(name, type);
  return type;
}

/** Names of all types in the table; methods are among them under their own names. */
export function vimTypeNames(): string[] {
  return [...lines.keys()];
}

/** Whether a value of type `name` may stand where `base` is declared. */
export function inherits(name: string, base: string): boolean {
  for (let at = vimType(name); at !== undefined; at = at.base ? vimType(at.base) : undefined) {
    if (at.name === base) return true;
  }
  return false;
}

function parseLine(line: string): VimType {
  const [head = '', ...rest] = line.split(' ');
  const [name = '', since] = head.split('@');
  const base = rest[0]?.startsWith('<') ? rest.shift()?.slice(1) : undefined;
  const inherited = base === undefined ? [] : (vimType(base)?.fields ?? []);
  const fields = [...inherited, ...rest.map(parseField)];
  return { name, base, since, fields, byName: new Map(fields.map((field) => [field.name, field])) };
}

function parseField(text: string): VimField {
  const [, name = '', count = '', type = '', since] =
    /^(\w+)([:?*+])(\w+)(?:@(.+))?$/.exec(text) ?? [];
  return {
    name,
    type,
    many: count === '*' || count === '+',
    required: count === ':' || count === '+',
    since,
  };
}
