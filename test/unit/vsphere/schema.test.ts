import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import { compareVersions } from '../../../src/main/drivers/vsphere/api-version.ts';
import { DecodeError, decode } from '../../../src/main/drivers/vsphere/decode.ts';
import { encodeCall } from '../../../src/main/drivers/vsphere/encode.ts';
import { machineSpec } from '../../../src/main/drivers/vsphere/machine-spec.ts';
import {
  inherits,
  type VimField,
  vimType,
  vimTypeNames,
} from '../../../src/main/drivers/vsphere/vim-schema.ts';
import type { VimObject, VimValue } from '../../../src/main/drivers/vsphere/vim-value.ts';
import {
  child,
  type XmlElement,
  XmlError,
  XmlReader,
} from '../../../src/main/drivers/vsphere/xml-reader.ts';

const MACHINE = { type: 'VirtualMachine', value: 'vm-1' };

function parse(xml: string): XmlElement {
  const reader = new XmlReader();
  reader.write(xml);
  return reader.end();
}

/** The method's element of an envelope. */
function sent(xml: string): XmlElement {
  return child(parse(xml), 'Body')!.children[0]!;
}

function refusal(method: string, args: VimObject, version: '5.5' | '7.0' = '7.0'): unknown {
  try {
    encodeCall(method, MACHINE, args, version);
  } catch (error) {
    if (error instanceof LabwrightError) return { code: error.code, ...error.params };
  }
  return undefined;
}

const isData = (name: string) =>
  !/_Task$|Response$/.test(name) && !vimType(name)!.byName.has('_this');
const dataTypes = vimTypeNames().filter(isData);

const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .filter((value) => !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(value));
const unsafe = fc.bigInt({ min: 9_007_199_254_740_992n, max: 9_223_372_036_854_775_807n });
const float = fc.double({ noNaN: true, noDefaultInfinity: true });
const reference = fc.record({ type: fc.constantFrom('VirtualMachine', 'Folder'), value: text });
const SCALARS: Readonly<Record<string, fc.Arbitrary<VimValue>>> = {
  string: text,
  base64Binary: fc.base64String(),
  dateTime: fc.constant('2026-11-23T15:43:22.5Z'),
  boolean: fc.boolean(),
  byte: fc.integer({ min: -128, max: 127 }),
  short: fc.integer({ min: -32_768, max: 32_767 }),
  int: fc.integer(),
  long: fc.oneof(fc.maxSafeInteger(), unsafe),
  float,
  double: float,
  ManagedObjectReference: reference,
};

function anyValue(type: string, depth: number): fc.Arbitrary<VimValue> | undefined {
  if (type === 'anyType') {
    return fc.oneof(text, fc.boolean(), fc.integer(), fc.maxSafeInteger(), unsafe, reference);
  }
  const scalar = SCALARS[type];
  if (scalar !== undefined) return scalar;
  const heirs = dataTypes.filter((name) => inherits(name, type));
  if (heirs.length === 0) return undefined;
  return fc
    .constantFrom(...heirs)
    .chain((name) => objectOf(name, depth - 1, name === type ? undefined : name));
}

/** Any object of a type that the table allows, with optional fields or without. */
function objectOf(name: string, depth: number, mark: string | undefined): fc.Arbitrary<VimObject> {
  const fields: Record<string, fc.Arbitrary<VimValue | undefined>> = {};
  for (const field of vimType(name)!.fields) {
    const one = arbitraryField(field, depth);
    if (one !== undefined) fields[field.name] = one;
  }
  return fc.record(fields).map((object) => {
    const present = Object.entries(object).filter(([, value]) => value !== undefined);
    return { ...(mark === undefined ? {} : { _type: mark }), ...Object.fromEntries(present) };
  }) as fc.Arbitrary<VimObject>;
}

function arbitraryField(
  field: VimField,
  depth: number,
): fc.Arbitrary<VimValue | undefined> | undefined {
  // Deep down only what must be there; what must be there ends by itself.
  if (!field.required && depth <= 0) return undefined;
  const one = anyValue(field.type, depth);
  if (one === undefined) return undefined;
  const value = field.many ? fc.array(one, { minLength: 1, maxLength: 3 }) : one;
  return field.required ? value : fc.option(value, { nil: undefined, freq: 2 });
}

