/**
 * Writes src/main/drivers/vsphere/vim-types-data.ts: the vim25 types that Labwright uses, and what
 * they are made of. Run it after changing METHODS, READ or ALSO:
 *
 *   apt-get install golang-github-vmware-govmomi-dev python3-pyvmomi
 *   node scripts/vim-types.ts            writes the file
 *   node scripts/vim-types.ts --check    fails when the file is not what would be written
 *
 * Order, base types and optionality come from govmomi's types.go, whose structs keep the order of
 * the WSDL. The version that brought a field comes from pyvmomi, which records it for each field;
 * what pyvmomi 6.7.1 does not know is taken to be of 7.0, the version of govmomi 0.24. Both are
 * Apache-2.0. The two must agree about the order, else nothing is written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const GO = '/usr/share/gocode/src/github.com/vmware/govmomi/vim25/types/types.go';
const PY = '/usr/lib/python3/dist-packages/pyVmomi/ServerObjects.py';
const TARGET = join(import.meta.dirname, '../src/main/drivers/vsphere/vim-types-data.ts');
/** The oldest API that we speak: what it has needs no mark. */
const BASELINE = '5.5';
const NEWER_THAN_PYVMOMI = '7.0';

const METHODS = [
  'AddPortGroup',
  'AddVirtualSwitch',
  'CancelTask',
  'ContinueRetrievePropertiesEx',
  'CreateContainerView',
  'CreateFilter',
  'CreatePropertyCollector',
  'CreateSnapshot_Task',
  'CreateVM_Task',
  'DeleteDatastoreFile_Task',
  'DestroyPropertyCollector',
  'DestroyView',
  'Destroy_Task',
  'DisableRuleset',
  'EnableRuleset',
  'ExtendVirtualDisk_Task',
  'Login',
  'Logout',
  'MakeDirectory',
  'PowerOffVM_Task',
  'PowerOnVM_Task',
  'QueryConfigOptionDescriptor',
  'QueryDateTime',
  'ReconfigVM_Task',
  'RemovePortGroup',
  'RemoveSnapshot_Task',
  'RemoveVirtualSwitch',
  'ResetVM_Task',
  'RestartService',
  'RetrievePropertiesEx',
  'RetrieveServiceContent',
  'RevertToSnapshot_Task',
  'StartService',
  'StopService',
  'SearchDatastore_Task',
  'UnregisterVM',
  'UpdateDateTimeConfig',
  'UpdatePortGroup',
  'UpdateServicePolicy',
  'UpdateVirtualSwitch',
  'WaitForUpdatesEx',
] as const;

/** Types of the properties that we read. */
const READ = [
  'ClusterComputeResourceSummary',
  'DatastoreSummary',
  'HostHardwareSummary',
  'HostCpuInfo',
  'HostFirewallRuleset',
  'HostDatastoreBrowserSearchResults',
  'HostPortGroup',
  'HostService',
  'HostVirtualSwitch',
  'KeyAnyValue',
  'LicenseManagerEvaluationInfo',
  'LicenseManagerLicenseInfo',
  'TaskInfo',
  'VirtualMachineSnapshotInfo',
];

/** What may stand where a base type is declared. */
const ALSO = [
  'OptionValue',
  'ParaVirtualSCSIController',
  'VirtualAHCIController',
  'VirtualCdrom',
  'VirtualCdromIsoBackingInfo',
  'VirtualCdromRemotePassthroughBackingInfo',
  'VirtualDisk',
  'VirtualDiskFlatVer2BackingInfo',
  'VirtualE1000',
  'VirtualE1000e',
  'VirtualEthernetCardDistributedVirtualPortBackingInfo',
  'VirtualEthernetCardNetworkBackingInfo',
  'VirtualFloppy',
  'VirtualIDEController',
  'VirtualLsiLogicController',
  'VirtualLsiLogicSASController',
  'VirtualMachineBootOptionsBootableCdromDevice',
  'VirtualMachineBootOptionsBootableDiskDevice',
  'VirtualMachineBootOptionsBootableEthernetDevice',
  'VirtualMachineBootOptionsBootableFloppyDevice',
  'VirtualPCNet32',
  'VirtualSerialPort',
  'VirtualSerialPortFileBackingInfo',
  'VirtualVmxnet3',
  'HostVirtualSwitchBondBridge',
  'HostVirtualSwitchSimpleBridge',
  'TraversalSpec',
];

