import { Disclosure } from '../components/disclosure.tsx';
import { Notice } from '../components/notice.tsx';
import { useText } from '../text/use-text.ts';
import type { MapProblem } from './lab-graph.ts';

/** So many are read; the rest is there for whoever opens it. */
const SHOWN = 4;

interface MapProblemsProps {
  readonly problems: readonly MapProblem[];
  readonly onShow: (problem: MapProblem) => void;
}

/** Why red edges are red, each with the way to it. */
export function MapProblems({ problems, onShow }: MapProblemsProps) {
  const { t } = useText();
  if (problems.length === 0) return null;
  const rest = problems.slice(SHOWN);
  return (
    <Notice tone="negative" title={t('map.problems', { n: problems.length })}>
      <ProblemList problems={problems.slice(0, SHOWN)} onShow={onShow} />
      {rest.length === 0 ? null : (
        <Disclosure summary={t('map.problems.more', { n: rest.length })} className="lw-map__rest">
          <ProblemList problems={rest} onShow={onShow} />
        </Disclosure>
      )}
    </Notice>
  );
}

function ProblemList({ problems, onShow }: MapProblemsProps) {
  const { t, say } = useText();
  return (
    <ul className="lw-notes">
      {problems.map((problem) => (
        <li key={problem.id}>
          {say(problem.why)}{' '}
          <button
            type="button"
            className="lw-link"
            aria-label={`${t('map.show')}: ${say(problem.why)}`}
            onClick={() => onShow(problem)}
          >
            {t('map.show')}
          </button>
        </li>
      ))}
    </ul>
  );
}
