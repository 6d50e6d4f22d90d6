import type { Run } from '../../contract/run.ts';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

/** Says what a cancel would do now: stop at once, after this action, or not at all. */
export function CancelButton({ run }: { run: Run }) {
  const { t, say } = useText();
  const { path, writable } = useLab();
  const call = useCall();
  if (run.state !== 'running') return null;
  const how = run.cancel ?? 'after-this';
  const label = run.cancelRequested
    ? t(how === 'kill' ? 'cancel.stopping' : 'cancel.stoppingAfter')
    : t(`cancel.do.${how}`);
  return (
    <>
      <Button
        small
        appearance="negative"
        disabled={!writable || call.busy || run.cancelRequested || how === 'never'}
        onClick={() => call.run(() => calls.runs.cancel({ lab: path, run: run.id }))}
      >
        {label}
      </Button>
      {call.error === undefined ? null : (
        <span className="lw-negative" role="alert">
          {say(call.error.reason)}
        </span>
      )}
    </>
  );
}
