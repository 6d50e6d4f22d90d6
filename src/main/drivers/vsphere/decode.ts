import { vimType } from './vim-schema.ts';
import type { MoRef, VimValue } from './vim-value.ts';
import { withoutPrefix, type XmlElement } from './xml-reader.ts';

/** Decoded data: as `VimValue`, but open, since a newer site may send what we do not know. */
export type Decoded = VimValue | { readonly [field: string]: Decoded | undefined } | Decoded[];

/** A value is not what the schema says. The message names the element and never its content. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

const INTEGERS = new Set(['byte', 'short', 'int', 'long', 'integer']);
const FLOATS = new Set(['float', 'double', 'decimal']);
const TEXTS = new Set(['string', 'dateTime', 'base64Binary', 'anyURI', 'anySimpleType']);
/** `ArrayOfString` holds xsd:string and so on; every other ArrayOfX holds X. */
const ARRAYS_OF_SCALARS: Readonly<Record<string, string>> = {
  AnyType: 'anyType',
  AnyURI: 'anyURI',
  Base64Binary: 'base64Binary',
  Boolean: 'boolean',
  Byte: 'byte',
  Double: 'double',
  Float: 'float',
  Int: 'int',
  Long: 'long',
  Short: 'short',
  String: 'string',
};

/**
 * An element's value by its declared type or, where it brings one, by its own. Arrays are arrays
 * even of one; fields and types that the table does not have are read by their looks. Throws
 * DecodeError.
 */
export function decode(element: XmlElement, declared?: string): Decoded {
  const own = ownType(element);
  const type = own ?? declared;
  if (type === undefined || type === 'anyType') return decodeByLooks(element, undefined);
  if (type === 'ManagedObjectReference') return decodeRef(element);
  if (TEXTS.has(type)) return element.text;
  if (type === 'boolean') return decodeBoolean(element);
  if (INTEGERS.has(type)) return decodeInteger(element);
  if (FLOATS.has(type)) return decodeFloat(element);
  if (type.startsWith('ArrayOf')) {
    const of = type.slice('ArrayOf'.length);
    return element.children.map((item) => decode(item, ARRAYS_OF_SCALARS[of] ?? of));
  }
  return decodeObject(element, type, declared);
}

function decodeObject(
  element: XmlElement,
  typeName: string,
  declared: string | undefined,
): Decoded {
  const type = vimType(typeName);
  if (type === undefined)
    return decodeByLooks(element, typeName === declared ? undefined : typeName);
  const object: Record<string, Decoded> = {};
  if (typeName !== declared) object._type = typeName;
  for (const child of element.children) {
    const { name } = child;
    const field = type.byName.get(name);
    if (field === undefined) addByLooks(object, child);
    else if (isNil(child)) continue;
    else if (field.many) addToList(object, name, decode(child, field.type));
    else object[name] = decode(child, field.type);
  }
  return object;
}

/** Without a schema: an object if it has elements, a reference if it says so, else text. */
function decodeByLooks(element: XmlElement, typeName: string | undefined): Decoded {
  if (element.children.length === 0) {
    if (element.attributes.type !== undefined) return decodeRef(element);
    // A fault without fields is all in its type; an enumeration has a text.
    return typeName !== undefined && element.text === '' ? { _type: typeName } : element.text;
  }
  const object: Record<string, Decoded> = {};
  if (typeName !== undefined) object._type = typeName;
  for (const child of element.children) addByLooks(object, child);
  return object;
}

function addByLooks(object: Record<string, Decoded>, child: XmlElement): void {
  // Assigning to this name would change the object's prototype instead of adding a field.
  if (child.name === '__proto__' || isNil(child)) return;
  const value = decode(child);
  if (!Object.hasOwn(object, child.name)) object[child.name] = value;
  else if (Array.isArray(object[child.name])) addToList(object, child.name, value);
  else object[child.name] = [object[child.name] as Decoded, value];
}

function addToList(object: Record<string, Decoded>, name: string, value: Decoded): void {
  const list = object[name];
  if (Array.isArray(list)) list.push(value);
  else object[name] = [value];
}

/** The type that the element brings: `xsi:type`, by whatever prefix. */
function ownType({ attributes }: XmlElement): string | undefined {
  for (const name in attributes) {
    if (name.endsWith(':type')) return withoutPrefix(attributes[name] ?? '');
  }
  return undefined;
}

function isNil({ attributes }: XmlElement): boolean {
  for (const name in attributes) {
    if (name.endsWith(':nil')) return attributes[name] === 'true' || attributes[name] === '1';
  }
  return false;
}

function decodeRef({ name, attributes, text }: XmlElement): MoRef {
  if (attributes.type === undefined) throw new DecodeError(`${name}: a reference without a type`);
  return { type: attributes.type, value: text };
}

function decodeBoolean({ name, text }: XmlElement): boolean {
  const said = text.trim();
  if (said === 'true' || said === '1') return true;
  if (said === 'false' || said === '0') return false;
  throw new DecodeError(`${name}: not a boolean`);
}

function decodeInteger({ name, text }: XmlElement): number | bigint {
  const said = text.trim();
  if (!/^[+-]?\d{1,20}$/.test(said)) throw new DecodeError(`${name}: not an integer`);
  const number = Number(said);
  return Number.isSafeInteger(number) ? number : BigInt(said.replace('+', ''));
}

function decodeFloat({ name, text }: XmlElement): number {
  const said = text.trim();
  if (said === 'INF' || said === '-INF') return said === 'INF' ? Infinity : -Infinity;
  const number = Number(said);
  if (said === '' || (Number.isNaN(number) && said !== 'NaN')) {
    throw new DecodeError(`${name}: not a number`);
  }
  return number;
}
