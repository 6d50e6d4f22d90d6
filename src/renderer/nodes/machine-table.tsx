import { useVirtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Icon } from '../components/icon.tsx';
import { binarySize } from '../text/binary-size.ts';
import { useText } from '../text/use-text.ts';
import { BootOrder } from './boot-order.tsx';
import { isPowerDrift } from './maas-side.ts';
import { MaasWord } from './maas-word.tsx';
import type { MachineRow } from './machine-rows.ts';
import { PowerWord } from './power-word.tsx';
import { type Column, columnsOf, type RowOrder } from './row-order.ts';

/** Every row is as high as this, so that thousands need no measuring. */
const ROW_PX = 34;
const HEAD_PX = 34;
const OVERSCAN = 12;

interface MachineTableProps {
  /** Absent while the first answer is on its way. */
  readonly rows: readonly MachineRow[] | undefined;
  readonly order: RowOrder;
  readonly onOrder: (order: RowOrder) => void;
  readonly chosen: string | undefined;
  /** Whether the lab has a MAAS that says something of machines. */
  readonly withMaas: boolean;
  readonly onOpen: (row: MachineRow) => void;
}

/** A grid with one tab stop; the arrows move a row cursor, Enter opens. Only rows in sight are in the page. */
export function MachineTable(props: MachineTableProps) {
  const { rows, order, onOrder, chosen, withMaas, onOpen } = props;
  const columns = columnsOf(withMaas);
  const { t } = useText();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string | undefined>(chosen);
  const list = rows ?? [];
  const found = list.findIndex(({ key }) => key === cursor);
  const at = Math.max(0, found);
  const current = list[at];
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_PX,
  });
  const shown = virtual.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  const before = first?.start ?? 0;
  const after = virtual.getTotalSize() - (last?.end ?? 0);
  const reach = (index: number) => {
    const row = list[Math.max(0, Math.min(list.length - 1, index))];
    if (row === undefined) return;
    setCursor(row.key);
    virtual.scrollToIndex(list.indexOf(row));
  };
  // Whoever comes from the map or by an address sees the row that is meant.
  const known = rows !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another row is chosen from outside.
  useEffect(() => {
    if (chosen === undefined || !known) return;
    setCursor(chosen);
    const index = list.findIndex(({ key }) => key === chosen);
    if (index >= 0) virtual.scrollToIndex(index);
  }, [chosen, known]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: list.length - 1,
    };
    const index = to[event.key];
    if (index !== undefined) {
      event.preventDefault();
      reach(index);
    } else if (event.key === 'Enter' && current !== undefined) {
      event.preventDefault();
      onOpen(current);
    }
  };
  // A row that is scrolled out of the page cannot be pointed at.
  const inPage = shown.some(({ index }) => index === at);
  return (
    <div className="lw-machines" ref={scroller} aria-busy={rows === undefined}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are moved through is a grid.
        role="grid"
        aria-label={t('nodes.table')}
        aria-rowcount={list.length + 1}
        aria-activedescendant={inPage && current !== undefined ? `${id}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column} className={`is-${column}`} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => {
              const sorted = order.by === column;
              return (
                <th
                  key={column}
                  scope="col"
                  className={`is-${column}`}
                  aria-sort={sorted ? (order.down ? 'descending' : 'ascending') : 'none'}
                >
                  <button
                    type="button"
                    onClick={() => onOrder({ by: column, down: sorted && !order.down })}
                  >
                    <span>{t(`nodes.column.${column}`)}</span>
                    {sorted ? <Icon name={order.down ? 'down' : 'up'} /> : null}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <Gap height={before} columns={columns.length} /> : null}
          {shown.map(({ index }) => {
            const row = list[index];
            return row === undefined ? null : (
              <Row
                key={row.key}
                id={`${id}-${index}`}
                row={row}
                columns={columns}
                index={index}
                isCursor={index === at}
                isChosen={row.key === chosen}
                onOpen={() => {
                  setCursor(row.key);
                  onOpen(row);
                }}
              />
            );
          })}
          {after > 0 ? <Gap height={after} columns={columns.length} /> : null}
        </tbody>
      </table>
      {rows === undefined ? (
        <p className="lw-muted lw-machines__says">{t('common.loading')}</p>
      ) : null}
      {rows !== undefined && rows.length === 0 ? (
        <EmptyState icon="search" title={t('nodes.nothing')}>
          {t('nodes.nothingText')}
        </EmptyState>
      ) : null}
    </div>
  );
}

/** The room of the rows that are not in the page. */
function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row cannot be focused.
    <tr aria-hidden="true" className="lw-machines__gap">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: MachineRow;
  readonly columns: readonly Column[];
  readonly index: number;
  readonly isCursor: boolean;
  readonly isChosen: boolean;
  readonly onOpen: () => void;
}

const NEWS: ReadonlySet<string> = new Set(['todo', 'drifted', 'manual']);

function Row({ id, row, columns, index, isCursor, isChosen, onOpen }: RowProps) {
  const { t, language } = useText();
  const { finding } = row;
  const news = row.machine !== undefined && finding !== undefined && NEWS.has(finding.state);
  return (
    <tr
      id={id}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className={`${isCursor ? 'is-cursor' : ''} ${isChosen ? 'is-chosen' : ''} is-${row.owner}`}
      onClick={onOpen}
    >
      <th scope="row" className="is-name">
        <span translate="no">{row.name}</span>
        {news ? (
          <span className="lw-lint" title={t(`state.${finding.state}`)}>
            <Icon name={finding.state} />
            <span className="u-off-screen">{t(`state.${finding.state}`)}</span>
          </span>
        ) : null}
      </th>
      <td>
        {row.role === undefined ? <span className="lw-muted">–</span> : t(`nodes.role.${row.role}`)}
      </td>
      <td translate="no">{row.host}</td>
      <td>
        <PowerWord power={row.power} />
        {row.maas !== undefined && isPowerDrift(row.power, row.maas) ? (
          <span className="lw-lint" title={t('nodes.maas.driftHelp')}>
            <Icon name="drifted" />
            <span>{t('nodes.maas.driftWord')}</span>
          </span>
        ) : null}
      </td>
      {columns.includes('maas') ? (
        <td>
          <MaasWord side={row.maas} />
        </td>
      ) : (
        <td className="is-number">{row.cpus}</td>
      )}
      <td className="is-number">{binarySize(row.memoryMib, language)}</td>
      <td>
        <code>{row.macs[0] ?? '–'}</code>
      </td>
      <td className="is-boot">
        <BootOrder row={row} />
      </td>
      <td>{t(`nodes.owner.${row.owner}`)}</td>
    </tr>
  );
}
