import { StateBadge } from '../components/state-badge.tsx';
import { useLab } from '../core/lab-context.ts';
import { routeHash } from '../core/route.ts';
import { useText } from '../text/use-text.ts';
import { splitInstance, stepTitle } from './step-name.ts';

/** The steps that must be done first, each a way to go there. */
export function WaitsFor({ ids }: { ids: readonly string[] }) {
  const text = useText();
  const { path, state } = useLab();
  if (ids.length === 0) return null;
  return (
    <div className="lw-waits">
      <p>{text.t('guide.waitsFor')}</p>
      <ul>
        {ids.map((id) => (
          <li key={id}>
            <a href={routeHash({ lab: path, screen: 'guide', item: id })}>
              {stepTitle(text, splitInstance(id).step)}
            </a>
            <StateBadge state={state.findings[id]?.state ?? 'unknown'} />
          </li>
        ))}
      </ul>
    </div>
  );
}
