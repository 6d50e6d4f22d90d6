import type { KeyboardEvent, PointerEvent } from 'react';
import { useText } from '../text/use-text.ts';
import { changeDock } from './dock-state.ts';

const LEAST = 96;
const KEY_STEP = 24;

/** The screen above keeps at least this much. */
function most(): number {
  return Math.max(LEAST, window.innerHeight - 200);
}

function resize(height: number): void {
  changeDock({ height: Math.round(Math.min(most(), Math.max(LEAST, height))) });
}

/** The upper edge of the dock, moved by pointer or by arrow keys. */
export function DockResizer({ height }: { height: number }) {
  const { t } = useText();
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize(window.innerHeight - event.clientY);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const moves: Record<string, number> = {
      ArrowUp: height + KEY_STEP,
      ArrowDown: height - KEY_STEP,
      Home: LEAST,
      End: most(),
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    resize(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved; this is the pattern of a window splitter.
    <div
      className="lw-dock__resizer"
      role="separator"
      aria-orientation="horizontal"
      aria-label={t('dock.resize')}
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={most()}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
