import type { Finding } from '../../contract/finding.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Moment } from '../components/when.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

/** Who says so, when and why, with the way back. */
export function ClaimNote({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { path, writable } = useLab();
  const call = useCall();
  const { id, by, state } = finding;
  if (by === undefined || (state !== 'claimed' && state !== 'skipped')) return null;
  return (
    <div className="lw-claim">
      <p>
        {t(`claim.${state}.by`, { who: by.who })} <Moment at={by.at} />
        {by.why === '' ? null : <q>{by.why}</q>}
      </p>
      <Button
        small
        disabled={!writable || call.busy}
        onClick={() =>
          call.run(() => calls.guide.claim({ lab: path, id, what: 'withdrawn', why: '' }))
        }
      >
        {t('claim.withdraw')}
      </Button>
      <ErrorNote error={call.error} />
    </div>
  );
}
