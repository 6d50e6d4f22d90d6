import { useText } from '../text/use-text.ts';
import { Copyable } from './copyable.tsx';
import type { MachineRow } from './machine-rows.ts';

/** Interfaces in the order in which the guest sees them; the first is the one it boots from. */
export function MachineNics({ row: { machine, planned } }: { row: MachineRow }) {
  const { t } = useText();
  const nics =
    machine?.nics ??
    planned?.nics.map(({ mac, network, bridge }) => ({
      mac,
      network: network === bridge ? bridge : `${network} (${bridge})`,
      model: '',
    })) ??
    [];
  return (
    <section className="lw-machine__part" aria-labelledby="machine-nics">
      <h3 id="machine-nics">{t('nodes.interfaces')}</h3>
      {nics.length === 0 ? <p className="lw-muted">{t('nodes.noInterfaces')}</p> : null}
      <ol className="lw-machine__list">
        {nics.map(({ mac, network, model }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place of an interface is what it is.
          <li key={index}>
            {mac === '' ? <span>–</span> : <Copyable text={mac} what={mac} />}
            <span>{t('nodes.onNetwork', { network: network || '–' })}</span>
            <span className="lw-muted" translate="no">
              {model}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
