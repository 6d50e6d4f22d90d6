import { createHash } from 'node:crypto';
import { LabwrightError } from '../../../contract/error.ts';
import type { SiteQuestion } from '../../engine/probe.ts';
import type { PortgroupFact } from '../../engine/probes/portgroup.ts';
import { readSmallFile } from './datastore-files.ts';
import { isOpen, readClock } from './host-services.ts';
import { findMachine } from './machines.ts';
import { listNetworks } from './networks.ts';
import { findHost, findPlace } from './place.ts';
import type { CallOptions, Session } from './session.ts';
import { siteInventory } from './site-inventory.ts';

/** Answers a probe's question as plain data. */
export async function answerQuestion(
  session: Session,
  question: SiteQuestion,
  options: CallOptions = {},
): Promise<unknown> {
  const missing = (uuid: string) =>
    new LabwrightError('site-object-missing', {
      site: session.site.name,
      kind: 'VirtualMachine',
      what: uuid,
    });
  switch (question.what) {
    case 'inventory':
      return siteInventory(session, question.host, options);
    case 'file': {
      const { datastore, path } = question;
      const place = await findPlace(session, undefined, options);
      const bytes = await readSmallFile(session, place, { datastore, path }, options);
      return bytes ? { sha256: createHash('sha256').update(bytes).digest('hex') } : {};
    }
    case 'machine': {
      const { machines } = await siteInventory(session, undefined, options);
      const found = machines.find(({ uuid }) => uuid === question.uuid);
      if (found === undefined) throw missing(question.uuid);
      const { cpus, memoryMib, nested, boot } = found;
      return { cpus, memoryMib, nested, network: boot[0] === 'network' };
    }
    case 'disks': {
      const found = await findMachine(session, question.uuid, options);
      if (found === undefined) throw missing(question.uuid);
      return found.disks.map(({ capacityBytes }) => capacityBytes);
    }
    case 'portgroup':
      return portgroupFact(session, question, options);
    case 'time': {
      const host = await findHost(session, question.host, options);
      const seconds = await readClock(session, host, options);
      const portOpen = await isOpen(session, host, 'ntpClient', options);
      return {
        ...(seconds === undefined ? {} : { seconds }),
        ...(portOpen === undefined ? {} : { portOpen }),
      };
    }
  }
}

async function portgroupFact(
  session: Session,
  question: Extract<SiteQuestion, { what: 'portgroup' }>,
  options: CallOptions,
): Promise<PortgroupFact> {
  const host = await findHost(session, question.host, options);
  const [found] = await listNetworks(session, [host], options);
  const switchExists = found?.switches.some(({ name }) => name === question.switch) === true;
  const portgroup = found?.portgroups.find(({ name }) => name === question.portgroup);
  if (portgroup === undefined) return { switchExists };
  const { switchName, vlan, security, ownSecurity } = portgroup;
  const policy = {
    promiscuous: security.allowPromiscuous ?? false,
    forgedTransmits: security.forgedTransmits ?? false,
    macChanges: security.macChanges ?? false,
    own: Object.values(ownSecurity).some((value) => value !== undefined),
  };
  const own = { switch: switchName, vlan, policy, security: { ...ownSecurity } };
  return { switchExists, portgroup: own };
}
