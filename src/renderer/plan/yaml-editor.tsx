import type { RefObject } from 'react';
import { useRef } from 'react';
import type { PlanProblem } from '../../contract/lab-state.ts';

interface YamlEditorProps {
  readonly label: string;
  readonly text: string;
  readonly problems: readonly PlanProblem[];
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
  readonly ref: RefObject<HTMLTextAreaElement | null>;
}

/** A plain text area with line numbers; Tab leaves it, as everywhere. */
export function YamlEditor({ label, text, problems, readOnly, onChange, ref }: YamlEditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
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
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        autoComplete="off"
        wrap="off"
        translate="no"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
