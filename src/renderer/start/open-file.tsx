import { useState } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { PathField } from '../components/path-field.tsx';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { openLab } from './open-lab.ts';

export function OpenFile() {
  const { t } = useText();
  const [path, setPath] = useState('');
  const call = useCall();
  const open = (wanted: string) =>
    void call.run(async () => openLab((await calls.labs.open({ path: wanted })).lab));
  return (
    <section aria-labelledby="start-open" className="lw-card">
      <h2 id="start-open">{t('start.openFile')}</h2>
      <form
        className="lw-inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') open(path.trim());
        }}
      >
        <PathField
          what="lab-file"
          label={t('start.openPath')}
          placeholder="~/labs/lab.yaml"
          value={path}
          onPath={(next, picked) => {
            setPath(next);
            if (picked) open(next);
          }}
        />
        <Button type="submit" disabled={call.busy || path.trim() === ''}>
          {t('start.open')}
        </Button>
      </form>
      <ErrorNote error={call.error} />
    </section>
  );
}
