import { z } from 'zod';
import { type MaasEvent, MaasEventLevel } from '../../../../contract/maas.ts';
import { text } from '../optional-text.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `Sun, 22 Nov. 2026 07:25:41`, which is UTC and does not say so; empty for anything else. */
export function eventTime(created: string): string {
  const match = /(\d{1,2}) (\w{3})\w*\.? (\d{4}) (\d{2}:\d{2}:\d{2})/.exec(created);
  const month = MONTHS.indexOf((match?.[2] ?? '').toLowerCase()) + 1;
  if (match === null || month === 0) return '';
  const date = `${match[3]}-${String(month).padStart(2, '0')}-${(match[1] ?? '').padStart(2, '0')}`;
  return `${date}T${match[4]}Z`;
}

export const Event = z
  .object({
    id: z.int(),
    created: text,
    level: z.string().toLowerCase().pipe(MaasEventLevel.catch('info')),
    type: text,
    description: text,
    node: text,
    hostname: text,
  })
  .transform(
    ({ id, created, level, type, description, node, hostname }): MaasEvent => ({
      id,
      at: eventTime(created),
      level,
      type,
      description,
      machine: node,
      hostname,
    }),
  );
