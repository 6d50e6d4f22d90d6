import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

/** Begins what a step measures when the person is ready for it, and ends the waiting. */
export function MeasureButton({ id, step }: { id: string; step: string }) {
  const { t, say } = useText();
  const { path, state, writable } = useLab();
  const call = useCall();
  const measures = state.chapters.some(({ steps }) =>
    steps.some((each) => each.id === id && each.measures),
  );
  if (!measures) return null;
  const stop = state.measuring.includes(id);
  return (
    <>
      <Button
        disabled={!writable || call.busy}
        onClick={() => call.run(() => calls.guide.measure({ lab: path, id, stop }))}
      >
        {stop ? t('guide.stopMeasuring') : say({ key: `step.${step}.measure` })}
      </Button>
      {stop ? (
        <p className="lw-help" role="status">
          {say({ key: `step.${step}.measuring` })}
        </p>
      ) : null}
      <ErrorNote error={call.error} />
    </>
  );
}
