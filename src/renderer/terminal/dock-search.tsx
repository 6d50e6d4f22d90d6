import { useEffect, useRef, useState } from 'react';
import type { TerminalInfo } from '../../contract/terminal.ts';
import { Icon } from '../components/icon.tsx';
import { useText } from '../text/use-text.ts';
import { changeDock, liveTerminal } from './dock-state.ts';

/** Search in the scroll-back of the terminal in front. */
export function DockSearch({ info }: { info: TerminalInfo }) {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState(true);
  const terminal = liveTerminal(info);
  useEffect(() => input.current?.focus(), []);
  const close = () => {
    terminal.search.clearDecorations();
    changeDock({ searching: false });
    terminal.focus();
  };
  const find = (backwards: boolean, incremental = false) => {
    const text = input.current?.value ?? '';
    if (text === '') {
      terminal.search.clearDecorations();
      setFound(true);
    } else if (backwards) setFound(terminal.search.findPrevious(text));
    else setFound(terminal.search.findNext(text, { incremental }));
  };
  return (
    <search className="lw-dock__search">
      <input
        ref={input}
        type="search"
        aria-label={t('dock.searchIn', { host: info.host })}
        placeholder={t('dock.search')}
        aria-invalid={!found}
        onChange={() => find(false, true)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(!event.shiftKey);
          else if (event.key === 'Escape') close();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span role="status" className="lw-negative">
        {found ? '' : t('dock.notFound')}
      </span>
      <button
        type="button"
        className="lw-icon-button"
        aria-label={t('dock.previous')}
        title={t('dock.previous')}
        onClick={() => find(true)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        className="lw-icon-button"
        aria-label={t('dock.next')}
        title={t('dock.next')}
        onClick={() => find(false)}
      >
        <Icon name="down" />
      </button>
      <button
        type="button"
        className="lw-icon-button"
        aria-label={t('dock.searchClose')}
        title={t('dock.searchClose')}
        onClick={close}
      >
        <Icon name="close" />
      </button>
    </search>
  );
}
