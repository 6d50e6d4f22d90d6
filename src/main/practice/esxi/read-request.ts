import { compareVersions } from '../../drivers/vsphere/api-version.ts';
import { type Decoded, DecodeError, decode } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import { inherits, type VimType, vimType } from '../../drivers/vsphere/vim-schema.ts';
import { isMoRef, type MoRef } from '../../drivers/vsphere/vim-value.ts';
import {
  child,
  withoutPrefix,
  type XmlElement,
  XmlError,
  XmlReader,
} from '../../drivers/vsphere/xml-reader.ts';
import { invalidRequest, VimFault } from './vim-fault.ts';

export interface VimRequest {
  readonly method: string;
  readonly self: MoRef;
  readonly args: Readonly<Record<string, Decoded | undefined>>;
}

/**
 * Reads a request as hostd does and vcsim does not (vsphere.md, section 0.3): every element must be
 * known to this version and stand in the order of the schema, every needed one must be there.
 * Throws VimFault.
 */
export function readRequest(body: string, version: string): VimRequest {
  const element = methodOf(body);
  const type = vimType(element.name);
  if (type === undefined || !type.byName.has('_this')) {
    const said = `The method ${element.name} is not supported`;
    throw new VimFault('MethodNotFound', said, { method: element.name });
  }
  check(element, type, version);
  try {
    const { _this, ...args } = asFields(decode(element, type.name));
    if (!isMoRef(_this)) throw invalidRequest('Required parameter _this is missing');
    return { method: element.name, self: _this, args };
  } catch (error) {
    if (error instanceof DecodeError) throw invalidRequest(error.message);
    throw error;
  }
}

function methodOf(body: string): XmlElement {
  const reader = new XmlReader();
  try {
    reader.write(body);
    const root = reader.end();
    const element = child(root, 'Body')?.children[0];
    if (root.name === 'Envelope' && element?.attributes.xmlns === 'urn:vim25') return element;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw invalidRequest(`XML document is not well-formed: ${error.message}`);
  }
  throw invalidRequest('XML document is valid, but does not contain a SOAP request');
}

function check(element: XmlElement, type: VimType, version: string): void {
  const fields = type.fields.filter(({ since }) => isThere(since, version));
  let at = 0;
  const seen = new Set<string>();
  for (const inner of element.children) {
    const found = fields.findIndex(({ name }, index) => index >= at && name === inner.name);
    const field = fields[found];
    if (field === undefined) throw unexpected(inner.name, type.name);
    seen.add(field.name);
    at = field.many ? found : found + 1;
    checkValue(inner, field.type, version);
  }
  const missing = fields.find(({ name, required, many }) => required && !many && !seen.has(name));
  if (missing !== undefined) {
    const said = `Required property ${missing.name} is missing from data object of type ${type.name}`;
    throw invalidRequest(said);
  }
}

function checkValue(element: XmlElement, declared: string, version: string): void {
  const mark = Object.entries(element.attributes).find(([name]) => name.endsWith(':type'))?.[1];
  const own = mark === undefined ? undefined : withoutPrefix(mark);
  if (declared === 'anyType') {
    if (own === undefined) throw invalidRequest(`No type information for ${element.name}`);
    return;
  }
  const of = vimType(declared);
  if (of === undefined) return;
  const type = own === undefined ? of : vimType(own);
  if (type === undefined || !isThere(type.since, version) || !inherits(type.name, declared)) {
    throw invalidRequest(`Unable to parse ${element.name} as ${declared}: type ${own}`);
  }
  check(element, type, version);
}

const isThere = (since: string | undefined, version: string) =>
  since === undefined || compareVersions(since, version) <= 0;

function unexpected(name: string, type: string): VimFault {
  return invalidRequest(
    `Unexpected element tag "${name}" seen\n\nwhile parsing serialized DataObject of type ${type}`,
  );
}
