import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';

const NAME = 'labwrightTest';
let bundle: Promise<string> | undefined;

async function bundleClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page-client.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: NAME,
    footer: { js: `globalThis.${NAME} = ${NAME};` },
    target: 'chrome140',
  });
  return outputFiles[0]!.text;
}

interface PageClient {
  call(path: string, input?: unknown): Promise<unknown>;
  exchange(bytes: readonly number[]): Promise<readonly number[]>;
}

type Holder = Record<typeof NAME, PageClient>;

/** Calls and terminal frames as the page makes them, through the real preload. */
export async function drive(page: Page): Promise<PageClient> {
  bundle ??= bundleClient();
  await page.evaluate(await bundle);
  return {
    call: (path, input) =>
      page.evaluate(
        ([name, input]) => (globalThis as unknown as Holder).labwrightTest.call(name, input),
        [path, input] as const,
      ),
    exchange: (bytes) =>
      page.evaluate(
        (bytes) => (globalThis as unknown as Holder).labwrightTest.exchange(bytes),
        bytes,
      ),
  };
}
