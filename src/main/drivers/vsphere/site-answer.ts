import { createHash } from 'node:crypto';
import { LabwrightError } from '../../../contract/error.ts';
import type { SiteQuestion } from '../../engine/probe.ts';
import { readSmallFile } from './datastore-files.ts';
import { findPlace } from './place.ts';
import type { CallOptions, Session } from './session.ts';
import { siteInventory } from './site-inventory.ts';

/** Answers a probe's question as plain data. */
export async function answerQuestion(
  session: Session,
  question: SiteQuestion,
  options: CallOptions = {},
): Promise<unknown> {
  switch (question.what) {
    case 'inventory':
      return siteInventory(session, options);
    case 'file': {
      const { datastore, path } = question;
      const place = await findPlace(session, undefined, options);
      const bytes = await readSmallFile(session, place, { datastore, path }, options);
      return bytes ? { sha256: createHash('sha256').update(bytes).digest('hex') } : {};
    }
    case 'machine': {
      const inventory = await siteInventory(session, options);
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
