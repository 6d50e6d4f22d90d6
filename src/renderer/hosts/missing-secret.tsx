import { useRef } from 'react';
import type { HostState } from '../../contract/lab-state.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { SecretField, takeSecret } from '../components/secret-field.tsx';
import { UnlockForm } from '../components/unlock-form.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

/** Asks for the value that is missing or was refused, and tries again with it. */
export function MissingSecret({ host }: { host: HostState }) {
  const { t, say } = useText();
  const { path, writable } = useLab();
  const field = useRef<HTMLInputElement>(null);
  const call = useCall();
  const name = host.secret;
  const again = () => call.run(() => calls.hosts.reconnect({ lab: path, host: host.name }));
  if (host.error?.code === 'vault-locked') {
    return (
      <Notice tone="caution" title={say(host.error.reason)}>
        <UnlockForm onUnlocked={again} />
      </Notice>
    );
  }
  return (
    <Notice
      tone="caution"
      title={host.error === undefined ? t('hosts.needsSecret') : say(host.error.reason)}
    >
      {host.error?.detail === undefined ? null : (
        <pre className="lw-detail">{host.error.detail}</pre>
      )}
      {name === undefined ? null : (
        <form
          className="lw-inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            const value = takeSecret(field.current);
            if (value === '') return;
            void call.run(async () => {
              await calls.vault.set({ name, value });
              await calls.hosts.reconnect({ lab: path, host: host.name });
            });
          }}
        >
          <SecretField ref={field} label={t('hosts.secretValue', { name })} />
          <Button type="submit" appearance="positive" disabled={!writable || call.busy}>
            {t('hosts.secretSave')}
          </Button>
        </form>
      )}
      <ErrorNote error={call.error} />
    </Notice>
  );
}
