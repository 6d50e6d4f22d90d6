import type { SnapshotOffer } from '../../contract/action.ts';
import { CheckboxInput } from '../components/kit.ts';
import { useText } from '../text/use-text.ts';

interface SnapshotFirstProps {
  readonly offers: readonly SnapshotOffer[] | undefined;
  readonly wanted: boolean;
  readonly onWant: (wanted: boolean) => void;
}

/** Offers a way back from what is risky, where there is one; where there is none it says why. */
export function SnapshotFirst({ offers = [], wanted, onWant }: SnapshotFirstProps) {
  const { t, say, language } = useText();
  if (offers.length === 0) return null;
  const kept = offers.filter(({ trouble }) => trouble === undefined);
  const names = kept.map(({ machine }) => machine).join(language === 'ja' ? '、' : ', ');
  return (
    <div className="lw-snapshot-first">
      {kept.length === 0 ? null : (
        <>
          <CheckboxInput
            label={t('snapshot.first', { machines: names })}
            checked={wanted}
            onChange={(event) => onWant(event.currentTarget.checked)}
          />
          <p className="lw-help">{t('snapshot.firstHelp')}</p>
        </>
      )}
      {offers.map(({ machine, trouble }) =>
        trouble === undefined ? null : (
          <p className="lw-help" key={machine}>
            {say(trouble)}
          </p>
        ),
      )}
    </div>
  );
}
