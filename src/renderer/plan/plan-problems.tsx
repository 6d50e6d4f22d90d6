import type { PlanProblem } from '../../contract/lab-state.ts';
import { Notice } from '../components/notice.tsx';
import { useText } from '../text/use-text.ts';

interface PlanProblemsProps {
  readonly problems: readonly PlanProblem[];
  readonly onGo: (problem: PlanProblem) => void;
}

export function PlanProblems({ problems, onGo }: PlanProblemsProps) {
  const { t, say } = useText();
  if (problems.length === 0) return null;
  return (
    <Notice tone="negative" title={t('plan.problems', { n: problems.length })}>
      <ul className="lw-plan__problems">
        {problems.map((problem) => (
          <li key={`${problem.line}:${problem.column}:${problem.path}:${problem.reason.key}`}>
            <button type="button" className="lw-link" onClick={() => onGo(problem)}>
              {problem.line}:{problem.column}
            </button>{' '}
            {problem.path === '' ? null : <code>{problem.path}</code>} {say(problem.reason)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
