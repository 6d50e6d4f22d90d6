import type { Locator, Page } from 'playwright-core';
import { catalogues, type Language, type MessageKey } from '../../src/messages/catalogues.ts';

/** How long an answer of the page may take. */
const PATIENCE_MS = 20_000;
/** How long a change of a host may take to be made and measured: apt alone needs many seconds. */
const WORK_MS = 90_000;

/** The screens as a person knows them: by the words on them, in either language. */
export class Screens {
  readonly page: Page;
  readonly language: Language;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.language = language;
    page.setDefaultTimeout(PATIENCE_MS);
  }

  text(key: MessageKey, params: Record<string, string | number> = {}): string {
    return catalogues[this.language][key].replace(/\{\{(\w+)[^}]*\}\}/g, (_, name: string) =>
      String(params[name] ?? ''),
    );
  }

  button(key: MessageKey, params: Record<string, string | number> = {}): Locator {
    return this.page.getByRole('button', { name: this.text(key, params), exact: true });
  }

  async openPractice(): Promise<void> {
    await this.button('start.practiceOpen').click();
    await this.page.getByRole('heading', { name: this.text('nav.guide'), level: 1 }).waitFor();
  }

  /** Opens a lab's screen by its address, as a bookmark does. */
  async openAt(path: string, screen: 'guide' | 'map' | 'nodes'): Promise<void> {
    const { origin } = new URL(this.page.url());
    await this.page.goto(`${origin}/#/lab/${encodeURIComponent(path)}/${screen}`);
    await this.page.getByRole('heading', { name: this.text(`nav.${screen}`), level: 1 }).waitFor();
  }

  async go(
    screen: 'guide' | 'map' | 'nodes' | 'hosts' | 'journal' | 'plan' | 'settings',
  ): Promise<void> {
    const nav = this.page.getByRole('navigation', { name: this.text('nav.label') });
    await nav.getByRole('link', { name: this.text(`nav.${screen}`) }).click();
    await this.page.getByRole('heading', { name: this.text(`nav.${screen}`), level: 1 }).waitFor();
  }

  step(step: string): Locator {
    return this.page.locator(`a[data-step^="${step}@"]`);
  }

  async openStep(step: string): Promise<void> {
    await this.step(step).click();
    const title = this.text(`step.${step}.title` as MessageKey);
    await this.page.getByRole('heading', { name: title, level: 2 }).waitFor();
  }

  /** Waits until the tick says so. */
  async stepIs(step: string, state: string): Promise<void> {
    await this.page
      .locator(`a[data-step^="${step}@"][data-state="${state}"]`)
      .waitFor({ timeout: WORK_MS });
  }

  async allDone(steps: readonly string[]): Promise<void> {
    for (const step of steps) await this.stepIs(step, 'done');
  }

  async openDock(): Promise<void> {
    const show = this.button('dock.show');
    if (await show.isVisible()) await show.click();
  }

  /** Types into the terminal that is shown. */
  async type(line: string): Promise<void> {
    await this.page.locator('.xterm-helper-textarea').last().focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  async terminalShows(text: string): Promise<void> {
    await this.page
      .locator('.xterm-rows')
      .last()
      .locator('div', { hasText: text })
      .first()
      .waitFor();
  }

  async terminalText(): Promise<string> {
    return this.page
      .locator('.xterm-rows')
      .last()
      .evaluate((rows) =>
        [...rows.children]
          .map((row) => (row.textContent ?? '').replace(/\u00a0/g, ' ').trimEnd())
          .join('\n'),
      );
  }
}

export const MIRROR_STEPS = [
  'mirror.reachable',
  'mirror.sudo',
  'mirror.clock',
  'mirror.disk',
  'mirror.packages',
  'mirror.web-root',
  'mirror.images',
  'mirror.signature',
  'mirror.files',
  'mirror.served',
  'mirror.refresh',
] as const;
