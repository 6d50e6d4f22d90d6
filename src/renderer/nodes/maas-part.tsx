import { BOOT_STAGES, secondsLeft } from '../../contract/boot-ladder.ts';
import { Icon } from '../components/icon.tsx';
import { Age, Moment } from '../components/when.tsx';
import { useNow } from '../core/ticking.ts';
import { span } from '../text/quantities.ts';
import { useText } from '../text/use-text.ts';
import { isPowerDrift, isStuckNow, type MaasSide } from './maas-side.ts';
import type { Power } from './machine-rows.ts';

interface MaasPartProps {
  readonly side: MaasSide;
  readonly power: Power;
}

/** What MAAS says of the machine: its state, what it believes of the power, and how far it has come. */
export function MaasPart({ side, power }: MaasPartProps) {
  const { t } = useText();
  const { machine, at } = side;
  return (
    <section className="lw-machine__part" aria-labelledby="machine-maas">
      <h3 id="machine-maas">{t('nodes.maas')}</h3>
      <p className="lw-row">
        <span className="lw-tag">{t(`nodes.maas.status.${machine.status}`)}</span>
        <span className="lw-muted">
          {t('nodes.observed')} <Age at={at} />
        </span>
      </p>
      {machine.said === '' ? null : <p translate="no">{machine.said}</p>}
      {isPowerDrift(power, side) ? (
        <p className="lw-lint">
          <Icon name="drifted" />
          <span>
            {t('nodes.maas.drift', {
              believed: t(`nodes.power.${machine.power === 'on' ? 'on' : 'off'}`),
              found: t(`nodes.power.${power}`),
            })}
          </span>
        </p>
      ) : null}
      <Ladder side={side} />
      <dl className="lw-facts">
        <div>
          <dt>{t('nodes.maas.name')}</dt>
          <dd translate="no">{machine.fqdn}</dd>
        </div>
        <div>
          <dt>{t('nodes.maas.powerType')}</dt>
          <dd translate="no">{machine.powerType || '–'}</dd>
        </div>
        <div>
          <dt>{t('nodes.maas.addresses')}</dt>
          <dd>
            <code>{machine.addresses.join(', ') || '–'}</code>
          </dd>
        </div>
        <div>
          <dt>{t('nodes.maas.system')}</dt>
          <dd translate="no">{[machine.os, machine.series].filter(Boolean).join(' ') || '–'}</dd>
        </div>
        <div>
          <dt>{t('nodes.maas.labels')}</dt>
          <dd translate="no">
            {[machine.pool, ...machine.tags].filter(Boolean).join(', ') || '–'}
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** The rungs of a start: those with proof, where it stands now, and those to come. */
function Ladder({ side }: { side: MaasSide }) {
  const text = useText();
  const now = useNow();
  const { t } = text;
  const { ladder, history } = side;
  if (ladder === undefined) return null;
  const stuck = isStuckNow(side, now);
  const left = secondsLeft(ladder, history, now);
  const proofs = new Map(ladder.proofs.map((proof) => [proof.stage, proof]));
  const reached = BOOT_STAGES.indexOf(ladder.stage);
  return (
    <>
      <h4>{t(`nodes.ladder.${ladder.work}`)}</h4>
      <ol className="lw-ladder" aria-label={t(`nodes.ladder.${ladder.work}`)}>
        {BOOT_STAGES.map((stage, index) => {
          const proof = proofs.get(stage);
          const here = stage === ladder.stage && stage !== 'over';
          const state =
            here && ladder.failed !== undefined
              ? 'failed'
              : here && stuck
                ? 'drifted'
                : proof !== undefined
                  ? 'done'
                  : index < reached
                    ? 'unknown'
                    : 'todo';
          return (
            <li key={stage} className={`is-${state}`} aria-current={here ? 'step' : undefined}>
              <Icon name={state} />
              <span>{t(`nodes.stage.${stage}`)}</span>
              {proof === undefined ? (
                index < reached ? (
                  <span className="lw-muted">{t('nodes.ladder.noProof')}</span>
                ) : null
              ) : (
                <span className="lw-muted" title={proof.said} translate="no">
                  <Moment at={proof.at} />
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {ladder.failed === undefined ? null : <p translate="no">{ladder.failed}</p>}
      {stuck ? <p>{t(`nodes.stuck.${ladder.stage}`)}</p> : null}
      {left === undefined ? null : (
        <p className="lw-muted">{t('nodes.ladder.left', { span: span(text, left) })}</p>
      )}
    </>
  );
}
