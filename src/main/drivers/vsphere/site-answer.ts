import { LabwrightError } from '../../../contract/error.ts';
import type { SiteQuestion } from '../../engine/probe.ts';
import { findMachine } from './machines.ts';
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
      return siteInventory(session, options);
    case 'machine': {
      const { machines } = await siteInventory(session, options);
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
  }
}
