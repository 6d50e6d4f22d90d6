import { useLayoutEffect, useRef } from 'react';
import type { MessageKey } from '../../messages/catalogues.ts';
import { useText } from '../text/use-text.ts';
import type { CaretPlace } from './caret-place.ts';
import type { Completion } from './completions-at.ts';

interface CompletionListProps {
  readonly id: string;
  readonly options: readonly Completion[];
  readonly chosen: number;
  readonly place: CaretPlace;
  readonly onAccept: (option: Completion) => void;
}

/** Kept between the list and the edges of the window. */
const MARGIN = 8;

export function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}

/** The list at the cursor. The focus stays in the text, which names the chosen option. */
export function CompletionList({ id, options, chosen, place, onAccept }: CompletionListProps) {
  const { t, has } = useText();
  const list = useRef<HTMLDivElement>(null);
  // The schema speaks English; the catalogues say the same in the language that is shown.
  const says = ({ path, description }: Completion) => {
    const key = `plan.key.${path}`;
    return has(key) ? t(key as MessageKey) : description;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the size follows from the options.
  useLayoutEffect(() => {
    const box = list.current;
    if (box === null) return;
    const below = window.innerHeight - place.bottom - MARGIN;
    const up = box.scrollHeight > below && place.top > below;
    const room = up ? place.top - MARGIN : below;
    box.style.maxHeight = `min(20rem, ${room}px)`;
    const left = Math.min(place.left, window.innerWidth - box.offsetWidth - MARGIN);
    box.style.left = `${Math.max(MARGIN, left)}px`;
    box.style.top = up ? 'auto' : `${place.bottom}px`;
    box.style.bottom = up ? `${window.innerHeight - place.top}px` : 'auto';
  }, [options, place]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is another element.
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, options]);

  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={t('plan.completion.list')}
      className="lw-completions"
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the text area, which has the focus.
        <div
          key={option.label}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          // The text must not lose the focus, or the list would close before the click.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onAccept(option)}
        >
          <code translate="no">{option.label}</code> <span>{says(option)}</span>{' '}
          {option.mark === undefined ? null : (
            <span className="lw-tag">{t(`plan.completion.${option.mark}`)}</span>
          )}
        </div>
      ))}
    </div>
  );
}
