import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LabwrightError } from '../../contract/error.ts';
import { userDirectories } from '../app/user-directories.ts';
import { createLocalCore } from '../server/local-core.ts';
import { openWindow, takeProfile } from '../server/open-window.ts';
import { type BrowserShell, serve } from '../server/serve.ts';
import type { Console } from './console.ts';
import type { Options } from './options.ts';

/** A browser that runs already has opened its window by then, also on a slow computer. */
const HANDOVER_MS = 10_000;
/** What a page needs to notice that its window was closed. */
const CLOSING_MS = 1000;

/** Where the built renderer lies: beside the built command line, or in dist when run from sources. */
function rendererDirectory(): string {
  const beside = join(import.meta.dirname, 'renderer');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../../dist/renderer');
}

/** The browser shell: opens a window where it can, otherwise prints the one-time address. */
export async function serveCommand(options: Options, console: Console): Promise<number> {
  const port = options.port === undefined ? {} : { port: portOf(options.port) };
  const { core, damaged } = await createLocalCore('browser');
  if (damaged) console.note(console.say(damaged.reason));
  const shell = await serve(core, { renderer: rendererDirectory(), ...port }).catch((cause) => {
    const detail = (cause as Error).message;
    throw new LabwrightError('port-unusable', { port: port.port ?? 0 }, { cause, detail });
  });
  const printEntrance = () => {
    console.note(console.say({ key: 'cli.open-address' }));
    console.print(shell.entrance);
  };
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const profile = options['no-window'] ? undefined : takeProfile(userDirectories().data);
  const opened = profile && openWindow(shell.entrance, profile.path);
  if (opened === undefined) printEntrance();
  else if ('why' in opened) {
    console.note(console.say({ key: `cli.${opened.why}` }));
    printEntrance();
  } else {
    console.note(console.say({ key: 'cli.in-window' }));
    opened.window.once('error', printEntrance);
    opened.window.once('exit', () => void windowGone(shell, printEntrance).then(stop));
  }
  await stopped;
  if (opened && 'window' in opened) opened.window.kill();
  await shell.close();
  await core.close();
  profile?.release();
  return 0;
}

/**
 * Resolves when nobody looks any more. A browser that runs already with our profile (of a Labwright
 * that was killed) opens the window itself, and the program that we started ends at once.
 */
async function windowGone(shell: BrowserShell, printEntrance: () => void): Promise<void> {
  const wait = (milliseconds: number) =>
    new Promise<'late'>((resolve) => {
      setTimeout(resolve, milliseconds, 'late');
    });
  if ((await Promise.race([shell.visited, wait(HANDOVER_MS)])) === 'late') printEntrance();
  await shell.visited;
  await wait(CLOSING_MS);
  if (shell.pages > 0) await shell.left;
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) throw new LabwrightError('option-value', { option: '--port' });
  return port;
}
