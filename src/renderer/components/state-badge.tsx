import type { FindingState } from '../../contract/finding.ts';
import { useText } from '../text/use-text.ts';
import { Icon } from './icon.tsx';

/** A step's state: picture and word, so that it never depends on colour. */
export function StateBadge({ state }: { state: FindingState }) {
  const { t } = useText();
  return (
    <span className={`lw-state is-${state}`}>
      <Icon name={state} />
      <span>{t(`state.${state}`)}</span>
    </span>
  );
}
