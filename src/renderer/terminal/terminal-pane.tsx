import { useEffect, useRef } from 'react';
import type { TerminalInfo } from '../../contract/terminal.ts';
import { Button } from '../components/kit.ts';
import { useLab } from '../core/lab-context.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { checkAgain, closeTerminal, liveTerminal, openTerminal } from './dock-state.ts';

/** Draws one terminal; the terminal itself lives on when its tab is not in front. */
export function TerminalPane({ info }: { info: TerminalInfo }) {
  const { t } = useText();
  const place = useRef<HTMLDivElement>(null);
  const terminal = liveTerminal(info);
  const { end, title } = useStore(terminal.state);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    terminal.show(element);
    const observer = new ResizeObserver(() => terminal.fit());
    observer.observe(element);
    return () => {
      observer.disconnect();
      terminal.hide();
    };
  }, [terminal]);
  return (
    <div
      className="lw-dock__pane"
      role="tabpanel"
      id={`terminal-${info.id}`}
      aria-labelledby={`terminal-tab-${info.id}`}
      title={title === '' ? undefined : title}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        if (terminal.takeUsed()) checkAgain(info.id);
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this only gives the terminal its name. */}
      <div
        ref={place}
        className="lw-dock__place"
        role="group"
        aria-label={t('dock.terminalOf', { host: info.host })}
      />
      {end === undefined ? null : <Ended info={info} reason={end} />}
    </div>
  );
}

function Ended({ info, reason }: { info: TerminalInfo; reason: string }) {
  const { t, say, has } = useText();
  const { path, writable } = useLab();
  const { busy, run, error } = useCall();
  const key = `error.${reason}`;
  const words = has(key)
    ? say({ key, params: { host: info.host, user: '', address: info.host, port: '' } })
    : /^\d+$/.test(reason)
      ? t('dock.exit', { code: reason })
      : reason;
  return (
    <div className="lw-dock__end" role="status">
      <span>{t('dock.ended', { reason: words })}</span>
      {error === undefined ? null : <span className="lw-negative">{say(error.reason)}</span>}
      <Button
        small
        disabled={busy || !writable}
        onClick={() =>
          run(async () => {
            await openTerminal(path, info.host);
            await closeTerminal(info.id);
          })
        }
      >
        {t('dock.reconnect')}
      </Button>
    </div>
  );
}