/** Fields of these types are known, but what they are made of is of no use to us. */
const NOT_FOLLOWED = new Set([
  'ClusterEVCManagerEVCState',
  'ConfigTarget',
  'CryptoSpec',
  'FaultToleranceConfigInfo',
  'LatencySensitivity',
  'ManagedByInfo',
  'ReplicationConfigSpec',
  'ResourceAllocationInfo',
  'ScheduledHardwareUpgradeInfo',
  'TaskScheduler',
  'ToolsConfigInfo',
  'VFlashModuleConfig',
  'VirtualDiskVFlashCacheConfigInfo',
  'VirtualEthernetCardResourceAllocation',
  'VirtualMachineAffinityInfo',
  'VirtualMachineConsolePreferences',
  'VirtualMachineCpuIdInfoSpec',
  'VirtualMachineGuestMonitoringModeInfo',
  'VirtualMachineNetworkShaperInfo',
  'VirtualMachineProfileSpec',
  'VirtualMachineSgxInfo',
  'VirtualMachineVcpuConfig',
  'VmConfigSpec',
]);

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  bool: 'boolean',
  byte: 'byte',
  int8: 'byte',
  int16: 'short',
  int32: 'int',
  int64: 'long',
  float32: 'float',
  float64: 'double',
  'time.Time': 'dateTime',
  'url.URL': 'string',
  AnyType: 'anyType',
  ManagedObjectReference: 'ManagedObjectReference',
};

interface Field {
  readonly name: string;
  readonly type: string;
  /** How often it may come: once, at most once, any number of times, at least once. */
  readonly count: ':' | '?' | '*' | '+';
}

interface Struct {
  readonly base: string | undefined;
  readonly fields: readonly Field[];
}

const source = readFileSync(GO, 'utf8');
const enumerations = readFileSync(join(dirname(GO), 'enum.go'), 'utf8');
const aliases = new Map<string, string>();
const structs = new Map<string, Struct>();
for (const [, name = '', body] of source.matchAll(/^type (\w+) (?:struct \{\n([^}]*)\}|\w+$)/gm)) {
  if (body !== undefined) structs.set(name, readStruct(body));
}
for (const [, name = '', other = ''] of `${source}\n${enumerations}`.matchAll(
  /^type (\w+) (\w+)$/gm,
)) {
  aliases.set(name, other);
}

