import { type Action, base64Bytes } from '../../contract/action.ts';
import { actionText } from '../../contract/action-text.ts';
import type { ImageRef } from '../../contract/image-ref.ts';
import { formatBytes } from '../../messages/formats.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { useText } from '../text/use-text.ts';
import { differentLines } from './different-lines.ts';

/** Actions as they will be executed, each with its whole script. */
interface PlannedActionsProps {
  readonly actions: readonly Action[];
  /** Marks what is not in these, and opens what has changed. */
  readonly differFrom?: readonly Action[];
}

export function PlannedActions({ actions, differFrom }: PlannedActionsProps) {
  const { say } = useText();
  return (
    <ol className="lw-actions">
      {actions.map((action) => (
        <li key={action.id}>
          <p className="lw-actions__title">
            {say(action.title)} <ActionTags action={action} />
          </p>
          <ActionBody
            action={action}
            other={differFrom && (differFrom.find(({ id }) => id === action.id) ?? 'none')}
          />
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
  const image = imageOf(action);
  if (image !== undefined) {
    tags.push(t('cancel.can.kill'));
    if (image.size !== undefined) tags.push(`~${formatBytes(image.size, language)}`);
  }
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

/** The image that an action moves; then it takes its time. */
function imageOf(action: Action): ImageRef | undefined {
  if (action.kind === 'image' || action.kind === 'disk') return action.image;
  return action.kind === 'site' && action.call.kind === 'put-disk' ? action.call.image : undefined;
}

interface ActionBodyProps {
  readonly action: Action;
  /** The same action as it was, or would be; `none` when there is no such action. */
  readonly other: Action | 'none' | undefined;
}

function ActionBody({ action, other }: ActionBodyProps) {
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
  if (action.kind === 'image' || action.kind === 'disk') {
    const { image, equivalent } = action;
    return (
      <>
        <p className="lw-muted">
          {action.kind === 'disk' ? <code>{image.url} </code> : null}
          SHA-256 <code>{image.sha256}</code>
        </p>
        <Disclosure open={false} summary={t('guide.byHand')}>
          <CommandBlock text={equivalent.join('\n')} what={t('guide.byHand')} />
        </Disclosure>
      </>
    );
  }
  const text = actionText(action);
  const what = action.kind === 'upload' ? action.path : t('guide.script');
  const differing =
    other === undefined
      ? undefined
      : differentLines(text, other === 'none' ? '' : actionText(other));
  const block = <CommandBlock text={text} what={what} {...(differing && { marked: differing })} />;
  const lines = text.split('\n').length;
  if (lines <= 3) return block;
  return (
    <Disclosure
      open={differing !== undefined && differing.size > 0}
      summary={
        action.kind === 'upload' ? (
          <code>{action.path}</code>
        ) : action.kind === 'site' ? (
          t(action.equivalent.length === 0 ? 'guide.siteCallAlone' : 'guide.siteCall')
        ) : (
          t('guide.scriptLines', { n: lines })
        )
      }
    >
      {block}
    </Disclosure>
  );
}
