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

/**
 * Asks for the value that is missing or was refused. The core itself tries every host again that
 * waited for it: a second look from here would cut the first one off.
 */
export function MissingSecret({ host }: { host: HostState }) {
  const { t, say } = useText();
  const { writable } = useLab();
  const field = useRef<HTMLInputElement>(null);
  const call = useCall();
  const name = host.secret;
  if (host.error?.code === 'vault-locked') {
    return (
      <Notice tone="caution" title={say(host.error.reason)}>
        <UnlockForm />
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
            void call.run(() => calls.vault.set({ name, value }));
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
