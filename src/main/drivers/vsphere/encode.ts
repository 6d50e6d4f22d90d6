import { LabwrightError } from '../../../contract/error.ts';
import { type ApiVersion, compareVersions } from './api-version.ts';
import { inherits, type VimField, type VimType, vimType } from './vim-schema.ts';
import { isMoRef, type MoRef, type VimObject, type VimValue } from './vim-value.ts';

/** Bounds of the integers of XML Schema, as far as vim25 uses them. */
const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  short: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  long: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};
const TEXTS = new Set(['string', 'dateTime', 'base64Binary']);
/** What XML 1.0 cannot carry, however it is escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const ENVELOPE_START =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>';
const ENVELOPE_END = '</soapenv:Body></soapenv:Envelope>';

/**
 * The SOAP envelope of one call. Elements come in the order of the table, whatever the order of
 * `args`, since real sites refuse any other ("Unexpected element tag", rbvmomi#132).
 *
 * Throws `site-request-unfit` for an unknown field, a missing one or a value of another type, and
 * `site-field-too-new` for what the site's version does not have yet; both name the path, never
 * the value, which may be a password.
 */
export function encodeCall(
  method: string,
  self: MoRef,
  args: Readonly<Record<string, VimValue | undefined>>,
  version: ApiVersion,
): string {
  const type = vimType(method);
  if (type === undefined) throw unfit(method, 'unknown method');
  const inside = new Encoder(version).fields(type, { _this: self, ...args }, method);
  return `${ENVELOPE_START}<${method} xmlns="urn:vim25">${inside}</${method}>${ENVELOPE_END}`;
}

class Encoder {
  readonly #version: ApiVersion;

  constructor(version: ApiVersion) {
    this.#version = version;
  }

  fields(type: VimType, value: VimObject, path: string): string {
    this.#assertNotNewer(type.since, path);
    for (const name of Object.keys(value)) {
      if (name === '_type' || value[name] === undefined) continue;
      if (!type.byName.has(name)) throw unfit(`${path}.${name}`, `unknown field of ${type.name}`);
    }
    return type.fields
      .map((field) => this.#field(field, value[field.name], `${path}.${field.name}`))
      .join('');
  }

  #field(field: VimField, value: VimValue | undefined, path: string): string {
    const isArray = Array.isArray(value);
    if (value === undefined || (isArray && value.length === 0)) {
      // An empty array and none are the same on the wire.
      if (field.required && !(field.many && isArray)) throw unfit(path, 'missing');
      return '';
    }
    this.#assertNotNewer(field.since, path);
    if (isArray !== field.many) throw unfit(path, field.many ? 'a list' : 'one value');
    const values = isArray ? value : [value as VimValue];
    return values
      .map((item, index) => this.#element(field, item, field.many ? `${path}[${index}]` : path))
      .join('');
  }

  #element({ name, type }: VimField, value: VimValue, path: string): string {
    if (type === 'anyType') return this.#any(name, value, path);
    if (type === 'ManagedObjectReference') {
      if (!isMoRef(value)) throw unfit(path, type);
      return `<${name} ${refType(value)}>${text(value.value, path)}</${name}>`;
    }
    if (vimType(type) === undefined) return `<${name}>${scalar(type, value, path)}</${name}>`;
    return this.#object(name, value, type, path);
  }

  /** Where anything may stand, the type is written beside it. */
  #any(name: string, value: VimValue, path: string): string {
    if (isMoRef(value)) {
      const attributes = `xsi:type="ManagedObjectReference" ${refType(value)}`;
      return `<${name} ${attributes}>${text(value.value, path)}</${name}>`;
    }
    if (typeof value === 'object') return this.#object(name, value, undefined, path);
    const type = typeof value === 'string' ? 'string' : scalarType(value);
    return `<${name} xsi:type="xsd:${type}">${scalar(type, value, path)}</${name}>`;
  }

  #object(name: string, value: VimValue, declared: string | undefined, path: string): string {
    if (typeof value !== 'object' || isList(value)) throw unfit(path, declared ?? 'an object');
    // A data object may look like a reference (OptionValue's two fields do not, but others might).
    const object = value as VimObject;
    const actual = object._type ?? declared;
    const type = actual === undefined ? undefined : vimType(actual);
    if (type === undefined) throw unfit(path, `unknown type ${actual ?? ''}`.trim());
    if (declared !== undefined && !inherits(type.name, declared)) throw unfit(path, declared);
    const mark = type.name === declared ? '' : ` xsi:type="${type.name}"`;
    return `<${name}${mark}>${this.fields(type, object, path)}</${name}>`;
  }

  #assertNotNewer(since: string | undefined, path: string): void {
    if (since === undefined || compareVersions(since, this.#version) <= 0) return;
    throw new LabwrightError('site-field-too-new', { path, since, version: this.#version });
  }
}

function isList(value: object): value is readonly VimValue[] {
  return Array.isArray(value);
}

function unfit(path: string, rule: string): LabwrightError {
  return new LabwrightError('site-request-unfit', { path, rule });
}

function refType({ type }: MoRef): string {
  return `type="${escapeXml(type)}"`;
}

function text(value: string, path: string): string {
  if (NOT_XML.test(value)) throw unfit(path, 'text that XML can carry');
  return escapeXml(value);
}

/** Carriage returns too: a parser would turn them into line feeds. */
function escapeXml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}

function scalarType(value: number | bigint | boolean): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'double';
  const [least, most] = INTEGERS.int ?? [0n, 0n];
  const whole = BigInt(value);
  return whole >= least && whole <= most ? 'int' : 'long';
}

function scalar(type: string, value: VimValue, path: string): string {
  if (TEXTS.has(type)) {
    if (typeof value !== 'string') throw unfit(path, type);
    return text(value, path);
  }
  if (type === 'boolean') {
    if (typeof value !== 'boolean') throw unfit(path, type);
    return String(value);
  }
  const bounds = INTEGERS[type];
  if (bounds !== undefined) {
    const whole = typeof value === 'bigint' || Number.isInteger(value);
    if (!whole || BigInt(value as number) < bounds[0] || BigInt(value as number) > bounds[1]) {
      throw unfit(path, type);
    }
    return String(value);
  }
  if (type !== 'double' && type !== 'float') throw unfit(path, `unknown type ${type}`);
  if (typeof value !== 'number' || !Number.isFinite(value)) throw unfit(path, type);
  return Object.is(value, -0) ? '-0' : String(value);
}
