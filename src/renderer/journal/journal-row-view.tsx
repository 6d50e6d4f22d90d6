import type { JournalRow } from '../../contract/journal.ts';
import { Disclosure } from '../components/disclosure.tsx';
import { Button } from '../components/kit.ts';
import { Moment } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';
import { detailOf } from './row-detail.tsx';
import { type ActionTitles, rowText, rowTone } from './row-text.ts';

interface JournalRowViewProps {
  readonly row: JournalRow;
  /** Runs that can be taken back. */
  readonly undoable: ReadonlySet<string>;
  readonly onUndo: (run: string) => void;
  readonly titles: ActionTitles;
}

export function JournalRowView({ row, undoable, onUndo, titles }: JournalRowViewProps) {
  const text = useText();
  const { writable } = useLab();
  const { entry } = row;
  const sentence = rowText(text, entry, titles);
  const detail = detailOf(entry);
  const run = entry.kind === 'run-ended' ? entry.run : undefined;
  const mayUndo = run !== undefined && undoable.has(run);
  return (
    <li className={`is-${rowTone(entry)}`}>
      <span className="lw-journal__when">
        <Moment at={row.at} />
      </span>
      <span className="lw-journal__kind">{text.t(`journal.kind.${entry.kind}`)}</span>
      <div className="lw-journal__what">
        {detail === undefined ? (
          <p>{sentence}</p>
        ) : (
          <Disclosure summary={sentence}>{detail}</Disclosure>
        )}
      </div>
      <span className="lw-journal__who">{row.who}</span>
      {mayUndo ? (
        <Button small disabled={!writable} onClick={() => onUndo(run)}>
          {text.t('undo.open')}
        </Button>
      ) : (
        <span />
      )}
    </li>
  );
}
