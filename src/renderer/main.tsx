import './core/no-eval.ts';
import '@fontsource-variable/ubuntu-sans/wght.css';
import '@fontsource-variable/ubuntu-sans-mono/wght.css';
import '@xterm/xterm/css/xterm.css';
import '@xyflow/react/dist/base.css';
import './style/vanilla.scss';
import './style/app.scss';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { chooseLanguage } from '../messages/catalogues.ts';
import { App } from './app.tsx';
import { appState, followSettings } from './core/app-state.ts';
import { startTranslation } from './text/i18n.ts';

startTranslation(chooseLanguage(appState.get().settings.language, navigator.language));
followSettings();
const place = document.getElementById('app');
if (place === null) throw new Error('the page has no place for the app');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
