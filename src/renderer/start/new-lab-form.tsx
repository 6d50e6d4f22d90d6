import { useRef, useState } from 'react';
import { NewLab } from '../../contract/api.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { ChoiceField, TextField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { PathField } from '../components/path-field.tsx';
import { appState } from '../core/app-state.ts';
import { calls } from '../core/core-connection.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import type { HostAnswers } from './host-answers.ts';
import { hostOf, NO_ANSWERS } from './host-answers.ts';
import { HostFields } from './host-fields.tsx';
import { keepSecrets } from './keep-secrets.ts';
import { directoryFor } from './lab-directory.ts';
import { openLab } from './open-lab.ts';

const SOURCES: Record<NewLab['line'], string> = {
  v2: 'http://maas.ubuntu.com/images/ephemeral-v2/releases/',
  v3: 'https://images.maas.io/ephemeral-v3/stable/',
};

export function NewLabForm() {
  const { t } = useText();
  const { info } = useStore(appState);
  const [name, setName] = useState('');
  const [directory, setDirectory] = useState<string | undefined>(undefined);
  const [host, setHost] = useState<HostAnswers>(NO_ANSWERS);
  const [line, setLine] = useState<NewLab['line']>('v3');
  const [source, setSource] = useState('');
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const password = useRef<HTMLInputElement>(null);
  const key = useRef<HTMLTextAreaElement>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const call = useCall();
  const where = directory ?? directoryFor(info?.labsDirectory ?? '', name);

  const create = async () => {
    const answers = {
      name: name.trim(),
      directory: where.trim(),
      host: hostOf(host),
      line,
      ...(source.trim() === '' ? {} : { source: source.trim() }),
    };
    const parsed = NewLab.safeParse(answers);
    const bad = new Set(parsed.error?.issues.map((issue) => String(issue.path.at(-1))) ?? []);
    if (host.auth === 'key_file' && host.keyFile.trim() === '') bad.add('keyFile');
    if (parsed.error?.issues.some((issue) => issue.path.join('.') === 'name')) bad.add('labName');
    setWrong(bad);
    if (!parsed.success || bad.size > 0) {
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(),
      );
      return;
    }
    await call.run(async () => {
      const typed = await keepSecrets([parsed.data.host], { password, key, passphrase });
      // The fields are empty now: should this fail, it must still be known next time.
      const known = { ...host, keyPassphrase: typed || host.keyPassphrase };
      setHost(known);
      const lab = await calls.labs.create({ ...parsed.data, host: hostOf(known) });
      openLab(lab.lab);
    });
  };
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <div className="lw-grid">
        <TextField
          className="is-5"
          label={t('form.name')}
          placeholder={t('form.nameExample')}
          value={name}
          error={wrong.has('labName') ? t('form.wrong.labName') : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <PathField
          what="folder"
          className="is-7"
          label={t('form.directory')}
          value={where}
          error={wrong.has('directory') ? t('form.wrong.directory') : undefined}
          onPath={setDirectory}
        />
      </div>
      <fieldset>
        <legend>{t('form.host')}</legend>
        <HostFields
          answers={host}
          onChange={setHost}
          secrets={{ password, key, passphrase }}
          wrong={wrong}
        />
      </fieldset>
      <div className="lw-grid">
        <ChoiceField
          className="is-5"
          label={t('form.line')}
          value={line}
          choices={(['v3', 'v2'] as const).map((value) => ({
            value,
            label: t(`form.line.${value}`),
          }))}
          onChange={(event) => setLine(event.target.value === 'v2' ? 'v2' : 'v3')}
        />
        <TextField
          className="is-7 lw-mono"
          label={t('form.source')}
          placeholder={SOURCES[line]}
          value={source}
          help={t('form.sourceHelp')}
          error={wrong.has('source') ? t('form.wrong.source') : undefined}
          onChange={(event) => setSource(event.target.value)}
        />
      </div>
      <ErrorNote error={call.error} />
      <div className="lw-form-end">
        <p className="lw-help">{t('form.createHelp')}</p>
        <Button type="submit" appearance="positive" disabled={call.busy}>
          {call.busy ? t('form.creating') : t('form.create')}
        </Button>
      </div>
    </form>
  );
}
