/** What a test decides about the computer on which the app starts. Handed over in the environment. */
export interface ComputerOptions {
  /** Folder for everything that the app and Chromium write. */
  readonly directory: string;
  /** What `safeStorage` reports; `none` is a Linux without any keychain. */
  readonly keychain: 'gnome_libsecret' | 'basic_text' | 'none';
  /** The keychain asks its owner first, and answers when the test says so. */
  readonly slowKeychain: boolean;
  readonly languages: readonly string[];
  readonly displays: readonly Rectangle[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const OPTIONS_VARIABLE = 'LABWRIGHT_SHIM';

export function computerOptions(): ComputerOptions {
  return JSON.parse(process.env[OPTIONS_VARIABLE] ?? '') as ComputerOptions;
}