describe('the table', () => {
  test('knows the order of the wire, inherited fields first', () => {
    const names = vimType('VirtualE1000')!.fields.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['key', 'deviceInfo', 'backing', 'connectable']);
    expect(names.indexOf('macAddress')).toBeGreaterThan(names.indexOf('unitNumber'));
    expect(inherits('VirtualE1000', 'VirtualDevice')).toBe(true);
    expect(inherits('VirtualDisk', 'VirtualEthernetCard')).toBe(false);
  });

  test('has every base of its types, and versions that can be compared', () => {
    for (const name of vimTypeNames()) {
      const { base, fields } = vimType(name)!;
      if (base !== undefined) expect(vimType(base), name).toBeDefined();
      for (const { since } of fields) expect(since ?? '6.0', name).toMatch(/^\d\.\d(\.\d)?$/);
    }
    expect(compareVersions('6.7.1', '6.7')).toBeGreaterThan(0);
    expect(compareVersions('6.10', '6.9')).toBeGreaterThan(0);
    expect(compareVersions('6.5', '6.5.0')).toBe(0);
  });
});

describe('encoding', () => {
  test('puts fields into the order of the wire, whatever order they came in', () => {
    const spec = { annotation: 'a', numCPUs: 2, name: 'n', firmware: 'bios', memoryMB: 1 };
    const element = sent(encodeCall('ReconfigVM_Task', MACHINE, { spec }, '5.5'));
    expect(element.children.map(({ name }) => name)).toEqual(['_this', 'spec']);
    const order = element.children[1]!.children.map(({ name }) => name);
    expect(order).toEqual(['name', 'annotation', 'numCPUs', 'memoryMB', 'firmware']);
  });

  test('refuses what the schema does not have, by its path', () => {
    const device = { _type: 'VirtualE1000', key: -1, colour: 'red' };
    expect(refusal('ReconfigVM_Task', { spec: { deviceChange: [{ device }] } })).toEqual({
      code: 'site-request-unfit',
      path: 'ReconfigVM_Task.spec.deviceChange[0].device.colour',
      rule: 'unknown field of VirtualE1000',
    });
    expect(refusal('NoSuchMethod', {})).toMatchObject({ code: 'site-request-unfit' });
    const other = { _type: 'VirtualMachineConfigSpec', key: 1 };
    expect(
      refusal('ReconfigVM_Task', { spec: { deviceChange: [{ device: other }] } }),
    ).toMatchObject({ rule: 'VirtualDevice' });
  });

  test.each([
    [{ numCPUs: 1.5 }, 'numCPUs', 'int'],
    [{ numCPUs: 2 ** 31 }, 'numCPUs', 'int'],
    [{ numCPUs: '2' }, 'numCPUs', 'int'],
    [{ nestedHVEnabled: 'true' }, 'nestedHVEnabled', 'boolean'],
    [{ name: 5 }, 'name', 'string'],
    [{ name: 'bell\u0007' }, 'name', 'text that XML can carry'],
    [{ name: ['a'] }, 'name', 'one value'],
    [{ deviceChange: {} }, 'deviceChange', 'a list'],
    [{ extraConfig: [{ key: 'k' }] }, 'extraConfig[0].value', 'missing'],
    [{ files: 'x' }, 'files', 'VirtualMachineFileInfo'],
  ] as [VimObject, string, string][])('refuses %j', (spec, path, rule) => {
    expect(refusal('ReconfigVM_Task', { spec })).toEqual({
      code: 'site-request-unfit',
      path: `ReconfigVM_Task.spec.${path}`,
      rule,
    });
  });

  test('refuses fields that are newer than the site', () => {
    const spec = { sevEnabled: true };
    expect(refusal('ReconfigVM_Task', { spec }, '7.0')).toBeUndefined();
    expect(refusal('ReconfigVM_Task', { spec }, '5.5')).toEqual({
      code: 'site-field-too-new',
      path: 'ReconfigVM_Task.spec.sevEnabled',
      since: '7.0',
      version: '5.5',
    });
  });

  test('sends a new machine with nothing that a 5.5 does not have', () => {
    const config = machineSpec(
      {
        name: 'node-1',
        mark: 'm',
        note: '',
        cpus: 1,
        memoryMebibytes: 512,
        disksBytes: [8e9],
        datastore: 'ds',
        nics: [{ mac: '00:50:56:00:00:01', network: 'pxe', adapter: 'e1000' }],
        nested: true,
        bootFirst: 'network',
      },
      [{ _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'pxe' }],
    );
    const folder = { type: 'Folder', value: 'f' };
    const pool = { type: 'ResourcePool', value: 'p' };
    const xml = encodeCall('CreateVM_Task', folder, { config, pool }, '5.5');
    expect(decode(child(sent(xml), 'config')!, 'VirtualMachineConfigSpec')).toEqual(config);
    expect(xml).toContain('<value xsi:type="xsd:string">TRUE</value>');
  });
});

