import { type Message, message } from '../../../contract/message.ts';
import type { ProxySettings } from '../../../contract/plan.ts';
import { proxyFor } from './proxy.ts';

/** Exit statuses of curl(1) and wget(1) that tell why something could not be fetched. */
const CURL: Readonly<Record<number, Cause>> = {
  5: 'proxy',
  6: 'nameless',
  7: 'silent',
  22: 'status',
  28: 'silent',
  35: 'untrusted',
  52: 'silent',
  // The answer broke off; a proxy that refuses CONNECT is also told so.
  56: 'silent',
  60: 'untrusted',
};
const WGET: Readonly<Record<number, Cause>> = { 4: 'silent', 5: 'untrusted', 8: 'status' };

type Cause = 'proxy' | 'nameless' | 'silent' | 'status' | 'untrusted';

/**
 * Why a source could not be fetched, from what the tool said: `tool` and its exit status, and its own
 * words, where it has any (wget is asked to be quiet).
 */
export function sourceFailure(
  proxySettings: ProxySettings,
  failed: { readonly url: string; readonly tool: string; readonly code: number },
  output: string,
): Message | undefined {
  const { url, tool, code } = failed;
  const cause = (tool === 'wget' ? WGET : CURL)[code];
  const proxy = proxyFor(proxySettings, url);
  const status = Number(
    /returned error: (\d{3})|code (\d{3}) from proxy/.exec(output)?.slice(1).find(Boolean),
  );
  switch (cause) {
    case 'proxy':
      return message('mirror.fail.proxy', { source: url, proxy: proxy ?? '' });
    case 'nameless':
      return message('mirror.fail.dns', { source: url });
    case 'untrusted':
      return message('mirror.fail.certificate', { source: url });
    case 'status':
      if (proxy !== undefined) return message('mirror.fail.proxy-refused', { url, proxy });
      if (Number.isNaN(status)) return message('mirror.fail.not-given', { url });
      return status === 404
        ? message('mirror.fail.not-found', { url })
        : message('mirror.fail.status', { url, status });
    case 'silent':
      if (proxy === undefined) return message('mirror.fail.unreachable', { source: url });
      return Number.isNaN(status)
        ? message('mirror.fail.proxy', { source: url, proxy })
        : message('mirror.fail.proxy-refused', { url, proxy });
    default:
      return undefined;
  }
}
