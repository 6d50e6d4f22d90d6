import { useState } from 'react';
import type { PowerChange } from '../../contract/machines.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { PlannedActions } from '../guide/planned-actions.tsx';
import { RiskConsent } from '../guide/risk-consent.tsx';
import { isOpenRun } from '../guide/run-states.ts';
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
  const { path, state, writable } = useLab();
  const [agreedTo, setAgreedTo] = useState('');
  const power = useCall();
  const what = { lab: path, host, uuid, to };
  const preview = useAnswer(`${key} ${to}`, '', (signal) =>
    calls.machines.previewPower(what, { signal }),
  );
  const shown = preview.value;
  const busy = state.runs.some(isOpenRun);
  const agreed = shown !== undefined && agreedTo === shown.digest;
  return (
    <SidePanel
      title={t(`nodes.powerOf.${to}`, { name })}
      onClose={onClose}
      buttons={
        <>
          <RiskConsent
            risks={shown?.steps.flatMap((step) => step.risks) ?? []}
            agreed={agreed}
            onAgree={(yes) => setAgreedTo(yes && shown !== undefined ? shown.digest : '')}
          />
          <ErrorNote error={power.error} />
          {busy ? <p className="lw-help">{t('guide.busy')}</p> : null}
          <div className="lw-buttons">
            <Button
              appearance={to === 'on' ? 'positive' : 'negative'}
              disabled={!writable || busy || power.busy || !agreed}
              onClick={async () => {
                const digest = shown?.digest ?? '';
                if (await power.run(() => calls.machines.power({ ...what, digest }))) onClose();
              }}
            >
              {t(`nodes.powerApply.${to}`)}
            </Button>
          </div>
        </>
      }
    >
      {shown === undefined ? (
        preview.loading ? (
          <p className="lw-muted">{t('guide.previewLoading')}</p>
        ) : null
      ) : (
        <PlannedActions actions={shown.steps.flatMap((step) => step.actions)} />
      )}
      <ErrorNote error={preview.error} />
    </SidePanel>
  );
}
