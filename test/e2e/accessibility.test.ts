import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

interface Violation {
  readonly id: string;
  readonly nodes: readonly { target: readonly unknown[]; failureSummary?: string }[];
}

/** Runs axe in the page. It is added by the debugger, because the page's own rules forbid it. */
async function violations(screens: Screens): Promise<string[]> {
  const client = await screens.page.context().newCDPSession(screens.page);
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'axe failed');
    return result.value as unknown;
  };
  await evaluate(axeSource);
  const found = (await evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then((r) => r.violations)",
  )) as Violation[];
  await client.detach();
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(' | ')}`,
  );
}

describe.each(['light', 'dark'] as const)('accessibility in the %s theme', (theme) => {
  let app: LabwrightApp;
  let screens: Screens;

  beforeAll(async () => {
    app = await LabwrightApp.open({ theme });
    screens = new Screens(app.page);
  });

  afterAll(async () => {
    await app?.close();
  });

  test('the Start screen has no violation', async () => {
    await screens.button('start.practiceOpen').waitFor();
    expect(await violations(screens)).toEqual([]);
  });

  test('the Guide with a preview has none', async () => {
    await screens.openPractice();
    await screens.stepIs('mirror.packages', 'todo');
    await screens.openStep('mirror.packages');
    await screens.button('guide.applyAll').click();
    await screens.page
      .getByRole('complementary')
      .getByText('sstream-mirror')
      .first()
      .waitFor({ state: 'attached' });
    expect(await violations(screens)).toEqual([]);
  });

  test.each(['hosts', 'journal', 'plan', 'settings'] as const)(
    'the screen %s has none',
    async (name) => {
      await screens.go(name);
      expect(await violations(screens)).toEqual([]);
    },
  );

  test('an open terminal has none', async () => {
    await screens.go('hosts');
    await screens.button('hosts.terminal').first().click();
    await screens.terminalShows('ubuntu@mirror');
    expect(await violations(screens)).toEqual([]);
  });

  test('the list of keys opens with ? and returns the focus', async () => {
    await screens.go('guide');
    await screens.page.locator('h1').click();
    await screens.page.keyboard.press('?');
    await screens.page.getByRole('dialog', { name: screens.text('keys.title') }).waitFor();
    expect(await violations(screens)).toEqual([]);
    await screens.page.keyboard.press('Escape');
    await screens.page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
