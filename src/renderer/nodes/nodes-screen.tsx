import { useDeferredValue, useMemo, useState } from 'react';
import { CommandBlock } from '../components/command-block.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { Button, CheckboxInput } from '../components/kit.ts';
import { useLab } from '../core/lab-context.ts';
import { goTo, useRoute } from '../core/route.ts';
import { PreviewPanel } from '../guide/preview-panel.tsx';
import { useText } from '../text/use-text.ts';
import { HostRoom } from './host-room.tsx';
import { LeftoverNetworks } from './leftover-networks.tsx';
import { MachineDetails } from './machine-details.tsx';
import { machineRows } from './machine-rows.ts';
import { MachineTable } from './machine-table.tsx';
import { PLAN_EXAMPLE } from './plan-example.ts';
import type { RowOrder } from './row-order.ts';
import { filterRows, sortRows } from './row-order.ts';
import { usePlanned } from './use-planned.ts';

/** Every machine of every hypervisor, and those of the plan before they exist. */
export function NodesScreen() {
  const { t } = useText();
  const { state, writable } = useLab();
  const { item } = useRoute();
  const [search, setSearch] = useState('');
  const [onlyOurs, setOnlyOurs] = useState(false);
  const [order, setOrder] = useState<RowOrder>({ by: 'name', down: false });
  const [creating, setCreating] = useState(false);
  const planned = usePlanned();
  const wanted = useDeferredValue(search);
  const { inventories, findings, maas, plan } = state;
  const all = useMemo(
    () => machineRows({ inventories, findings, maas, plan }, planned.value),
    [inventories, findings, maas, plan, planned.value],
  );
  const rows = useMemo(
    () => sortRows(filterRows(all, wanted, onlyOurs), order),
    [all, wanted, onlyOurs, order],
  );
  const missing = useMemo(
    () =>
      all.flatMap(({ owner, planned: wish }) =>
        owner === 'planned' && wish && wish.adopted !== true ? [wish] : [],
      ),
    [all],
  );
  const steps = useMemo(() => missing.map(({ step }) => step), [missing]);
  const chosen = item === undefined ? undefined : all.find(({ key }) => key === item);
  // The first answer decides whose a machine is; rows that change their owner would jump.
  const waiting = planned.value === undefined && planned.error === undefined;
  const broken =
    planned.error === undefined ? null : (
      <ErrorNote error={planned.error}>
        <p className="lw-row">
          <Button small onClick={planned.again}>
            {t('common.tryAgain')}
          </Button>
          <Button small onClick={() => goTo({ screen: 'plan', item: undefined })}>
            {t('guide.emptyPlan')}
          </Button>
        </p>
      </ErrorNote>
    );
  if (!waiting && all.length === 0) {
    return (
      <>
        <h1>{t('nav.nodes')}</h1>
        {broken}
        <EmptyState
          icon="nodes"
          title={t('nodes.empty')}
          action={
            <div className="lw-nodes__example">
              <CommandBlock text={PLAN_EXAMPLE} what={t('nodes.example')} />
              <Button onClick={() => goTo({ screen: 'plan', item: undefined })}>
                {t('guide.emptyPlan')}
              </Button>
            </div>
          }
        >
          {t('nodes.emptyText')}
        </EmptyState>
      </>
    );
  }
  return (
    <div className="lw-nodes">
      <div className="lw-guide__head">
        <h1>{t('nav.nodes')}</h1>
        <p className="lw-muted" role="status">
          {waiting ? '' : t('nodes.count', { shown: rows.length, all: all.length })}
        </p>
        {missing.length > 0 ? (
          <Button disabled={!writable} onClick={() => setCreating(true)}>
            {t('nodes.create', { n: missing.length })}
          </Button>
        ) : null}
      </div>
      {broken}
      <HostRoom planned={planned.value} />
      {planned.value === undefined ? null : <LeftoverNetworks lab={planned.value.lab} />}
      <search className="lw-nodes__filter">
        <TextField
          type="search"
          label={t('nodes.filter')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <CheckboxInput
          label={t('nodes.onlyOurs')}
          checked={onlyOurs}
          onChange={(event) => setOnlyOurs(event.currentTarget.checked)}
        />
      </search>
      <MachineTable
        rows={waiting ? undefined : rows}
        order={order}
        onOrder={setOrder}
        chosen={chosen?.key}
        withMaas={Object.keys(maas).length > 0}
        onOpen={(row) => goTo({ item: row.key })}
      />
      {chosen === undefined ? null : (
        <MachineDetails row={chosen} onClose={() => goTo({ item: undefined })} />
      )}
      {creating ? (
        <PreviewPanel
          title={t('nodes.createTitle')}
          steps={steps}
          onClose={() => setCreating(false)}
        />
      ) : null}
    </div>
  );
}
