import { type ErrorCode, LabwrightError } from '../../../contract/error.ts';
import type { Decoded } from './decode.ts';
import { isMoRef } from './vim-value.ts';

/** A vim25 fault, from a SOAP fault, a task, or a property that could not be read. */
export interface Fault {
  /** Its type: `InvalidLogin`, `DuplicateName`, … */
  readonly name: string;
  /** What the site says about it, in its language. */
  readonly said: string;
  /** Its own fields; by looks, since there are hundreds of fault types. */
  readonly fields: Readonly<Record<string, Decoded | undefined>>;
}

/** The session is gone; the session itself acts on it. */
export const NOT_AUTHENTICATED = 'NotAuthenticated';
export const INVALID_LOGIN = 'InvalidLogin';
/** A managed object that was there is not there any more. */
export const OBJECT_NOT_FOUND = 'ManagedObjectNotFound';

/** Faults whose cause and way out we know; the reference of the vSphere API describes each. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AlreadyExists: 'site-name-taken',
  CannotAccessFile: 'site-file-missing',
  ConcurrentAccess: 'site-object-busy',
  DeviceNotSupported: 'site-not-supported',
  DuplicateName: 'site-name-taken',
  ExpiredFeatureLicense: 'site-licence-expired',
  FileAlreadyExists: 'site-file-exists',
  FileLocked: 'site-object-busy',
  FileNotFound: 'site-file-missing',
  HostInMaintenanceMode: 'site-in-maintenance',
  HostNotConnected: 'site-unreachable',
  InMaintenanceMode: 'site-in-maintenance',
  InMaintenanceModeFault: 'site-in-maintenance',
  InsufficientCpuResourcesFault: 'site-no-resources',
  InsufficientFailoverResourcesFault: 'site-no-resources',
  InsufficientGraphicsResourcesFault: 'site-no-resources',
  InsufficientHostCapacityFault: 'site-no-resources',
  InsufficientHostCpuCapacityFault: 'site-no-resources',
  InsufficientHostMemoryCapacityFault: 'site-no-resources',
  InsufficientMemoryResourcesFault: 'site-no-resources',
  InsufficientPerCpuCapacity: 'site-no-resources',
  InsufficientResourcesFault: 'site-no-resources',
  InsufficientStandbyCpuResource: 'site-no-resources',
  InsufficientStandbyMemoryResource: 'site-no-resources',
  InsufficientStandbyResource: 'site-no-resources',
  InsufficientStorageSpace: 'site-datastore-full',
  InvalidArgument: 'site-request-refused',
  InvalidDatastore: 'site-request-refused',
  InvalidDatastorePath: 'site-request-refused',
  InvalidDeviceBacking: 'site-request-refused',
  InvalidDeviceSpec: 'site-request-refused',
  // Of a host that is reached, maintenance mode is what is left ("current state of the host").
  InvalidHostState: 'site-in-maintenance',
  InvalidName: 'site-request-refused',
  InvalidPowerState: 'site-power-state',
  InvalidProperty: 'site-request-refused',
  InvalidRequest: 'site-request-refused',
  InvalidState: 'site-power-state',
  InvalidType: 'site-request-refused',
  InvalidVmConfig: 'site-request-refused',
  LicenseExpired: 'site-licence-expired',
  [OBJECT_NOT_FOUND]: 'site-object-gone',
  MemorySizeNotSupported: 'site-not-supported',
  MethodNotFound: 'site-not-supported',
  NoDiskSpace: 'site-datastore-full',
  NoPermission: 'site-no-permission',
  NotEnoughCpus: 'site-no-resources',
  NotEnoughLicenses: 'site-licence-expired',
  NotFound: 'site-object-gone',
  NotImplemented: 'site-not-supported',
  NotSupported: 'site-not-supported',
  [NOT_AUTHENTICATED]: 'site-session-lost',
  RequestCanceled: 'cancelled',
  ResourceInUse: 'site-object-busy',
  RestrictedVersion: 'site-licence-read-only',
  SSLVerifyFault: 'site-tls-refused',
  TaskInProgress: 'site-object-busy',
  Timedout: 'site-timed-out',
  TooManyConsecutiveOverrides: 'site-request-refused',
};

/** Fields in which faults name what they are about, the most telling first. */
const TELLING = [
  'name',
  'file',
  'datastorePath',
  'existingState',
  'privilegeId',
  'invalidProperty',
  'property',
  'argument',
  'method',
  'obj',
  'datastore',
];

/** A fault as an error a person can act on. The raw text of the site is its detail. */
export function faultError(site: string, fault: Fault): LabwrightError {
  const params = { site, fault: fault.name, said: fault.said, what: subject(fault) };
  const detail = fault.said === '' ? fault.name : `${fault.name}: ${fault.said}`;
  return new LabwrightError(CODES[fault.name] ?? 'site-fault', params, { detail, cause: fault });
}

/** The fault that an error was made of. */
export function faultOf(error: unknown): Fault | undefined {
  if (!(error instanceof LabwrightError)) return undefined;
  return isFault(error.cause) ? error.cause : undefined;
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'fields' in value && 'said' in value;
}

function subject({ name, fields }: Fault): string {
  for (const field of TELLING) {
    const value = fields[field];
    if (typeof value === 'string' && value !== '') return value;
    if (isMoRef(value)) return value.value;
  }
  return name;
}

/** The fault inside a decoded LocalizedMethodFault (of a task or a missing property). */
export function localizedFault(value: Decoded | undefined): Fault {
  const outer = asFields(value);
  const inner = asFields(outer.fault);
  const name = typeof inner._type === 'string' ? inner._type : 'MethodFault';
  const said = typeof outer.localizedMessage === 'string' ? outer.localizedMessage : '';
  return { name, said, fields: inner };
}

export function asFields(
  value: Decoded | undefined,
): Readonly<Record<string, Decoded | undefined>> {
  if (typeof value !== 'object' || Array.isArray(value)) return {};
  return value as Record<string, Decoded | undefined>;
}
