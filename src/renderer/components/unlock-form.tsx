import { useRef } from 'react';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { Button } from './kit.ts';
import { SecretField, takeSecret } from './secret-field.tsx';

/** Asks for the passphrase of the vault, wherever it turned out to be locked. */
export function UnlockForm({ onUnlocked }: { onUnlocked?: () => void }) {
  const { t, say } = useText();
  const field = useRef<HTMLInputElement>(null);
  const call = useCall();
  return (
    <form
      className="lw-inline-form"
      onSubmit={async (event) => {
        event.preventDefault();
        const passphrase = takeSecret(field.current);
        if (passphrase === '') return;
        if (await call.run(() => calls.vault.unlock({ passphrase }))) onUnlocked?.();
      }}
    >
      <SecretField
        ref={field}
        label={t('vault.passphrase')}
        error={call.error === undefined ? undefined : say(call.error.reason)}
      />
      <Button type="submit" disabled={call.busy}>
        {t('vault.unlock')}
      </Button>
    </form>
  );
}
