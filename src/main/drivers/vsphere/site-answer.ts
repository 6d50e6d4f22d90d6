import { LabwrightError } from '../../../contract/error.ts';
import type { SiteQuestion } from '../../engine/probe.ts';
import type { CallOptions, Session } from './session.ts';
import { siteInventory } from './site-inventory.ts';

/** Answers a probe's question as plain data. */
export async function answerQuestion(
  session: Session,
  question: SiteQuestion,
  options: CallOptions = {},
): Promise<unknown> {
  const inventory = await siteInventory(session, options);
  switch (question.what) {
    case 'inventory':
      return inventory;
    case 'machine': {
      const found = inventory.machines.find(({ uuid }) => uuid === question.uuid);
      if (found === undefined) {
        const params = { site: session.site.name, kind: 'VirtualMachine', what: question.uuid };
        throw new LabwrightError('site-object-missing', params);
      }
      const { cpus, memoryMib, nested, boot } = found;
      return { cpus, memoryMib, nested, network: boot[0] === 'network' };
    }
  }
}
