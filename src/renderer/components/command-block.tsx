import { CopyButton } from './copy-button.tsx';

interface CommandBlockProps {
  readonly text: string;
  /** What the copy button copies, for its name. */
  readonly what: string;
  readonly tone?: 'command' | 'output';
  /** Lines to point out, by index. */
  readonly marked?: ReadonlySet<number>;
}

/** A command or its output: monospace, selectable, copyable, scrolled inside itself. */
export function CommandBlock({ text, what, tone = 'command', marked }: CommandBlockProps) {
  return (
    <figure className={`lw-code lw-code--${tone}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this only gives the text its name. */}
      <pre tabIndex={0} role="group" aria-label={what} translate="no">
        {marked === undefined ? text : <MarkedLines text={text} marked={marked} />}
      </pre>
      <CopyButton text={text} what={what} />
    </figure>
  );
}

function MarkedLines({ text, marked }: { text: string; marked: ReadonlySet<number> }) {
  return text.split('\n').map((line, index) => {
    const Line = marked.has(index) ? 'mark' : 'span';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
      <Line key={index}>{`${line}\n`}</Line>
    );
  });
}
