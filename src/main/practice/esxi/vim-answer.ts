import { vimType } from '../../drivers/vsphere/vim-schema.ts';
import { isMoRef, type MoRef, type VimValue } from '../../drivers/vsphere/vim-value.ts';

/** A value whose type its looks do not tell, where the schema says `anyType`. */
export class Typed {
  /** `xsd:long`, `VirtualMachinePowerState`, `ArrayOfHostService`, … */
  readonly type: string;
  readonly value: AnswerValue | readonly AnswerValue[];

  constructor(type: string, value: AnswerValue | readonly AnswerValue[]) {
    this.type = type;
    this.value = value;
  }
}

export type AnswerValue = VimValue | Typed | AnswerObject | readonly AnswerValue[];
export interface AnswerObject {
  readonly _type?: string;
  readonly [field: string]: AnswerValue | undefined;
}

const ARRAY = 'ArrayOf';

/** A list of data objects or references: `list('HostService', …)`. */
export function list(of: string, items: readonly AnswerValue[]): Typed {
  return new Typed(`${ARRAY}${of}`, items);
}

/** The elements of one field; none for undefined, several for a list. */
export function writeField(
  name: string,
  declared: string | undefined,
  value: AnswerValue | undefined,
): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => writeField(name, declared, item)).join('');
  if (value instanceof Typed) return writeTyped(name, value);
  // Where anything may stand, what it is stands beside it.
  const open = declared === undefined || declared === 'anyType';
  if (isMoRef(value)) {
    return `<${name}${open ? ' xsi:type="ManagedObjectReference"' : ''} ${reference(value)}</${name}>`;
  }
  if (typeof value === 'object') return writeObject(name, declared, value as AnswerObject);
  const mark = open ? ` xsi:type="${scalarType(value)}"` : '';
  return `<${name}${mark}>${escapeXml(String(value))}</${name}>`;
}

function writeTyped(name: string, { type, value }: Typed): string {
  if (!type.startsWith(ARRAY)) {
    return `<${name} xsi:type="${type}">${escapeXml(String(value))}</${name}>`;
  }
  const of = type.slice(ARRAY.length);
  const scalar = of === 'String' || of === 'Int';
  const items = (value as readonly AnswerValue[])
    .map((item) => writeField(of === 'String' ? 'string' : of, scalar ? 'string' : of, item))
    .join('');
  return `<${name} xsi:type="${type}">${items}</${name}>`;
}

/** Fields in the order of the schema; of a type that it does not have, as they are given. */
function writeObject(name: string, declared: string | undefined, value: AnswerObject): string {
  const actual = value._type ?? declared;
  if (actual === undefined) throw new TypeError(`${name}: an object without a type`);
  const mark = actual === declared ? '' : ` xsi:type="${actual}"`;
  const type = vimType(actual);
  const given = Object.keys(value).filter((field) => field !== '_type');
  if (type !== undefined) {
    const unknown = given.find((field) => !type.byName.has(field));
    if (unknown !== undefined) throw new TypeError(`${actual} has no ${unknown}`);
  }
  const fields = type?.fields.map((field) => field.name) ?? given;
  const inside = fields
    .map((field) => writeField(field, type?.byName.get(field)?.type ?? 'string', value[field]))
    .join('');
  return `<${name}${mark}>${inside}</${name}>`;
}

function isList(value: AnswerValue): value is readonly AnswerValue[] {
  return Array.isArray(value);
}

const reference = ({ type, value }: MoRef) => `type="${escapeXml(type)}">${escapeXml(value)}`;

function scalarType(value: string | number | bigint | boolean): string {
  if (typeof value === 'string') return 'xsd:string';
  if (typeof value === 'boolean') return 'xsd:boolean';
  return Math.abs(Number(value)) < 2 ** 31 ? 'xsd:int' : 'xsd:long';
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
