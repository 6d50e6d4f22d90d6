import { useEffect } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { Icon } from '../components/icon.tsx';
import { Menu } from '../components/menu.tsx';
import { core } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { DockResizer } from './dock-resizer.tsx';
import { DockSearch } from './dock-search.tsx';
import { changeDock, dock, openTerminal, restoreDock, toggleDock } from './dock-state.ts';
import { TerminalPane } from './terminal-pane.tsx';
import { TerminalTabs } from './terminal-tabs.tsx';

/** Terminals at the bottom of every screen. */
export function Dock() {
  const { t } = useText();
  const { path, state, writable } = useLab();
  const { phase, generation } = useStore(core.state);
  const { shown, height, active, terminals, searching, lab } = useStore(dock);
  const { run, error, busy, clear } = useCall();
  const connected = phase === 'connected';

  // biome-ignore lint/correctness/useExhaustiveDependencies: after every reconnection the core is asked again.
  useEffect(() => {
    if (connected) void run(() => restoreDock(path));
  }, [path, connected, generation, run]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.code === 'Backquote' && !event.shiftKey) {
        event.preventDefault();
        toggleDock();
      } else if (event.code === 'KeyF' && event.shiftKey && dock.get().shown) {
        event.preventDefault();
        changeDock({ searching: true });
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const mine = lab === path ? terminals : [];
  const hosts = Object.keys(state.plan.plan?.hosts ?? state.hosts);
  const current = mine.find((info) => info.id === active);
  return (
    <section
      className={`lw-dock ${shown ? 'is-shown' : ''}`}
      aria-label={t('dock.label')}
      style={shown ? { height } : undefined}
    >
      {shown ? <DockResizer height={height} /> : null}
      <header>
        <TerminalTabs terminals={mine} active={active} shown={shown} />
        <Menu
          className="lw-icon-button"
          chevron={false}
          up={!shown}
          label={<Icon name="plus" />}
          name={t('dock.new')}
          items={hosts.map((host) => ({
            id: host,
            label: host,
            disabled: busy || !writable,
            onChoose: () => void run(() => openTerminal(path, host)),
          }))}
        />
        <span className="lw-top__space" />
        {shown && current !== undefined ? (
          searching ? (
            <DockSearch info={current} />
          ) : (
            <button
              type="button"
              className="lw-icon-button"
              aria-label={t('dock.search')}
              title={`${t('dock.search')} (Ctrl+Shift+F)`}
              onClick={() => changeDock({ searching: true })}
            >
              <Icon name="search" />
            </button>
          )
        ) : null}
        <button
          type="button"
          className="lw-dock__toggle"
          aria-expanded={shown}
          title="Ctrl+`"
          onClick={toggleDock}
        >
          <Icon name={shown ? 'down' : 'up'} />
          {shown ? t('dock.hide') : t('dock.show')}
        </button>
      </header>
      {shown ? (
        <div className="lw-dock__body">
          {error === undefined ? null : (
            <ErrorNote error={error}>
              <button type="button" className="lw-link" onClick={clear}>
                {t('common.close')}
              </button>
            </ErrorNote>
          )}
          {current === undefined ? (
            <div className="lw-dock__empty">
              <p>{t('dock.empty')}</p>
              <p className="lw-row">
                {hosts.map((host) => (
                  <button
                    key={host}
                    type="button"
                    className="p-button is-small"
                    disabled={busy || !writable}
                    onClick={() => void run(() => openTerminal(path, host))}
                  >
                    {t('dock.openOn', { host })}
                  </button>
                ))}
              </p>
            </div>
          ) : (
            <TerminalPane key={current.id} info={current} />
          )}
        </div>
      ) : null}
    </section>
  );
}
