import { type ErrorData, LabwrightError } from '../../contract/error.ts';
import type { PlanProblem } from '../../contract/lab-state.ts';
import { describeProblem } from '../plan/plan-file.ts';
import type { Console } from './console.ts';

/** All that is wrong with a lab file: who mends it wants more than the first place. */
export class PlanInvalid extends LabwrightError {
  readonly #path: string;
  readonly #problems: readonly PlanProblem[];

  constructor(path: string, problems: readonly PlanProblem[]) {
    super('plan-invalid', { first: problems[0] ? describeProblem(problems[0]) : '' });
    this.#path = path;
    this.#problems = problems;
  }

  override toData(): ErrorData & { problems: readonly PlanProblem[] } {
    return { ...super.toData(), problems: this.#problems };
  }

  /** `LINE:COLUMN PATH sentence`, one per line, as compilers and editors know it. */
  lines(console: Console): string[] {
    const list = this.#problems.map(({ line, column, path, reason }) =>
      [`${line}:${column}`, path, console.say(reason)].filter((part) => part !== '').join(' '),
    );
    return [console.say({ key: 'cli.plan-problems', params: { path: this.#path } }), ...list];
  }
}
