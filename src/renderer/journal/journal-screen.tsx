import { useDeferredValue, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { ChoiceField, TextField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { useLab } from '../core/lab-context.ts';
import { UndoPanel } from '../guide/undo-panel.tsx';
import { useText } from '../text/use-text.ts';
import { JournalRowView } from './journal-row-view.tsx';
import type { Group } from './kinds.ts';
import { GROUPS, isGroup } from './kinds.ts';
import { actionTitles } from './row-text.ts';
import { SupportBundle } from './support-bundle.tsx';
import { TeardownPanel } from './teardown-panel.tsx';
import { undoableRuns } from './undoable-runs.ts';
import { useJournal } from './use-journal.ts';

export function JournalScreen() {
  const { t } = useText();
  const [search, setSearch] = useState('');
  const [group, setGroup] = useState<Group>('all');
  const [undoing, setUndoing] = useState<string | undefined>(undefined);
  const [takingDown, setTakingDown] = useState(false);
  const wanted = useDeferredValue(search.trim());
  const journal = useJournal(wanted, group);
  const { state, writable } = useLab();
  const undoable = undoableRuns(journal.rows ?? [], state.runs);
  const titles = actionTitles(journal.rows ?? [], state.runs);
  const filtered = wanted !== '' || group !== 'all';
  return (
    <>
      <div className="lw-guide__head">
        <h1>{t('nav.journal')}</h1>
        <span className="lw-top__space" />
        <Button disabled={!writable} onClick={() => setTakingDown(true)}>
          {t('teardown.open')}
        </Button>
        <SupportBundle />
      </div>
      <search className="lw-journal__filter">
        <TextField
          type="search"
          label={t('journal.search')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <ChoiceField
          label={t('journal.kind')}
          value={group}
          choices={GROUPS.map((value) => ({ value, label: t(`journal.group.${value}`) }))}
          onChange={(event) => {
            if (isGroup(event.target.value)) setGroup(event.target.value);
          }}
        />
      </search>
      <ErrorNote error={journal.error}>
        <p className="lw-row">
          <Button small onClick={journal.refresh}>
            {t('common.tryAgain')}
          </Button>
        </p>
      </ErrorNote>
      {journal.rows === undefined ? (
        <p className="lw-muted">{t('common.loading')}</p>
      ) : journal.rows.length === 0 ? (
        filtered ? (
          <EmptyState icon="search" title={t('journal.nothing')}>
            {t('journal.nothingText')}
          </EmptyState>
        ) : (
          <EmptyState icon="journal" title={t('journal.empty')}>
            {t('journal.emptyText')}
          </EmptyState>
        )
      ) : (
        <ol className="lw-journal" aria-label={t('nav.journal')}>
          {journal.rows.map((row) => (
            <JournalRowView
              key={row.seq}
              row={row}
              undoable={undoable}
              onUndo={setUndoing}
              titles={titles}
            />
          ))}
        </ol>
      )}
      {journal.more ? (
        <Button disabled={journal.busy} onClick={journal.older}>
          {t('journal.older')}
        </Button>
      ) : null}
      {undoing === undefined ? null : (
        <UndoPanel run={undoing} onClose={() => setUndoing(undefined)} />
      )}
      {takingDown ? <TeardownPanel onClose={() => setTakingDown(false)} /> : null}
    </>
  );
}
