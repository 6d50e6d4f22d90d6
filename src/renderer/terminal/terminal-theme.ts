import type { ITheme } from '@xterm/xterm';

const DARK: ITheme = {
  background: '#1c1c1c',
  foreground: '#e8e8e8',
  cursor: '#f2f2f2',
  cursorAccent: '#1c1c1c',
  selectionBackground: '#4d6a88',
  black: '#3b3b3b',
  red: '#f0707d',
  green: '#7cc784',
  yellow: '#e0b04c',
  blue: '#7fb1e8',
  magenta: '#cf9be0',
  cyan: '#6fc7c7',
  white: '#d6d6d6',
  brightBlack: '#8f8f8f',
  brightRed: '#ff9aa4',
  brightGreen: '#a2e0a8',
  brightYellow: '#f2cf7e',
  brightBlue: '#a9cdf5',
  brightMagenta: '#e2bdf0',
  brightCyan: '#9be0e0',
  brightWhite: '#ffffff',
};

const LIGHT: ITheme = {
  background: '#ffffff',
  foreground: '#1a1a1a',
  cursor: '#1a1a1a',
  cursorAccent: '#ffffff',
  selectionBackground: '#b5d3f2',
  black: '#1a1a1a',
  red: '#b0142a',
  green: '#0b6b1b',
  yellow: '#7a5200',
  blue: '#0f56a3',
  magenta: '#7d2a97',
  cyan: '#096a6a',
  white: '#666666',
  brightBlack: '#595959',
  brightRed: '#c7162b',
  brightGreen: '#0e7a20',
  brightYellow: '#855a00',
  brightBlue: '#1466c0',
  brightMagenta: '#9332b0',
  brightCyan: '#0a7676',
  brightWhite: '#4d4d4d',
};

export function terminalTheme(dark: boolean): ITheme {
  return dark ? DARK : LIGHT;
}
