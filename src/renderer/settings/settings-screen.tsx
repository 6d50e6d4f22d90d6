import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { CheckboxInput } from '../components/kit.ts';
import { appState, changeSettings } from '../core/app-state.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { LookSettings } from './look-settings.tsx';
import { NotificationSettings } from './notification-settings.tsx';
import { VaultSettings } from './vault-settings.tsx';

const SMALLEST_FONT = 8;
const LARGEST_FONT = 32;

export function SettingsScreen() {
  const { t } = useText();
  const { info, settings } = useStore(appState);
  const { run, error } = useCall();
  return (
    <div className="lw-settings">
      <h1>{t('nav.settings')}</h1>
      <section className="lw-card" aria-labelledby="settings-look">
        <h2 id="settings-look">{t('settings.look')}</h2>
        <LookSettings />
      </section>
      <section className="lw-card" aria-labelledby="settings-terminal">
        <h2 id="settings-terminal">{t('settings.terminal')}</h2>
        <div className="lw-look">
          <TextField
            type="number"
            label={t('settings.fontSize')}
            min={SMALLEST_FONT}
            max={LARGEST_FONT}
            value={settings.terminalFontSize}
            onChange={(event) => {
              const size = event.target.valueAsNumber;
              if (!Number.isInteger(size) || size < SMALLEST_FONT || size > LARGEST_FONT) return;
              void run(() => changeSettings({ terminalFontSize: size }));
            }}
          />
        </div>
        <CheckboxInput
          label={t('settings.screenReader')}
          checked={settings.screenReader}
          onChange={(event) => {
            const screenReader = event.currentTarget.checked;
            void run(() => changeSettings({ screenReader }));
          }}
        />
        <p className="lw-help">{t('settings.screenReaderHelp')}</p>
        <ErrorNote error={error} />
      </section>
      <NotificationSettings />
      <VaultSettings />
      {info === undefined ? null : (
        <p className="lw-help" translate="no">
          Labwright {info.version} · {info.shell} · Node {info.node}
          {info.electron === undefined ? '' : ` · Electron ${info.electron}`} · {info.platform}
        </p>
      )}
    </div>
  );
}
