import { useState } from 'react';
import type { PowerChange } from '../../contract/machines.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { AskPanel } from '../guide/ask-panel.tsx';
import { SnapshotFirst } from '../guide/snapshot-first.tsx';
import { useText } from '../text/use-text.ts';
import type { MachineRow } from './machine-rows.ts';

interface PowerPanelProps {
  readonly row: MachineRow;
  readonly to: PowerChange;
  readonly onClose: () => void;
}

/** What changing the power of a machine would do, and the question whether it shall be done. */
export function PowerPanel({ row: { name, host, uuid, key }, to, onClose }: PowerPanelProps) {
  const { t } = useText();
  const { path: lab } = useLab();
  const [snapshot, setSnapshot] = useState(false);
  const what = { lab, host, uuid, to, snapshot };
  return (
    <AskPanel
      title={t(`nodes.powerOf.${to}`, { name })}
      subject={`${key} ${to} ${snapshot}`}
      button={t(`nodes.powerApply.${to}`)}
      tone={to === 'on' ? 'positive' : 'negative'}
      ask={(signal) => calls.machines.previewPower(what, { signal })}
      start={(digest) => calls.machines.power({ ...what, digest })}
      onClose={onClose}
    >
      {(shown) => (
        <SnapshotFirst offers={shown?.snapshots} wanted={snapshot} onWant={setSnapshot} />
      )}
    </AskPanel>
  );
}
