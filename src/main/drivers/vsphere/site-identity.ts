import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { retrieveAll } from './properties.ts';
import type { CallOptions, Session } from './session.ts';

const UUID = 'summary.hardware.uuid';

/**
 * What tells this site from every other: a vCenter's instance uuid; of an ESXi, which has none
 * before 6.x, the uuid of its hardware. Kept when a person trusts the site.
 */
export async function readSiteIdentity(
  session: Session,
  options: CallOptions = {},
): Promise<string> {
  const { instanceUuid } = session.identity;
  if (instanceUuid !== undefined && instanceUuid !== '') return instanceUuid;
  const found: string[] = [];
  for await (const page of retrieveAll(session, { type: 'HostSystem', paths: [UUID] }, options)) {
    for (const { properties } of page) {
      const uuid = z.string().safeParse(properties[UUID]);
      if (uuid.success) found.push(uuid.data);
    }
  }
  const [first] = found.sort();
  if (first !== undefined) return first;
  const params = { site: session.site.name, expected: UUID };
  throw new LabwrightError('site-answer-unexpected', params);
}

/** To be called before every write. Throws `site-identity-changed`. */
export async function assertSiteIdentity(
  session: Session,
  trusted: string,
  options: CallOptions = {},
): Promise<void> {
  if ((await readSiteIdentity(session, options)) === trusted) return;
  throw new LabwrightError('site-identity-changed', { site: session.site.name });
}
