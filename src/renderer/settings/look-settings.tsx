import { Settings } from '../../contract/settings.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { ChoiceField } from '../components/field.tsx';
import { appState, changeSettings } from '../core/app-state.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

/** Language and theme; also on the start screen, for someone who cannot read the language shown. */
export function LookSettings({ compact = false }: { compact?: boolean }) {
  const { t } = useText();
  const { settings } = useStore(appState);
  const { run, error } = useCall();
  const languages = [
    { value: 'system', label: t('settings.system') },
    { value: 'en', label: 'English' },
    { value: 'ja', label: '日本語' },
  ];
  const themes = (['system', 'light', 'dark'] as const).map((theme) => ({
    value: theme,
    label: t(`settings.theme.${theme}`),
  }));
  return (
    <div className={compact ? 'lw-look is-compact' : 'lw-look'}>
      <ChoiceField
        label={t('settings.language')}
        value={settings.language}
        choices={languages}
        onChange={(event) => {
          const language = Settings.shape.language.parse(event.target.value);
          void run(() => changeSettings({ language }));
        }}
      />
      <ChoiceField
        label={t('settings.theme')}
        value={settings.theme}
        choices={themes}
        onChange={(event) => {
          const theme = Settings.shape.theme.parse(event.target.value);
          void run(() => changeSettings({ theme }));
        }}
      />
      <ErrorNote error={error} />
    </div>
  );
}
