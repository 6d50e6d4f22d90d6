import { useId } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { CheckboxInput } from '../components/kit.ts';
import { appState, changeSettings } from '../core/app-state.ts';
import { useNotificationState } from '../core/notification-state.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { LONG_RUN_MS } from '../guide/worth-telling.ts';
import { span } from '../text/quantities.ts';
import { useText } from '../text/use-text.ts';

/** Whether the end of long work is told outside the window. A browser is asked here, by a click. */
export function NotificationSettings() {
  const text = useText();
  const { t } = text;
  const { info } = useStore(appState);
  const state = useNotificationState();
  const { run, busy, error } = useCall();
  const help = useId();
  const blocked = state === 'denied' || state === 'missing';
  const set = (notifications: boolean) =>
    run(async () => {
      // Asked within the click: browsers ignore the question at any other time.
      if (notifications && info?.canNotify !== true) await Notification.requestPermission();
      await changeSettings({ notifications });
    });
  return (
    <section className="lw-card" aria-labelledby="settings-notifications">
      <h2 id="settings-notifications">{t('settings.notifications')}</h2>
      <CheckboxInput
        label={t('settings.notify')}
        checked={state === 'on'}
        disabled={blocked || busy}
        aria-describedby={help}
        onChange={(event) => void set(event.currentTarget.checked)}
      />
      <div id={help}>
        <p className="lw-help">
          {t('settings.notifyHelp', { span: span(text, LONG_RUN_MS / 1000) })}
        </p>
        {state === 'on' || state === 'off' ? null : (
          <p className="lw-caution" role="status">
            {t(`settings.notify.${state}`)}
          </p>
        )}
      </div>
      <ErrorNote error={error} />
    </section>
  );
}
