import { useState } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { openLab } from './open-lab.ts';

export function OpenFile() {
  const { t } = useText();
  const [path, setPath] = useState('');
  const call = useCall();
  return (
    <section aria-labelledby="start-open" className="lw-card">
      <h2 id="start-open">{t('start.openFile')}</h2>
      <form
        className="lw-inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = path.trim();
          if (wanted === '') return;
          void call.run(async () => openLab((await calls.labs.open({ path: wanted })).lab));
        }}
      >
        <TextField
          label={t('start.openPath')}
          className="lw-mono"
          placeholder="~/labs/lab.yaml"
          value={path}
          onChange={(event) => setPath(event.target.value)}
        />
        <Button type="submit" disabled={call.busy || path.trim() === ''}>
          {t('start.open')}
        </Button>
      </form>
      <ErrorNote error={call.error} />
    </section>
  );
}
