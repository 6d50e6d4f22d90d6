import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { userDirectories } from '../app/user-directories.ts';
import { createLocalCore } from '../server/local-core.ts';
import { openWindow } from '../server/open-window.ts';
import { serve } from '../server/serve.ts';
import type { Console } from './console.ts';
import type { Options } from './options.ts';

const WHY = {
  'no-display': 'no display is available here',
  'no-browser': 'no Chromium, Chrome or Edge was found',
} as const;

/** Where the built renderer lies: beside the built command line, or in dist when run from sources. */
function rendererDirectory(): string {
  const beside = join(import.meta.dirname, 'renderer');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../../dist/renderer');
}

/** The browser shell: opens a window where it can, otherwise prints the one-time address. */
export async function serveCommand(options: Options, console: Console): Promise<number> {
  const { core, damaged } = await createLocalCore('browser');
  if (damaged) console.note(console.say(damaged.reason));
  const port = options.port === undefined ? {} : { port: Number(options.port) };
  const shell = await serve(core, { renderer: rendererDirectory(), ...port });
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    const opened = options['no-window']
      ? { why: 'no-display' as const }
      : openWindow(shell.entrance, join(userDirectories().data, 'browser'));
    if ('window' in opened) {
      console.note('Labwright runs in a browser window of its own. Closing it ends Labwright.');
      opened.window.once('error', () => printEntrance());
      opened.window.once('exit', () => resolve());
    } else {
      if (!options['no-window']) console.note(`No window could be opened: ${WHY[opened.why]}.`);
      printEntrance();
    }
    function printEntrance(): void {
      console.note('Open this address in a browser on this computer; it works once:');
      console.print(shell.entrance);
    }
  });
  await stopped;
  await shell.close();
  await core.close();
  return 0;
}
