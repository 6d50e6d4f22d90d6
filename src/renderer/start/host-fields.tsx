import type { RefObject } from 'react';
import { useId } from 'react';
import { NewLab } from '../../contract/api.ts';
import { ChoiceField, TextField } from '../components/field.tsx';
import { PathField } from '../components/path-field.tsx';
import { SecretField } from '../components/secret-field.tsx';
import { useText } from '../text/use-text.ts';
import type { HostAnswers } from './host-answers.ts';
import { isKey } from './host-answers.ts';

export interface SecretFields {
  readonly password: RefObject<HTMLInputElement | null>;
  readonly key: RefObject<HTMLTextAreaElement | null>;
  readonly passphrase: RefObject<HTMLInputElement | null>;
}

interface HostFieldsProps {
  readonly answers: HostAnswers;
  readonly onChange: (answers: HostAnswers) => void;
  readonly secrets: SecretFields;
  /** Names of fields that were found wrong. */
  readonly wrong: ReadonlySet<string>;
}

export function HostFields({ answers, onChange, secrets, wrong }: HostFieldsProps) {
  const { t } = useText();
  const keyId = useId();
  const set = (change: Partial<HostAnswers>) => onChange({ ...answers, ...change });
  const error = (field: 'name' | 'address' | 'port' | 'user' | 'keyFile') =>
    wrong.has(field) ? t(`form.wrong.${field}`) : undefined;
  return (
    <div className="lw-grid">
      <TextField
        className="is-6"
        label={t('form.address')}
        placeholder="192.168.10.2"
        value={answers.address}
        error={error('address')}
        onChange={(event) => set({ address: event.target.value })}
      />
      <TextField
        className="is-2"
        label={t('form.port')}
        inputMode="numeric"
        value={answers.port}
        error={error('port')}
        onChange={(event) => set({ port: event.target.value })}
      />
      <TextField
        className="is-4"
        label={t('form.user')}
        value={answers.user}
        error={error('user')}
        onChange={(event) => set({ user: event.target.value })}
      />
      <ChoiceField
        className="is-4"
        label={t('form.auth')}
        value={answers.auth}
        choices={NewLab.shape.host.shape.auth.options.map((auth) => ({
          value: auth,
          label: t(`form.auth.${auth}`),
        }))}
        onChange={(event) => {
          const chosen = NewLab.shape.host.shape.auth.safeParse(event.target.value);
          if (chosen.success) set({ auth: chosen.data });
        }}
      />
      <div className="is-8 lw-stack">
        {answers.auth === 'password' ? (
          <SecretField
            ref={secrets.password}
            label={t('form.password')}
            required={false}
            help={t('form.passwordHelp')}
          />
        ) : null}
        {answers.auth === 'key' ? (
          <div className="lw-field">
            <label htmlFor={keyId}>{t('form.key')}</label>
            <textarea
              ref={secrets.key}
              id={keyId}
              className="lw-mono lw-secret-text"
              rows={2}
              autoComplete="off"
              spellCheck={false}
              placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
              aria-describedby={`${keyId}-says`}
            />
            <p className="lw-help" id={`${keyId}-says`}>
              {t('form.keyHelp')}
            </p>
          </div>
        ) : null}
        {answers.auth === 'key_file' ? (
          <PathField
            what="key-file"
            label={t('form.keyFile')}
            value={answers.keyFile}
            help={t('form.keyFileHelp')}
            error={error('keyFile')}
            onPath={(keyFile) => set({ keyFile })}
          />
        ) : null}
        {isKey(answers.auth) ? (
          <SecretField
            ref={secrets.passphrase}
            label={t('form.keyPassphrase')}
            required={false}
            help={t(answers.keyPassphrase ? 'form.keyPassphraseKept' : 'form.keyPassphraseHelp')}
          />
        ) : null}
        {answers.auth === 'agent' ? (
          <p className="lw-help lw-beside">{t('form.agentHelp')}</p>
        ) : null}
      </div>
    </div>
  );
}
