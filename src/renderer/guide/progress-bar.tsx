import type { Progress } from '../../contract/run.ts';
import { formatBytes } from '../../messages/formats.ts';
import { span } from '../text/quantities.ts';
import { useText } from '../text/use-text.ts';

/** Amount, rate and time left. Without a known total the bar only shows that it moves. */
export function ProgressBar({ progress, label }: { progress: Progress; label: string }) {
  const text = useText();
  const { t, language } = text;
  const { doneBytes, totalBytes, bytesPerSecond, secondsLeft, item } = progress;
  const known = totalBytes !== undefined && totalBytes > 0;
  const parts = [
    known
      ? t('progress.of', {
          done: formatBytes(doneBytes, language),
          total: formatBytes(totalBytes, language),
        })
      : formatBytes(doneBytes, language),
    ...(bytesPerSecond === undefined
      ? []
      : [t('progress.rate', { rate: formatBytes(bytesPerSecond, language) })]),
    ...(secondsLeft === undefined ? [] : [t('progress.left', { span: span(text, secondsLeft) })]),
  ];
  return (
    <div className="lw-progress">
      <progress
        aria-label={label}
        {...(known ? { value: Math.min(doneBytes, totalBytes), max: totalBytes } : {})}
      />
      <p>
        <span>{parts.join(' · ')}</span>
        {item === undefined ? null : <code title={item}>{item}</code>}
      </p>
    </div>
  );
}
