import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { faultOf, OBJECT_NOT_FOUND } from './faults.ts';
import type { HostFacts } from './hosts.ts';
import { retrieveOne } from './properties.ts';
import type { CallOptions, Session } from './session.ts';
import { parseProperties } from './shapes.ts';
import type { MoRef } from './vim-value.ts';

/** What is wanted of a service of a host; what is not said stays as it is. */
export interface ServiceChange {
  readonly service: string;
  readonly running: boolean;
  readonly policy?: string;
}

/** Sets when a service starts, and starts or stops it (HostServiceSystem). Repeating it is harmless. */
export async function changeService(
  session: Session,
  host: Pick<HostFacts, 'name' | 'serviceSystem' | 'services'>,
  { service: id, running, policy }: ServiceChange,
  options: CallOptions = {},
): Promise<void> {
  const system = needed(session, host.serviceSystem, 'HostServiceSystem', host.name);
  const now = host.services.get(id);
  if (now === undefined) throw missing(session, 'service', id);
  if (policy !== undefined && policy !== now.policy) {
    await session.call('UpdateServicePolicy', system, { id, policy }, options);
  }
  // Asked to start what runs, a host answers InvalidState (reference of StartService).
  if (running === now.running) return;
  await session.call(running ? 'StartService' : 'StopService', system, { id }, options);
}

/** Sets the servers that ntpd asks; one that runs is started anew, to hear of them. */
export async function setTimeServers(
  session: Session,
  host: Pick<HostFacts, 'name' | 'dateTimeSystem' | 'serviceSystem' | 'services'>,
  server: readonly string[],
  options: CallOptions = {},
): Promise<void> {
  const system = needed(session, host.dateTimeSystem, 'HostDateTimeSystem', host.name);
  // The whole of ntpConfig is replaced: none given leaves none (unverified on a real host).
  const config = { ntpConfig: { server: [...server] } };
  await session.call('UpdateDateTimeConfig', system, { config }, options);
  if (host.services.get('ntpd')?.running !== true) return;
  const services = needed(session, host.serviceSystem, 'HostServiceSystem', host.name);
  await session.call('RestartService', services, { id: 'ntpd' }, options);
}

const RULESETS = 'config.firewall.ruleset';
const Rulesets = z.looseObject({
  [RULESETS]: z.array(z.looseObject({ key: z.string(), enabled: z.boolean() })).default([]),
});

/** Whether the host's own firewall lets a service through; undefined when it has no such rule. */
export async function isOpen(
  session: Session,
  { ref }: Pick<HostFacts, 'ref'>,
  ruleset: string,
  options: CallOptions = {},
): Promise<boolean | undefined> {
  const found = await retrieveOne(session, ref, [RULESETS], options);
  const rulesets = parseProperties(session, Rulesets, found)[RULESETS];
  return rulesets.find(({ key }) => key === ruleset)?.enabled;
}

export async function setOpen(
  session: Session,
  host: Pick<HostFacts, 'name' | 'firewallSystem'>,
  ruleset: string,
  open: boolean,
  options: CallOptions = {},
): Promise<void> {
  const system = needed(session, host.firewallSystem, 'HostFirewallSystem', host.name);
  const method = open ? 'EnableRuleset' : 'DisableRuleset';
  await session.call(method, system, { id: ruleset }, options);
}

/** The host's clock, in seconds since 1970; undefined where the site has no such object (vcsim). */
export async function readClock(
  session: Session,
  { dateTimeSystem }: Pick<HostFacts, 'dateTimeSystem'>,
  options: CallOptions = {},
): Promise<number | undefined> {
  if (dateTimeSystem === undefined) return undefined;
  try {
    const said = await session.call('QueryDateTime', dateTimeSystem, {}, options);
    const at = Date.parse(String(said));
    if (Number.isNaN(at)) {
      const params = { site: session.site.name, expected: 'QueryDateTime' };
      throw new LabwrightError('site-answer-unexpected', params);
    }
    return Math.round(at / 1000);
  } catch (error) {
    const fault = faultOf(error)?.name;
    if (fault === OBJECT_NOT_FOUND || fault === 'MethodNotFound') return undefined;
    throw error;
  }
}

function needed(session: Session, ref: MoRef | undefined, kind: string, what: string): MoRef {
  if (ref === undefined) throw missing(session, kind, what);
  return ref;
}

function missing({ site }: Session, kind: string, what: string): LabwrightError {
  return new LabwrightError('site-object-missing', { site: site.name, kind, what });
}
