import { type Message, message } from '../../contract/message.ts';
import { type Mirror, wantsBootloaders } from '../../contract/plan.ts';
import type { Selection } from '../drivers/simplestreams/streams.ts';

/** What is odd about what the filters take: sentences beside a finding, not failures. */
export function selectionNotes(mirror: Mirror, selection: Selection): Message[] {
  const notes = selection.unanchored.map(({ filter, also }) => {
    const [key = '', value = ''] = filter.split(/~(.*)/s);
    const better = `${key}~^${value.startsWith('(') ? value : `(${value})`}$`;
    return message('mirror.note.unanchored', { filter, also: also.join(', '), better });
  });
  const [images = 0, loaders = 0] = selection.counts;
  if (images === 0) {
    notes.push(message('mirror.note.filter-none', { releases: offered(selection, 'release') }));
  }
  if (wantsBootloaders(mirror) && loaders === 0) notes.push(message('mirror.note.no-bootloaders'));
  return notes;
}

export function offered(selection: Selection, key: string): string {
  return selection.offered[key]?.join(', ') || '–';
}
