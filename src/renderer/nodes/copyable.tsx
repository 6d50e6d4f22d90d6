import { CopyButton } from '../components/copy-button.tsx';

/** An address or an identifier: monospace, with its copy button. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span className="lw-copyable">
      <code translate="no">{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
