import type { Finding } from '../../contract/finding.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { Age, Moment } from '../components/when.tsx';
import { useText } from '../text/use-text.ts';

/** What was observed, and by what: the tick and its proof. */
export function Found({ finding }: { finding: Finding | undefined }) {
  const { t, say } = useText();
  if (finding === undefined) return <p className="lw-muted">{t('guide.notObserved')}</p>;
  return (
    <>
      <p className="lw-found">
        {say(finding.reason)}{' '}
        <span className="lw-muted">
          <Age at={finding.at} />
        </span>
      </p>
      {finding.notes.length === 0 ? null : (
        <ul className="lw-notes">
          {finding.notes.map((note) => (
            <li key={JSON.stringify(note)}>{say(note)}</li>
          ))}
        </ul>
      )}
      {finding.evidence.length === 0 ? null : (
        <Disclosure summary={t('guide.evidence')}>
          {finding.evidence.map((evidence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: evidence has no identity but its place.
            <div key={index} className="lw-evidence">
              <p className="lw-help">
                <code>{evidence.target}</code> · <Moment at={evidence.at} />
              </p>
              <CommandBlock text={evidence.command} what={t('guide.command')} />
              <CommandBlock
                tone="output"
                text={evidence.output === '' ? t('guide.noOutput') : evidence.output}
                what={t('guide.output')}
              />
            </div>
          ))}
        </Disclosure>
      )}
    </>
  );
}
