import type { RefObject } from 'react';
import { useId, useRef } from 'react';
import type { PlanProblem } from '../../contract/lab-state.ts';
import { useText } from '../text/use-text.ts';
import { CompletionList, optionId } from './completion-list.tsx';
import type { PlanSchema } from './plan-schema.ts';
import { useCompletion } from './use-completion.ts';

interface YamlEditorProps {
  readonly label: string;
  readonly text: string;
  readonly problems: readonly PlanProblem[];
  readonly readOnly: boolean;
  /** What may be written; without it nothing is suggested. */
  readonly schema: PlanSchema | undefined;
  readonly onChange: (text: string) => void;
  readonly ref: RefObject<HTMLTextAreaElement | null>;
}

/** A text area with line numbers and completion; Tab leaves it, as everywhere. */
export function YamlEditor(props: YamlEditorProps) {
  const { label, text, problems, readOnly, schema, onChange, ref } = props;
  const { t } = useText();
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const { shown, accept, handlers } = useCompletion(ref, schema);
  const wrong = new Set(problems.map((problem) => problem.line));
  const lines = text.split('\n');
  return (
    <div className="lw-editor">
      <div className="lw-editor__gutter" ref={gutter} aria-hidden="true">
        {lines.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line number is its place.
          <span key={index} className={wrong.has(index + 1) ? 'is-wrong' : undefined}>
            {index + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={ref}
        aria-label={label}
        aria-invalid={problems.length > 0}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={shown === undefined ? undefined : id}
        aria-activedescendant={shown === undefined ? undefined : optionId(id, shown.chosen)}
        aria-describedby={readOnly ? undefined : `${id}-keys`}
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        autoComplete="off"
        wrap="off"
        translate="no"
        onChange={(event) => {
          onChange(event.target.value);
          handlers.onInput(event);
        }}
        onKeyDown={handlers.onKeyDown}
        onSelect={handlers.onSelect}
        onBlur={handlers.onBlur}
        onScroll={(event) => {
          if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
          handlers.onScroll();
        }}
      />
      {readOnly ? null : (
        <p className="lw-editor__keys" id={`${id}-keys`}>
          <kbd>Ctrl</kbd>+<kbd>Space</kbd> / <kbd>Alt</kbd>+<kbd>↓</kbd> {t('plan.completion.keys')}
        </p>
      )}
      {shown === undefined ? null : (
        <CompletionList
          id={id}
          options={shown.options}
          chosen={shown.chosen}
          place={shown.place}
          onAccept={accept}
        />
      )}
    </div>
  );
}
