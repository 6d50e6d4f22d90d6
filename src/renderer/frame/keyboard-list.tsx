import { useEffect, useState } from 'react';
import type { MessageKey } from '../../messages/catalogues.ts';
import { Dialog } from '../components/dialog.tsx';
import { useText } from '../text/use-text.ts';

const KEYS: readonly (readonly [keys: readonly string[], what: MessageKey])[] = [
  [['?'], 'keys.help'],
  [['Ctrl', '`'], 'keys.dock'],
  [['Ctrl', 'Shift', 'F'], 'keys.search'],
  [['Shift', 'Tab'], 'keys.leaveTerminal'],
  [['←', '→'], 'keys.tabs'],
  [['↑', '↓'], 'keys.steps'],
  [['Ctrl', 'Space'], 'keys.complete'],
  [['↑', '↓', 'Enter'], 'keys.rows'],
  [['Esc'], 'keys.escape'],
];

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

/** The list of keys, shown by `?` wherever nothing is being typed. */
export function KeyboardList() {
  const { t } = useText();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '?' || event.ctrlKey || event.altKey || event.metaKey) return;
      if (isTyping(event.target)) return;
      event.preventDefault();
      setShown(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  if (!shown) return null;
  return (
    <Dialog title={t('keys.title')} onClose={() => setShown(false)}>
      <dl className="lw-keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