function readStruct(body: string): Struct {
  let base: string | undefined;
  const fields: Field[] = [];
  for (const line of body.split('\n').map((text) => text.trim())) {
    if (/^\w+$/.test(line)) base = line;
    const [, goType = '', tag = ''] = line.match(/^\w+\s+(\S+)\s+`xml:"([^"]+)"/) ?? [];
    if (goType === '') continue;
    const [name = '', ...flags] = tag.split(',');
    if (name === '-') continue;
    const array = goType.startsWith('[]') && goType !== '[]byte';
    const optional = flags.includes('omitempty') || goType.startsWith('*');
    const bare = goType.replace(/^\[\]/, '').replace(/^\*/, '');
    fields.push({
      name,
      type: goType === '[]byte' ? 'base64Binary' : bare,
      count: array ? (optional ? '*' : '+') : optional ? '?' : ':',
    });
  }
  return { base, fields };
}

/** A field's type as the wire knows it: enumerations are strings, `BaseX` is X or an heir of X. */
function wireType(type: string): string {
  if (SCALARS[type] !== undefined) return SCALARS[type];
  if (structs.has(type)) return type;
  if (type.startsWith('Base') && structs.has(type.slice(4))) return type.slice(4);
  if (aliases.get(type) === 'string') return 'string';
  if (type === 'base64Binary') return type;
  throw new Error(`no such type in types.go: ${type}`);
}

const versions = new Map<string, string>();
const since = new Map<string, Map<string, string>>();
const python = ['ServerObjects.py', 'CoreTypes.py', 'QueryTypes.py']
  .map((name) => readFileSync(join(dirname(PY), name), 'utf8'))
  .join('\n');
for (const [, id = '', label = ''] of python.matchAll(
  /^AddVersion\("([\w.]+)", "\w*", "([\w.]*)"/gm,
)) {
  versions.set(id, label);
}
for (const [, name = '', of = '', fields = ''] of python.matchAll(
  /^CreateDataType\("[\w.]+", "(\w+)", "[\w.]+", "([\w.]+)", (\[.*\]|None)\)$/gm,
)) {
  const brought = new Map([['', of]]);
  for (const [, field = '', version = ''] of fields.matchAll(
    /\("(\w+)", "[\w.[\]]+", "([\w.]+)", /g,
  )) {
    brought.set(field, version);
  }
  since.set(name, brought);
}

function newerThanBaseline(version: string): string {
  const label = versions.get(version) ?? '';
  return Number.parseFloat(label) > Number.parseFloat(BASELINE) ? `@${label}` : '';
}

/** Built into pyvmomi itself (VmomiSupport.py): as old as the protocol. */
const PRIMEVAL = new Set(['DynamicData', 'DynamicProperty', 'LocalizedMethodFault', 'MethodFault']);

/** `@6.5` for what came after the baseline, else nothing. `field` '' asks about the type. */
function broughtBy(type: string, field: string): string {
  if (PRIMEVAL.has(type)) return '';
  const known = since.get(type);
  if (known === undefined || !known.has(field)) return `@${NEWER_THAN_PYVMOMI}`;
  return newerThanBaseline(known.get(field) ?? '');
}

const used = new Map<string, string>();

/** `as`: a method's request goes by the method's name. */
function take(name: string, as?: string): void {
  const method = as !== undefined;
  if (used.has(name) || Object.values(SCALARS).includes(name) || name === 'base64Binary') return;
  const struct = structs.get(name);
  if (struct === undefined) throw new Error(`no struct ${name}`);
  if (!method) assertSameOrder(name, struct);
  const fields = struct.fields.map(({ name: field, count, type }) => {
    const mark = method ? '' : broughtBy(name, field);
    return `${field}${count}${wireType(type)}${mark}`;
  });
  const head = `${as ?? name}${method ? '' : broughtBy(name, '')}${struct.base ? ` <${struct.base}` : ''}`;
  used.set(name, [head, ...fields].join(' '));
  if (struct.base !== undefined) take(struct.base);
  for (const { type } of struct.fields) {
    const wire = wireType(type);
    if (!NOT_FOLLOWED.has(wire)) take(wire);
  }
}

function assertSameOrder(name: string, { fields }: Struct): void {
  const known = [...(since.get(name)?.keys() ?? [])].filter((field) => field !== '');
  if (known.length === 0) return;
  const here = fields.map((field) => field.name).filter((field) => known.includes(field));
  const there = known.filter((field) => here.includes(field));
  if (here.join() !== there.join()) {
    throw new Error(`${name}: types.go has ${here.join()}, pyvmomi ${there.join()}`);
  }
}

for (const name of ['DynamicData', 'MethodFault']) take(name);
for (const name of [...READ, ...ALSO]) take(name);
for (const method of METHODS) {
  take(aliases.get(method) ?? `${method}RequestType`, method);
  take(`${method}Response`, `${method}Response`);
}

const lines = [...used.values()].sort();
const written = `// Written by scripts/vim-types.ts; do not edit. Taken from vim25/types/types.go of govmomi (order,
// bases, optionality) and ServerObjects.py of pyvmomi (which version brought a field).
// Both: Copyright VMware, Inc., Apache License 2.0, the licence of Labwright too.

/**
 * One type a line: \`Name@since <Base field field…\`. A field is its name, how often it may come
 * (\`:\` once, \`?\` at most once, \`*\` any number of times, \`+\` at least once), its type, and the API
 * version that brought it when that is newer than ${BASELINE}. Base fields come before own ones.
 */
export const VIM_TYPES = \`
${lines.join('\n')}
\`;
`;
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, written);
  process.stdout.write(`${lines.length} types, ${written.length} characters\n`);
} else if (readFileSync(TARGET, 'utf8') !== written) {
  process.stderr.write('vim-types-data.ts is not what scripts/vim-types.ts would write\n');
  process.exitCode = 1;
}
