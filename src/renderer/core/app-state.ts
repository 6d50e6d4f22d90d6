import type { AppInfo } from '../../contract/api.ts';
import type { SettingsPatch } from '../../contract/settings.ts';
import { Settings } from '../../contract/settings.ts';
import { chooseLanguage } from '../../messages/catalogues.ts';
import { speak } from '../text/i18n.ts';
import { calls, core } from './core-connection.ts';
import { Store } from './store.ts';

export interface AppState {
  readonly info: AppInfo | undefined;
  readonly settings: Settings;
}

/** What the first paint needs before the core has answered: no flash of the wrong theme. */
const REMEMBERED = 'labwright.settings';

function remembered(): Settings {
  try {
    return Settings.parse(JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}'));
  } catch {
    return Settings.parse({});
  }
}

export const appState = new Store<AppState>({ info: undefined, settings: remembered() });

const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function isDark(settings: Settings): boolean {
  return settings.theme === 'system' ? dark.matches : settings.theme === 'dark';
}

function wear(): void {
  const { info, settings } = appState.get();
  const inDark = isDark(settings);
  document.body.classList.toggle('is-dark', inDark);
  document.body.classList.toggle('is-light', !inDark);
  document.documentElement.style.colorScheme = inDark ? 'dark' : 'light';
  speak(chooseLanguage(settings.language, info?.systemLanguage ?? navigator.language));
}

async function read(): Promise<void> {
  const [info, settings] = await Promise.all([calls.app.info(), calls.app.settings()]);
  keep({ info, settings });
}

function keep(next: AppState): void {
  appState.set(next);
  const { recent: _, ...own } = next.settings;
  localStorage.setItem(REMEMBERED, JSON.stringify(own));
}

export async function changeSettings(patch: SettingsPatch): Promise<void> {
  // All of them: what is left out of a patch would be read as its default.
  const { recent: _, ...current } = appState.get().settings;
  keep({ ...appState.get(), settings: await calls.app.changeSettings({ ...current, ...patch }) });
}

/** Follows the settings for as long as the page lives. */
export function followSettings(): void {
  let generation = 0;
  const follow = () => {
    const state = core.state.get();
    if (state.phase !== 'connected' || state.generation === generation) return;
    generation = state.generation;
    // A connection that is cut meanwhile asks again by itself.
    read().catch(() => {});
  };
  appState.subscribe(wear);
  // The same settings mean something else now; everyone who draws by them is told.
  dark.addEventListener('change', () => appState.set({ ...appState.get() }));
  core.state.subscribe(follow);
  wear();
  follow();
}
