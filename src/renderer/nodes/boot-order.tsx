import { Icon } from '../components/icon.tsx';
import { useText } from '../text/use-text.ts';
import type { MachineRow } from './machine-rows.ts';

/** What the firmware tries, in order, with a mark where MAAS could not take the machine over. */
export function BootOrder({ row }: { row: MachineRow }) {
  const { t } = useText();
  if (row.machine === undefined) return <span className="lw-muted">–</span>;
  const devices = row.boot.map((device) => t(`nodes.boot.${device}`));
  return (
    <>
      {row.bootIsWrong ? (
        <span className="lw-lint is-before" title={t('nodes.boot.wrongHelp')}>
          <Icon name="drifted" />
          <span>{t('nodes.boot.wrong')}</span>
        </span>
      ) : null}
      <span title={devices.join(' → ')}>
        {devices.length === 0 ? t('nodes.boot.none') : devices.join(' → ')}
      </span>
    </>
  );
}
