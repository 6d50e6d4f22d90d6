import type { Pickable } from '../../contract/api.ts';
import { appState } from '../core/app-state.ts';
import { calls } from '../core/core-connection.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { ErrorNote } from './error-note.tsx';
import type { TextFieldProps } from './field.tsx';
import { TextField } from './field.tsx';
import { Button } from './kit.ts';

interface PathFieldProps extends Omit<TextFieldProps, 'onChange' | 'value'> {
  readonly what: Pickable;
  readonly value: string;
  /** `picked` when it came from the picker, and so is there and needs no further confirmation. */
  readonly onPath: (path: string, picked: boolean) => void;
}

/** A path on the computer that runs Labwright; where the shell has a picker, it can be picked. */
export function PathField({ what, onPath, className = '', ...field }: PathFieldProps) {
  const { t } = useText();
  const { info } = useStore(appState);
  const { run, busy, error } = useCall();
  const input = (
    <TextField
      className="lw-mono"
      {...field}
      onChange={(event) => onPath(event.target.value, false)}
    />
  );
  if (info?.canPick !== true) return <div className={`lw-path-field ${className}`}>{input}</div>;
  return (
    <div className={`lw-path-field ${className}`}>
      <div className="lw-path">
        {input}
        <Button
          disabled={busy}
          aria-label={t(`pick.${what}`)}
          onClick={() =>
            run(async () => {
              const { path } = await calls.app.pick({ what });
              if (path !== undefined) onPath(path, true);
            })
          }
        >
          {t('pick.choose')}
        </Button>
      </div>
      <ErrorNote error={error} />
    </div>
  );
}
