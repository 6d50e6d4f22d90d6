import { z } from 'zod';
import { retrieveOne } from './properties.ts';
import type { CallOptions, Session } from './session.ts';
import { parseProperties } from './shapes.ts';

export interface LicenceFacts {
  /** `eval`, `esxBasic` (free; its API only reads), `esx.enterprisePlus.cpuPackage`, … No keys. */
  readonly editions: readonly { readonly edition: string; readonly name: string }[];
  /** Of the 60 days of evaluation; undefined when the site does not run on it. */
  readonly evaluationHoursLeft: number | undefined;
}

const HOURS = 'expirationHours';

const KeyValues = z.array(z.looseObject({ key: z.string(), value: z.unknown() }));
const Properties = z.looseObject({
  licenses: z.array(z.looseObject({ editionKey: z.string(), name: z.string() })).default([]),
  evaluation: z.looseObject({ properties: KeyValues.default([]) }).optional(),
});

/** What the site is licensed for. The sure test of a free licence is the fault of the first write. */
export async function readLicences(
  session: Session,
  options: CallOptions = {},
): Promise<LicenceFacts> {
  const manager = session.manager('licenseManager');
  const found = await retrieveOne(session, manager, Object.keys(Properties.shape), options);
  const { licenses, evaluation } = parseProperties(session, Properties, found);
  const hours = evaluation?.properties.find(({ key }) => key === HOURS)?.value;
  const left = hours === undefined ? Number.NaN : Number(hours);
  return {
    editions: licenses.map(({ editionKey, name }) => ({ edition: editionKey, name })),
    evaluationHoursLeft: Number.isNaN(left) ? undefined : left,
  };
}
