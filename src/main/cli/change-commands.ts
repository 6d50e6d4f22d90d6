import type { Preview } from '../../contract/action.ts';
import type { Change } from '../../contract/change.ts';
import type { Run } from '../../contract/run.ts';
import type { LabSession } from '../app/lab-session.ts';
import type { Console } from './console.ts';
import {
  agreed,
  assertExpected,
  assertOwner,
  follow,
  given,
  observe,
  withLab,
} from './lab-commands.ts';
import type { Options } from './options.ts';
import { printLeft } from './report.ts';

/** What is previewed as a whole, agreed to, and done exactly so. */
interface Whole {
  readonly question: Parameters<typeof agreed>[3];
  readonly nothing?: 'cli.nothing-to-undo';
  readonly preview: (session: LabSession) => Preview;
  readonly start: (session: LabSession, digest: string) => Run;
}

function whole(options: Options, console: Console, { question, nothing, preview, start }: Whole) {
  return withLab(options, console, async (session, vault) => {
    assertOwner(session, console);
    await observe(session, vault, options, console);
    const shown = preview(session);
    assertExpected(shown, options);
    if (shown.steps.length === 0) {
      if (options.json) console.print(JSON.stringify({ run: null, preview: shown }, null, 2));
      else {
        console.note(console.say({ key: nothing ?? 'cli.nothing-to-do' }));
        printLeft(console, shown);
      }
      return 0;
    }
    await agreed(shown, options, console, question);
    const run = await follow(session, start(session, shown.digest), options, console);
    if (options.json) console.print(JSON.stringify({ run }, null, 2));
    return run.state === 'succeeded' ? 0 : 2;
  });
}

const changing = (change: Change): Pick<Whole, 'preview' | 'start'> => ({
  preview: ({ runs }) => runs.previewChange(change),
  start: ({ runs }, digest) => runs.change(change, digest),
});

/** Takes a run back: step by step, or by the snapshots that it took first. */
export function undo(options: Options, console: Console): Promise<number> {
  const run = given(options.run, '--run');
  if (options.revert) {
    const change = changing({ what: 'revert', run });
    return whole(options, console, { question: 'cli.revert-question', ...change });
  }
  return whole(options, console, {
    question: 'cli.undo-question',
    nothing: 'cli.nothing-to-undo',
    preview: ({ runs }) => runs.previewUndo(run),
    start: ({ runs }, digest) => runs.undo(run, digest),
  });
}

/** All is well: what a run took snapshots for need not be put back. */
export function dropSnapshots(options: Options, console: Console): Promise<number> {
  const change = changing({ what: 'drop-snapshots', run: given(options.run, '--run') });
  return whole(options, console, { question: 'cli.drop-question', ...change });
}

/** Takes back everything that any run made and that is still there. */
export function teardown(options: Options, console: Console): Promise<number> {
  const change = changing({ what: 'teardown', keepData: options['keep-data'] });
  return whole(options, console, { question: 'cli.teardown-question', ...change });
}
