import type { KeyboardEvent } from 'react';
import type { TerminalInfo } from '../../contract/terminal.ts';
import { Icon } from '../components/icon.tsx';
import { useText } from '../text/use-text.ts';
import { changeDock, closeTerminal } from './dock-state.ts';

interface TerminalTabsProps {
  readonly terminals: readonly TerminalInfo[];
  readonly active: number | undefined;
  readonly shown: boolean;
}

/** `mirror`, `mirror 2`: the host, and a number where it has more than one. */
function labelOf(info: TerminalInfo, all: readonly TerminalInfo[]): string {
  const same = all.filter((other) => other.host === info.host);
  const place = same.indexOf(info);
  return place === 0 ? info.host : `${info.host} ${place + 1}`;
}

export function TerminalTabs({ terminals, active, shown }: TerminalTabsProps) {
  const { t } = useText();
  if (terminals.length === 0) return <span className="lw-dock__name">{t('dock.label')}</span>;
  const current = terminals.some((info) => info.id === active) ? active : terminals[0]?.id;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = terminals.findIndex((info) => info.id === current);
    const info = terminals[at];
    if (info === undefined) return;
    if (event.key === 'Delete') {
      void closeTerminal(info.id).catch(() => {});
      return;
    }
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = terminals[(at + step + terminals.length) % terminals.length];
    if (step === 0 || next === undefined) return;
    changeDock({ active: next.id });
    document.getElementById(`terminal-tab-${next.id}`)?.focus();
  };
  return (
    <div className="lw-dock__tabs">
      <div role="tablist" aria-label={t('dock.tabs')} onKeyDown={onKeyDown} tabIndex={-1}>
        {terminals.map((info) => (
          <button
            key={info.id}
            id={`terminal-tab-${info.id}`}
            type="button"
            role="tab"
            aria-selected={info.id === current}
            aria-controls={shown && info.id === current ? `terminal-${info.id}` : undefined}
            tabIndex={info.id === current ? 0 : -1}
            onClick={() => changeDock({ active: info.id, shown: true })}
            onAuxClick={(event) => {
              if (event.button === 1) void closeTerminal(info.id).catch(() => {});
            }}
          >
            <Icon name="terminal" />
            <span translate="no">{labelOf(info, terminals)}</span>
          </button>
        ))}
      </div>
      {current === undefined ? null : (
        <button
          type="button"
          className="lw-icon-button"
          aria-label={t('dock.close')}
          title={t('dock.close')}
          onClick={() => void closeTerminal(current).catch(() => {})}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
