import { type Action, base64Bytes } from './action.ts';
import type { MaasCall } from './maas-call.ts';
import type { SiteCall } from './site-call.ts';

/** An action in full, as the person is shown it; empty for what only a sentence tells. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'script':
      return action.script.trimEnd();
    case 'upload':
      return action.content.trimEnd();
    case 'image':
    case 'disk': {
      const { image, equivalent } = action;
      const to = action.kind === 'disk' ? [action.path] : [];
      const lines = [image.url, `sha256 ${image.sha256}`, ...to];
      return [...lines, ...equivalent.map((line) => `# ${line}`)].join('\n');
    }
    case 'site':
    case 'maas': {
      const same = action.equivalent.map((line) => `# ${line}`);
      return [JSON.stringify(readable(action.call), null, 2), ...same].join('\n');
    }
    case 'wait':
    case 'manual':
      return '';
  }
}

/** A call with the number of its bytes instead of bytes that nobody can read. */
function readable(call: SiteCall | MaasCall): unknown {
  if (call.kind !== 'put-seed') return call;
  const { content, ...rest } = call;
  return { ...rest, bytes: base64Bytes(content) };
}
