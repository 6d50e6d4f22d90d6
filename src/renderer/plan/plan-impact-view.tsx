import type { PlanImpact } from '../../contract/api.ts';
import { ErrorNote } from '../components/error-note.tsx';
import type { ShownError } from '../core/shown-error.ts';
import { splitInstance, stepTitle } from '../guide/step-name.ts';
import { useText } from '../text/use-text.ts';

interface PlanImpactViewProps {
  readonly impact: PlanImpact | undefined;
  readonly error: ShownError | undefined;
}

/** What a change would mean, before it is saved. */
export function PlanImpactView({ impact, error }: PlanImpactViewProps) {
  const text = useText();
  const { t } = text;
  const groups =
    impact === undefined
      ? []
      : [
          { label: t('plan.added'), ids: impact.added },
          { label: t('plan.removed'), ids: impact.removed },
          { label: t('plan.rechecked'), ids: impact.changed },
        ].filter((group) => group.ids.length > 0);
  const nothing =
    impact !== undefined &&
    impact.problems.length === 0 &&
    impact.differences.length === 0 &&
    groups.length === 0;
  return (
    <section className="lw-card lw-impact" aria-labelledby="plan-impact">
      <h2 id="plan-impact">{t('plan.impact')}</h2>
      <ErrorNote error={error} />
      {impact !== undefined && impact.problems.length > 0 ? (
        <p className="lw-muted">{t('plan.impactBroken')}</p>
      ) : null}
      {nothing ? <p className="lw-muted">{t('plan.impactNothing')}</p> : null}
      {impact === undefined || impact.differences.length === 0 ? null : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('plan.value')}</th>
              <th scope="col">{t('plan.old')}</th>
              <th scope="col">{t('plan.new')}</th>
            </tr>
          </thead>
          <tbody>
            {impact.differences.map((difference) => (
              <tr key={difference.path}>
                <th scope="row">
                  <code>{difference.path}</code>
                </th>
                <td>
                  <del>{difference.old}</del>
                </td>
                <td>
                  <ins>{difference.new}</ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {groups.map(({ label, ids }) => (
        <div key={label}>
          <h3>{label}</h3>
          <ul className="lw-notes">
            {ids.map((id) => (
              <li key={id}>
                {stepTitle(text, splitInstance(id).step)} <code>{splitInstance(id).target}</code>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
