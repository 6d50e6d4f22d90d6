import { useText } from '../text/use-text.ts';
import type { Power } from './machine-rows.ts';

/** Power as a lamp and a word. */
export function PowerWord({ power }: { power: Power }) {
  const { t } = useText();
  return (
    <span className={`lw-power is-${power}`}>
      <span className="lw-power__lamp" aria-hidden="true" />
      <span>{t(`nodes.power.${power}`)}</span>
    </span>
  );
}
