import { useState } from 'react';
import { networkNameOf } from '../../contract/plan.ts';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { useLab } from '../core/lab-context.ts';
import { ChangePanel } from '../guide/change-panel.tsx';
import { useText } from '../text/use-text.ts';

interface Leftover {
  readonly host: string;
  readonly name: string;
}

/** Networks that bear the mark of this lab and have left the plan. They have no row of their own. */
export function LeftoverNetworks({ lab }: { lab: string }) {
  const { t } = useText();
  const { state, writable } = useLab();
  const [chosen, setChosen] = useState<Leftover | undefined>(undefined);
  const planned = Object.values(state.plan.plan?.networks ?? {});
  const found = Object.entries(state.inventories).flatMap(([host, { inventory }]) =>
    inventory.networks
      .filter(({ owner, name }) => owner?.lab === lab && owner.machine === `labwright-${name}`)
      .filter(
        ({ name }) => !planned.some((wish) => wish.on === host && networkNameOf(wish) === name),
      )
      .map(({ name }): Leftover => ({ host, name })),
  );
  if (found.length === 0) return null;
  return (
    <>
      <Notice tone="information" title={t('nodes.leftover.networks')}>
        <ul className="lw-machine__list">
          {found.map((each) => (
            <li key={`${each.host}/${each.name}`}>
              <code>{each.name}</code> <span translate="no">{each.host}</span>
              <Button small disabled={!writable} onClick={() => setChosen(each)}>
                {t('nodes.leftover.openNamed', { name: each.name })}
              </Button>
            </li>
          ))}
        </ul>
      </Notice>
      {chosen === undefined ? null : (
        <ChangePanel
          change={{ what: 'remove', host: chosen.host, machines: [], networks: [chosen.name] }}
          title={t('nodes.leftover.title', { name: chosen.name })}
          button={t('nodes.leftover.button')}
          onClose={() => setChosen(undefined)}
        >
          {() => <p className="lw-help">{t('nodes.leftover.panelHelp')}</p>}
        </ChangePanel>
      )}
    </>
  );
}
