import { afterEach } from 'vitest';
import type { ComputerOptions } from './electron/options.ts';
import { newComputer, RunningApp } from './launch.ts';

type Settings = Partial<Omit<ComputerOptions, 'directory'>>;

/** A computer on which a test starts the app, once or again. All of it is gone after the test. */
export interface Computer {
  readonly directory: string;
  start(settings?: Settings): RunningApp;
}

/** Starting Chromium and the app takes about two seconds; a loaded machine gets plenty more. */
export const APP_TEST = { timeout: 60_000 };

const cleanups: (() => Promise<unknown>)[] = [];

export async function aComputer(): Promise<Computer> {
  const { directory, remove } = await newComputer();
  cleanups.push(remove);
  return {
    directory,
    start: (settings = {}) => {
      const app = RunningApp.start({ ...settings, directory });
      cleanups.push(() => app.kill());
      return app;
    },
  };
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
