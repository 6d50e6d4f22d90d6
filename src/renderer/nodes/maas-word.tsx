import { Icon } from '../components/icon.tsx';
import { useNow } from '../core/ticking.ts';
import { span } from '../text/quantities.ts';
import { useText } from '../text/use-text.ts';
import { isStuckNow, type MaasSide } from './maas-side.ts';

/** MAAS's state in a word; while it is at work, the rung reached and since when. */
export function MaasWord({ side }: { side: MaasSide | undefined }) {
  const text = useText();
  const now = useNow();
  const { t } = text;
  if (side === undefined) return <span className="lw-muted">–</span>;
  const { machine, ladder } = side;
  const word = t(`nodes.maas.status.${machine.status}`);
  const climbing = ladder !== undefined && ladder.stage !== 'over' && ladder.failed === undefined;
  const working = machine.status === 'commissioning' || machine.status === 'deploying';
  if (!climbing || !working) return <span>{word}</span>;
  const stuck = isStuckNow(side, now);
  const rung = t(`nodes.stage.${ladder.stage}`);
  const since = span(text, Math.max(0, (now - ladder.since) / 1000));
  return (
    <>
      {stuck ? (
        <span className="lw-lint is-before" title={t(`nodes.stuck.${ladder.stage}`)}>
          <Icon name="drifted" />
          <span>{t('nodes.stuck')}</span>
        </span>
      ) : null}
      <span title={word}>
        {rung} · {since}
      </span>
    </>
  );
}
