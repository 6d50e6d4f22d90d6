import type { MachineRow, Owner } from './machine-rows.ts';

export const COLUMNS = [
  'name',
  'role',
  'host',
  'power',
  'maas',
  'cpus',
  'memory',
  'mac',
  'boot',
  'owner',
] as const;
export type Column = (typeof COLUMNS)[number];

/** Columns of a lab: what MAAS says takes the room of the processors where there is a MAAS. */
export function columnsOf(withMaas: boolean): readonly Column[] {
  return COLUMNS.filter((column) => column !== (withMaas ? 'cpus' : 'maas'));
}

export interface RowOrder {
  readonly by: Column;
  readonly down: boolean;
}

/** Names as people count: node-2 before node-10. */
const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const VALUE: Record<Column, (row: MachineRow) => string | number> = {
  name: ({ name }) => name,
  role: ({ role }) => role ?? '',
  host: ({ host }) => host,
  power: ({ power }) => power,
  // What MAAS is at work with, and what it failed at, stands together.
  maas: ({ maas }) => maas?.machine.status ?? '',
  cpus: ({ cpus }) => cpus,
  memory: ({ memoryMib }) => memoryMib,
  mac: ({ macs }) => macs[0] ?? '',
  // What is wrong comes first: that is what one sorts by boot order for.
  boot: ({ boot, bootIsWrong }) => `${bootIsWrong ? 0 : 1}${boot.join(' ')}`,
  owner: ({ owner }) => owner,
};

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  // Empty values belong at the end of a list that is read from the top.
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return words.compare(String(a), String(b));
}

export function sortRows(rows: readonly MachineRow[], { by, down }: RowOrder): MachineRow[] {
  const value = VALUE[by];
  const sign = down ? -1 : 1;
  return rows
    .map((row) => ({ row, key: value(row) }))
    .sort(
      (a, b) =>
        sign * compare(a.key, b.key) ||
        words.compare(a.row.name, b.row.name) ||
        words.compare(a.row.host, b.row.host),
    )
    .map(({ row }) => row);
}

const OF_THIS_LAB: ReadonlySet<Owner> = new Set(['ours', 'leftover', 'planned', 'adopted']);

/** Every word must be somewhere in what identifies the machine. */
export function filterRows(
  rows: readonly MachineRow[],
  text: string,
  onlyOurs: boolean,
): MachineRow[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (onlyOurs && !OF_THIS_LAB.has(row.owner)) return false;
    if (wanted.length === 0) return true;
    const { name, host, uuid, role = '', macs, machine, planned } = row;
    const networks = [
      ...(machine?.nics.map(({ network }) => network) ?? []),
      ...(planned?.nics.flatMap(({ network, bridge }) => [network, bridge]) ?? []),
    ];
    const all = [name, host, uuid, role, ...macs, ...networks].join('\n').toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}
