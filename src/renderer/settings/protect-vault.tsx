import { useRef, useState } from 'react';
import { Disclosure } from '../components/disclosure.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { SecretField, takeSecret } from '../components/secret-field.tsx';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

const SHORTEST = 8;

/** Sets up the passphrase that secrets are kept under where there is no keychain. */
export function ProtectVault({ onDone }: { onDone: () => void }) {
  const { t } = useText();
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const call = useCall();
  return (
    <Disclosure summary={t('vault.protect')}>
      <p className="lw-help">{t('vault.protectHelp')}</p>
      <form
        className="lw-inline-form"
        onSubmit={async (event) => {
          event.preventDefault();
          const passphrase = takeSecret(first.current);
          const again = takeSecret(second.current);
          const bad =
            passphrase.length < SHORTEST
              ? t('vault.tooShort', { n: SHORTEST })
              : passphrase !== again
                ? t('vault.differ')
                : undefined;
          setWrong(bad);
          if (bad !== undefined) return;
          if (await call.run(() => calls.vault.protect({ passphrase }))) onDone();
        }}
      >
        <SecretField ref={first} label={t('vault.passphrase')} error={wrong} />
        <SecretField ref={second} label={t('vault.again')} />
        <Button type="submit" appearance="positive" disabled={call.busy}>
          {t('vault.protectButton')}
        </Button>
      </form>
      <ErrorNote error={call.error} />
    </Disclosure>
  );
}
