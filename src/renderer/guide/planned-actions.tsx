import { type Action, base64Bytes } from '../../contract/action.ts';
import { formatBytes } from '../../messages/formats.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { useText } from '../text/use-text.ts';

/** Actions as they will be executed, each with its whole script. */
export function PlannedActions({ actions }: { actions: readonly Action[] }) {
  const { say } = useText();
  return (
    <ol className="lw-actions">
      {actions.map((action) => (
        <li key={action.id}>
          <p className="lw-actions__title">
            {say(action.title)} <ActionTags action={action} />
          </p>
          <ActionBody action={action} />
        </li>
      ))}
    </ol>
  );
}

function ActionTags({ action }: { action: Action }) {
  const { t, language } = useText();
  const tags: string[] = [];
  if (action.kind === 'script') {
    if (action.sudo) tags.push('sudo');
    tags.push(t(`cancel.can.${action.cancel}`));
    if (action.progress?.totalBytes !== undefined) {
      tags.push(`~${formatBytes(action.progress.totalBytes, language)}`);
    }
    for (const secret of action.secrets) tags.push(t('guide.usesSecret', { name: secret.name }));
  } else if (action.kind === 'upload') tags.push(action.mode);
  return (
    <>
      {tags.map((tag) => (
        <span key={tag} className="lw-tag">
          {tag}
        </span>
      ))}
    </>
  );
}

function ActionBody({ action }: { action: Action }) {
  const { t, say } = useText();
  if (action.kind === 'manual') return <p className="lw-prose">{say(action.instructions)}</p>;
  if (action.kind === 'wait') {
    return <p className="lw-prose">{t('guide.waitsForFinding', { id: action.finding })}</p>;
  }
  if (action.kind === 'upload' && action.encoding !== undefined) {
    const params = { size: base64Bytes(action.content), sha256: action.sha256 ?? '–' };
    return (
      <p className="lw-prose">
        <code>{action.path}</code> {say({ key: 'upload.bytes', params })}
      </p>
    );
  }
  const text = action.kind === 'script' ? action.script : action.content;
  const what = action.kind === 'script' ? t('guide.script') : action.path;
  const short = text.trimEnd().split('\n').length <= 3;
  const block = <CommandBlock text={text.trimEnd()} what={what} />;
  if (short) return block;
  const lines = text.trimEnd().split('\n').length;
  return (
    <Disclosure
      summary={
        action.kind === 'script' ? t('guide.scriptLines', { n: lines }) : <code>{action.path}</code>
      }
    >
      {block}
    </Disclosure>
  );
}
