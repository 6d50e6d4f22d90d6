import type { ActionRun, Failure } from '../../contract/run.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { Notice } from '../components/notice.tsx';
import { useText } from '../text/use-text.ts';

interface FailureBlockProps {
  readonly failure: Failure;
  readonly actions: readonly ActionRun[];
}

/** Cause, last words, what was and was not changed, what to try next. */
export function FailureBlock({ failure, actions }: FailureBlockProps) {
  const { t, say } = useText();
  const changed = actions.filter((each) => each.state === 'succeeded');
  const partly = actions.filter((each) => ['failed', 'cancelled', 'lost'].includes(each.state));
  const untouched = actions.filter((each) => ['waiting', 'not-run'].includes(each.state));
  const groups = [
    { label: t('failure.changed'), of: changed },
    { label: t('failure.partly'), of: partly },
    { label: t('failure.untouched'), of: untouched },
  ].filter((group) => group.of.length > 0);
  return (
    <Notice tone="negative" title={say(failure.reason)}>
      {failure.output === '' ? null : (
        <CommandBlock tone="output" text={failure.output} what={t('failure.lastLines')} />
      )}
      <dl className="lw-failure">
        {groups.map(({ label, of }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{of.map((each) => say(each.action.title)).join(t('common.listComma'))}</dd>
          </div>
        ))}
        <div>
          <dt>{t('failure.next')}</dt>
          <dd>
            {failure.advice.length === 0 ? (
              t('failure.defaultAdvice')
            ) : (
              <ul className="lw-notes">
                {failure.advice.map((advice) => (
                  <li key={JSON.stringify(advice)}>{say(advice)}</li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      </dl>
    </Notice>
  );
}
