import { useEffect, useRef, useState } from 'react';
import { useText } from '../text/use-text.ts';
import { announce } from './announcer.tsx';
import { Icon } from './icon.tsx';

const SHOW_DONE_MS = 1500;

/** Where the clipboard permission is refused, the old way still works inside a click. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'u-off-screen';
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const { t } = useText();
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const label = done ? t('copy.done') : t('copy.what', { what });
  return (
    <button
      type="button"
      className="lw-icon-button"
      aria-label={label}
      title={label}
      onClick={async () => {
        const focused = document.activeElement;
        await copy(text);
        if (focused instanceof HTMLElement) focused.focus();
        setDone(true);
        announce(t('copy.done'));
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setDone(false), SHOW_DONE_MS);
      }}
    >
      <Icon name={done ? 'claimed' : 'copy'} />
    </button>
  );
}
