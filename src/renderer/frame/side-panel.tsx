import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from '../components/icon.tsx';
import { useText } from '../text/use-text.ts';

/** The element of the frame that side panels are put into. */
export const SidePanelPlace = createContext<HTMLElement | null>(null);

interface SidePanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly buttons?: ReactNode;
}

/** Details or a preview beside the screen. Focus goes in when it opens and back when it closes. */
export function SidePanel({ title, onClose, children, buttons }: SidePanelProps) {
  const { t } = useText();
  const place = useContext(SidePanelPlace);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    if (place === null) return;
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [place]);
  if (place === null) return null;
  return createPortal(
    <section
      className="lw-panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button
          type="button"
          className="lw-icon-button"
          aria-label={t('common.close')}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="lw-panel__body">{children}</div>
      {buttons === undefined ? null : <footer>{buttons}</footer>}
    </section>,
    place,
  );
}