describe('decoding', () => {
  const value = (xml: string, type?: string) => decode(parse(xml), type);

  test('keeps a list of one a list, and tells a reference by its own type', () => {
    expect(value('<v a:type="ArrayOfString"><string>x</string></v>')).toEqual(['x']);
    expect(
      value('<v type="LicenseManager" XMLSchema-instance:type="ManagedObjectReference">l/@1</v>'),
    ).toEqual({ type: 'LicenseManager', value: 'l/@1' });
    expect(value('<v><key>k</key><value i:type="xsd:long">5</value></v>', 'OptionValue')).toEqual({
      key: 'k',
      value: 5,
    });
  });

  test('reads what it does not know by its looks, and never as a prototype', () => {
    const xml = '<v x:type="Newest"><a>1</a><a>2</a><b><c/></b><__proto__><d>1</d></__proto__></v>';
    expect(value(xml)).toEqual({ _type: 'Newest', a: ['1', '2'], b: { c: '' } });
    const known = value('<v><key>1</key><brandNew>x</brandNew></v>', 'VirtualDevice');
    expect(known).toEqual({ key: 1, brandNew: 'x' });
  });

  test.each([
    ['<v>maybe</v>', 'boolean'],
    ['<v>1.5</v>', 'int'],
    ['<v/>', 'double'],
    ['<v>vm-1</v>', 'ManagedObjectReference'],
  ])('refuses %s as %s', (xml, type) => {
    expect(() => value(xml, type)).toThrow(DecodeError);
  });
});

test('whatever is encoded comes back the same', () => {
  const anything = fc.constantFrom(...dataTypes).chain((name) => objectOf(name, 3, name));
  fc.assert(
    fc.property(anything, (value) => {
      const spec = { extraConfig: [{ key: 'k', value }] };
      const xml = encodeCall('ReconfigVM_Task', MACHINE, { spec }, '7.0');
      const back = decode(child(sent(xml), 'spec')!, 'VirtualMachineConfigSpec');
      expect(back).toEqual(spec);
    }),
    { numRuns: 300 },
  );
});

test('however an answer is cut into pieces, it is read the same', () => {
  const spec = { name: 'ノード & <1>\r\n', extraConfig: [{ key: 'k', value: true }] };
  const xml = encodeCall('ReconfigVM_Task', MACHINE, { spec }, '5.5');
  fc.assert(
    fc.property(fc.array(fc.nat(xml.length), { maxLength: 8 }), (cuts) => {
      const reader = new XmlReader();
      const ends = [...cuts.sort((a, b) => a - b), xml.length];
      ends.forEach((end, index) => {
        reader.write(xml.slice(ends[index - 1] ?? 0, end));
      });
      expect(reader.end()).toEqual(parse(xml));
    }),
  );
});

test('rubbish gives a typed error or a value, never anything else', () => {
  const xml = encodeCall('ReconfigVM_Task', MACHINE, { spec: { name: 'n', numCPUs: 2 } }, '5.5');
  const damaged = fc
    .tuple(fc.nat(xml.length), fc.nat(20), fc.string({ maxLength: 12 }))
    .map(([at, length, other]) => xml.slice(0, at) + other + xml.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(fc.string(), damaged), (rubbish) => {
      try {
        decode(parse(rubbish), 'VirtualMachineConfigSpec');
      } catch (error) {
        if (!(error instanceof XmlError || error instanceof DecodeError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
  expect(() => parse('<a>'.repeat(500))).toThrow(XmlError);
});
