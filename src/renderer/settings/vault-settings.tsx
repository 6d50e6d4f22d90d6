import { useRef, useState } from 'react';
import { SecretName } from '../../contract/plan-values.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { SecretField, takeSecret } from '../components/secret-field.tsx';
import { UnlockForm } from '../components/unlock-form.tsx';
import { calls } from '../core/core-connection.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { ProtectVault } from './protect-vault.tsx';
import { SecretRow } from './secret-row.tsx';

/** Secrets by name. Values go in and never come out. */
export function VaultSettings() {
  const { t, say } = useText();
  const vault = useAnswer('vault', '', (signal) => calls.vault.info(undefined, { signal }));
  const info = vault.value;
  return (
    <section className="lw-card" aria-labelledby="settings-vault">
      <h2 id="settings-vault">{t('vault.title')}</h2>
      <ErrorNote error={vault.error} />
      {info === undefined ? (
        <p className="lw-muted">{vault.loading ? t('common.loading') : ''}</p>
      ) : (
        <>
          <p>
            {t(`vault.store.${info.store}`)}
            {info.backend === undefined ? '' : ` (${info.backend})`}
          </p>
          {info.notice === undefined ? null : (
            <Notice tone="negative">
              <p>{say(info.notice)}</p>
            </Notice>
          )}
          {info.persistent ? null : (
            <Notice tone="caution">
              <p>{t('vault.notPersistent')}</p>
            </Notice>
          )}
          {info.locked ? (
            <Notice tone="caution" title={t('vault.locked')}>
              <p>{t('vault.lockedHelp')}</p>
              <UnlockForm onUnlocked={vault.again} />
            </Notice>
          ) : null}
          {info.canProtect ? <ProtectVault onDone={vault.again} /> : null}
          {info.names.length === 0 ? (
            <EmptyState icon="key" title={t('vault.empty')}>
              {t('vault.emptyText')}
            </EmptyState>
          ) : (
            <ul className="lw-secrets" aria-label={t('vault.names')}>
              {info.names.map(({ name, readable }) => (
                <SecretRow key={name} name={name} readable={readable} onChanged={vault.again} />
              ))}
            </ul>
          )}
          {info.locked ? null : <NewSecret onDone={vault.again} />}
        </>
      )}
    </section>
  );
}

function NewSecret({ onDone }: { onDone: () => void }) {
  const { t } = useText();
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const call = useCall();
  return (
    <form
      className="lw-inline-form"
      onSubmit={async (event) => {
        event.preventDefault();
        // First what can be wrong: a value that was taken is gone from its field.
        const isName = SecretName.safeParse(name.trim()).success;
        setWrong(!isName);
        if (!isName) return;
        const value = takeSecret(field.current);
        if (value === '') return;
        if (await call.run(() => calls.vault.set({ name: name.trim(), value }))) {
          setName('');
          onDone();
        }
      }}
    >
      <TextField
        className="lw-mono"
        label={t('vault.newName')}
        placeholder="mirror-password"
        value={name}
        error={wrong ? t('form.wrong.name') : undefined}
        onChange={(event) => setName(event.target.value)}
      />
      <SecretField ref={field} label={t('vault.value')} />
      <Button type="submit" disabled={call.busy || name.trim() === ''}>
        {t('vault.add')}
      </Button>
      <ErrorNote error={call.error} />
    </form>
  );
}
