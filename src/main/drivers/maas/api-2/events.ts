import type { MaasEvent } from '../../../../contract/maas.ts';
import type { EventFilter, Listed, MaasEvents } from '../../../engine/maas.ts';
import { follow } from '../follow.ts';
import type { Form } from '../form.ts';
import type { MaasLink } from '../link.ts';

export function events(link: MaasLink): MaasEvents {
  const ask = (
    filter: EventFilter,
    where: Form,
    signal?: AbortSignal,
  ): Promise<Listed<MaasEvent>> =>
    link.list('events', {
      path: 'events/',
      op: 'query',
      query: { ...queryOf(filter), ...where },
      signal,
    });
  return {
    recent: ({ limit, before, ...filter } = {}, { signal } = {}) =>
      ask(filter, { limit, before }, signal),
    follow: ({ after, signal, onTrouble, ...filter } = {}) =>
      follow({
        // MAAS gives those just after `after`, however many there are, but the newest of them first.
        newer: async (than, limit) => {
          const { items } = await ask(filter, { limit, after: than }, signal);
          return items.toSorted((a, b) => a.id - b.id);
        },
        newest: async () => (await ask(filter, { limit: 1 }, signal)).items[0]?.id ?? 0,
        clock: link.clock,
        after,
        signal,
        onTrouble,
      }),
  };
}

function queryOf({ machines, macs, level }: EventFilter): Form {
  return { id: machines, mac_address: macs, level: level?.toUpperCase() };
}
