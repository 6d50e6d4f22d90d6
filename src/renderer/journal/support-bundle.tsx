import { useState } from 'react';
import { CommandBlock } from '../components/command-block.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { PathField } from '../components/path-field.tsx';
import { appState } from '../core/app-state.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useStore } from '../core/store.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';

/** A file for someone who helps. It is read before it is saved, and it goes nowhere by itself. */
export function SupportBundle() {
  const { t } = useText();
  const [shown, setShown] = useState(false);
  return (
    <>
      <Button onClick={() => setShown(true)}>{t('bundle.open')}</Button>
      {shown ? <BundlePanel onClose={() => setShown(false)} /> : null}
    </>
  );
}

function BundlePanel({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const { path } = useLab();
  const { info } = useStore(appState);
  const [directory, setDirectory] = useState<string | undefined>(undefined);
  const [saved, setSaved] = useState<string | undefined>(undefined);
  const save = useCall();
  const preview = useAnswer(path, '', (signal) => calls.bundle.preview({ lab: path }, { signal }));
  const where = directory ?? info?.labsDirectory ?? '';
  return (
    <SidePanel
      title={t('bundle.title')}
      onClose={onClose}
      buttons={
        <form
          className="lw-inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save.run(async () => {
              setSaved((await calls.bundle.save({ lab: path, directory: where.trim() })).path);
            });
          }}
        >
          <PathField
            what="folder"
            label={t('form.directory')}
            value={where}
            onPath={setDirectory}
          />
          <Button
            type="submit"
            appearance="positive"
            disabled={save.busy || preview.value === undefined || where.trim() === ''}
          >
            {t('bundle.save')}
          </Button>
        </form>
      }
    >
      <p className="lw-help">{t('bundle.help')}</p>
      <ErrorNote error={preview.error} />
      <ErrorNote error={save.error} />
      {saved === undefined ? null : (
        <Notice tone="positive" alert>
          <p>
            {t('bundle.saved')} <code>{saved}</code>
          </p>
        </Notice>
      )}
      {preview.value === undefined ? (
        <p className="lw-muted">{preview.loading ? t('common.loading') : ''}</p>
      ) : (
        <CommandBlock tone="output" text={preview.value.text} what={preview.value.name} />
      )}
    </SidePanel>
  );
}
