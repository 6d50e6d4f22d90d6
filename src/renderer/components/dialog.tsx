import type { ReactNode } from 'react';
import { useEffect, useId, useRef } from 'react';
import { useText } from '../text/use-text.ts';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly buttons?: ReactNode;
}

/** A modal dialog on the platform's own element, which traps focus and gives it back. */
export function Dialog({ title, onClose, children, buttons }: DialogProps) {
  const { t } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element !== null && !element.open) element.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="lw-dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          className="lw-icon-button"
          aria-label={t('common.close')}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="lw-dialog__body">{children}</div>
      {buttons === undefined ? null : <footer>{buttons}</footer>}
    </dialog>
  );
}
