import type { LabState } from '../../contract/lab-state.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

interface MeasureProps {
  readonly id: string;
  readonly step: string;
}

/** Whether a person can begin a measurement for this step. */
const measures = (state: LabState, id: string): boolean =>
  state.chapters.some(({ steps }) => steps.some((each) => each.id === id && each.measures));

/** Begins what a step measures when the person is ready for it, and ends the waiting. */
export function MeasureButton({ id, step }: MeasureProps) {
  const { t, say } = useText();
  const { path, state, writable } = useLab();
  const call = useCall();
  if (!measures(state, id)) return null;
  const stop = state.measuring.includes(id);
  return (
    <>
      <Button
        disabled={!writable || call.busy}
        onClick={() => call.run(() => calls.guide.measure({ lab: path, id, stop }))}
      >
        {stop ? t('guide.stopMeasuring') : say({ key: `step.${step}.measure` })}
      </Button>
      <ErrorNote error={call.error} />
    </>
  );
}

/** What the measurement waits for, while it does. */
export function Measuring({ id, step }: MeasureProps) {
  const { say } = useText();
  const { state } = useLab();
  if (!measures(state, id)) return null;
  const waits = state.measuring.includes(id);
  return (
    <p className="lw-help" role="status">
      {waits ? say({ key: `step.${step}.measuring` }) : null}
    </p>
  );
}
