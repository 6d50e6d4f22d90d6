import type { ChangeEvent, KeyboardEvent, RefObject } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { announce } from '../components/announcer.tsx';
import { useText } from '../text/use-text.ts';
import type { CaretPlace } from './caret-place.ts';
import { caretPlace } from './caret-place.ts';
import type { Completion, Completions } from './completions-at.ts';
import { completionsAt } from './completions-at.ts';
import type { PlanSchema } from './plan-schema.ts';

interface Shown extends Completions {
  readonly chosen: number;
  readonly place: CaretPlace;
}

export interface Completing {
  readonly shown: Shown | undefined;
  accept(option: Completion): void;
  readonly handlers: {
    onInput(event: ChangeEvent<HTMLTextAreaElement>): void;
    onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void;
    onSelect(): void;
    onScroll(): void;
    onBlur(): void;
  };
}

/** How far Page Up and Page Down go. */
const PAGE = 6;

/**
 * Completion in a text area. While its list is closed no key means anything else than in any text
 * area, but for Ctrl+Space and, where an
 * input method has that, Alt+Down.
 */
export function useCompletion(
  editor: RefObject<HTMLTextAreaElement | null>,
  schema: PlanSchema | undefined,
): Completing {
  const { t } = useText();
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  /** A question from before the schema was there. */
  const early = useRef<{ readonly asked: boolean } | undefined>(undefined);
  const close = () => setShown(undefined);
  const isOpen = shown !== undefined;

  /** The list stays with the text where that moves, and goes where it leaves the view. */
  const follow = useCallback(() => {
    const area = editor.current;
    setShown((now) => {
      if (now === undefined || area === null) return undefined;
      const place = caretPlace(area, now.from);
      return place.seen ? { ...now, place } : undefined;
    });
  }, [editor]);

  useEffect(() => {
    if (!isOpen) return;
    window.addEventListener('resize', follow);
    return () => window.removeEventListener('resize', follow);
  }, [isOpen, follow]);

  const look = (asked: boolean) => {
    const area = editor.current;
    early.current = schema === undefined ? { asked } : undefined;
    const alone = area !== null && !area.readOnly && area.selectionStart === area.selectionEnd;
    const found =
      alone && schema !== undefined
        ? completionsAt(area.value, area.selectionStart, schema)
        : undefined;
    // An empty line is not a question; the place of a value is.
    const wanted = asked || found?.typed !== '' || found.options[0]?.kind === 'value';
    if (area === null || found === undefined || !wanted) {
      close();
      if (asked && schema !== undefined) announce(t('plan.completion.none'));
      return;
    }
    const place = caretPlace(area, found.from);
    if (!place.seen) return close();
    setShown({ ...found, chosen: 0, place });
    if (!isOpen) announce(t('plan.completion.some', { n: found.options.length }));
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the schema's arrival answers.
  useEffect(() => {
    const question = early.current;
    if (schema === undefined || question === undefined) return;
    if (document.activeElement === editor.current) look(question.asked);
  }, [schema]);

  const accept = ({ insert }: Completion) => {
    const area = editor.current;
    if (area === null || shown === undefined) return;
    close();
    area.focus();
    area.setSelectionRange(shown.from, shown.to);
    // Deprecated, and the only way to write so that Ctrl+Z takes it back.
    document.execCommand('insertText', false, insert);
  };

  const move = (event: KeyboardEvent, to: number) => {
    if (shown === undefined) return;
    event.preventDefault();
    const count = shown.options.length;
    setShown({ ...shown, chosen: Math.min(count - 1, Math.max(0, to)) });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const asks =
      (event.key === ' ' && event.ctrlKey && !event.altKey && !event.metaKey) ||
      (event.key === 'ArrowDown' && event.altKey && !event.ctrlKey);
    if (asks) {
      event.preventDefault();
      look(true);
      return;
    }
    if (shown === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const { chosen, options } = shown;
    const option = options[chosen];
    if (event.key === 'ArrowDown') move(event, (chosen + 1) % options.length);
    else if (event.key === 'ArrowUp') move(event, (chosen + options.length - 1) % options.length);
    else if (event.key === 'PageDown') move(event, chosen + PAGE);
    else if (event.key === 'PageUp') move(event, chosen - PAGE);
    else if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && option) {
      event.preventDefault();
      accept(option);
    }
  };

  return {
    shown,
    accept,
    handlers: {
      onInput: (event) => {
        const { isComposing = false, inputType = '' } = event.nativeEvent as Partial<InputEvent>;
        if (isComposing) close();
        else if (inputType === 'insertText') look(false);
        // What is taken away or pasted opens nothing, but a list that is open goes on.
        else if (isOpen && inputType === 'deleteContentBackward') look(false);
        else close();
      },
      onKeyDown,
      onSelect: () => {
        const area = editor.current;
        if (shown === undefined || area === null) return;
        const caret = shown.from + shown.typed.length;
        if (area.selectionStart !== caret || area.selectionEnd !== caret) close();
      },
      onScroll: follow,
      onBlur: close,
    },
  };
}
