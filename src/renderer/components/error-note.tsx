import type { ReactNode } from 'react';
import type { ShownError } from '../core/shown-error.ts';
import { useText } from '../text/use-text.ts';
import { Notice } from './notice.tsx';
import { UnlockForm } from './unlock-form.tsx';

interface ErrorNoteProps {
  readonly error: ShownError | undefined;
  /** The way out: a button, usually. */
  readonly children?: ReactNode;
}

/** One error: its sentence, the raw words of the other side, and a way out. */
export function ErrorNote({ error, children }: ErrorNoteProps) {
  const { say } = useText();
  if (error === undefined) return null;
  return (
    <Notice tone="negative" alert>
      <p>{say(error.reason)}</p>
      {error.detail === undefined || error.detail === '' ? null : (
        <pre className="lw-detail" translate="no">
          {error.detail}
        </pre>
      )}
      {error.code === 'vault-locked' ? <UnlockForm /> : null}
      {children}
    </Notice>
  );
}
