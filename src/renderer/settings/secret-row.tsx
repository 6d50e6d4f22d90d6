import { useRef, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { SecretField, takeSecret } from '../components/secret-field.tsx';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';

interface SecretRowProps {
  readonly name: string;
  readonly readable: boolean;
  readonly onChanged: () => void;
}

type Asking = 'value' | 'rename' | 'remove';

export function SecretRow({ name, readable, onChanged }: SecretRowProps) {
  const { t } = useText();
  const [asking, setAsking] = useState<Asking | undefined>(undefined);
  const [tested, setTested] = useState<boolean | undefined>(undefined);
  const test = useCall();
  const works = tested ?? readable;
  return (
    <li>
      <code className="lw-strong">{name}</code>
      <span className={works ? 'lw-muted' : 'lw-negative'} role="status">
        {tested === undefined
          ? works
            ? ''
            : t('vault.unreadable')
          : t(works ? 'vault.testGood' : 'vault.unreadable')}
      </span>
      <span className="lw-row">
        <Button
          small
          disabled={test.busy}
          aria-label={t('vault.testOf', { name })}
          onClick={() =>
            test.run(async () => setTested((await calls.vault.test({ name })).readable))
          }
        >
          {t('vault.test')}
        </Button>
        <Button small aria-label={t('vault.setOf', { name })} onClick={() => setAsking('value')}>
          {t('vault.set')}
        </Button>
        <Button
          small
          aria-label={t('vault.renameOf', { name })}
          onClick={() => setAsking('rename')}
        >
          {t('vault.rename')}
        </Button>
        <Button
          small
          aria-label={t('vault.removeOf', { name })}
          onClick={() => setAsking('remove')}
        >
          {t('vault.remove')}
        </Button>
      </span>
      <ErrorNote error={test.error} />
      {asking === undefined ? null : (
        <SecretDialog
          name={name}
          asking={asking}
          onClose={(changed) => {
            setAsking(undefined);
            setTested(undefined);
            if (changed) onChanged();
          }}
        />
      )}
    </li>
  );
}

interface SecretDialogProps {
  readonly name: string;
  readonly asking: Asking;
  readonly onClose: (changed: boolean) => void;
}

function SecretDialog({ name, asking, onClose }: SecretDialogProps) {
  const { t } = useText();
  const [to, setTo] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const call = useCall();
  const work = (): Promise<unknown> => {
    if (asking === 'value') return calls.vault.set({ name, value: takeSecret(field.current) });
    if (asking === 'rename') return calls.vault.rename({ from: name, to: to.trim() });
    return calls.vault.remove({ name });
  };
  return (
    <Dialog title={t(`vault.dialog.${asking}`, { name })} onClose={() => onClose(false)}>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (await call.run(work)) onClose(true);
        }}
      >
        {asking === 'value' ? <SecretField ref={field} label={t('vault.value')} /> : null}
        {asking === 'rename' ? (
          <TextField
            className="lw-mono"
            label={t('vault.newName')}
            help={t('vault.renameHelp')}
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        ) : null}
        {asking === 'remove' ? <p>{t('vault.removeHelp')}</p> : null}
        <ErrorNote error={call.error} />
        <div className="lw-buttons is-end">
          <Button onClick={() => onClose(false)}>{t('common.cancel')}</Button>
          <Button
            type="submit"
            appearance={asking === 'remove' ? 'negative' : 'positive'}
            disabled={call.busy || (asking === 'rename' && (to.trim() === '' || to === name))}
          >
            {t(asking === 'value' ? 'vault.set' : `vault.${asking}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
