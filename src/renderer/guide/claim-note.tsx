import type { Finding } from '../../contract/finding.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Moment } from '../components/when.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

/** When it was said, with the way back; who and why is what was found. */
export function ClaimNote({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { path, writable } = useLab();
  const call = useCall();
  const { id, by, state } = finding;
  if (by === undefined || (state !== 'claimed' && state !== 'skipped')) return null;
  return (
    <div className="lw-claim">
      <p>
        {t('claim.recorded')} <Moment at={by.at} />
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
