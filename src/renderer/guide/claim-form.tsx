import { useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { focusScreen } from '../core/focus-screen.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

type What = 'claimed' | 'skipped';

/** Skip…, I did this…: recorded with name, time and reason, and never shown as done. */
export function ClaimForm({ id, title }: { id: string; title: string }) {
  const { t } = useText();
  const { path } = useLab();
  const [what, setWhat] = useState<What | undefined>(undefined);
  const [why, setWhy] = useState('');
  const call = useCall();
  const close = () => {
    setWhat(undefined);
    setWhy('');
    call.clear();
  };
  return (
    <>
      <Button onClick={() => setWhat('skipped')}>{t('claim.skip')}</Button>
      <Button onClick={() => setWhat('claimed')}>{t('claim.claim')}</Button>
      {what === undefined ? null : (
        <Dialog title={t(`claim.${what}.title`, { title })} onClose={close}>
          <form
            onSubmit={async (event) => {
              event.preventDefault();
              const done = await call.run(() =>
                calls.guide.claim({ lab: path, id, what, why: why.trim() }),
              );
              if (!done) return;
              close();
              // The button that opened this goes away with the state of the step.
              requestAnimationFrame(focusScreen);
            }}
          >
            <p>{t(`claim.${what}.help`)}</p>
            <TextField
              label={t('claim.why')}
              value={why}
              maxLength={500}
              required
              onChange={(event) => setWhy(event.target.value)}
            />
            <ErrorNote error={call.error} />
            <div className="lw-buttons is-end">
              <Button onClick={close}>{t('common.cancel')}</Button>
              <Button type="submit" appearance="positive" disabled={call.busy || why.trim() === ''}>
                {t(`claim.${what}.button`)}
              </Button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
