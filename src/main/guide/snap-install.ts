import type { ScriptAction } from '../../contract/action.ts';
import type { Message } from '../../contract/message.ts';
import type { ProxySettings } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { rootScript } from './root-script.ts';

/** snapd fetches by itself, so it has to be told its proxy; ours is not in its environment (snapd docs). */
function tellProxy({ http, https }: ProxySettings): string {
  const settings = [
    ...(http ? [`proxy.http=${quote(http)}`] : []),
    ...(https ? [`proxy.https=${quote(https)}`] : []),
  ];
  return settings.length === 0 ? '' : `snap set system ${settings.join(' ')} || exit\n`;
}

/** Installs a snap. snapd goes on without us: stopping the command would only stop the watching. */
export function snapInstall(
  target: string,
  what: Pick<ScriptAction, 'id'> & {
    readonly title: Message;
    readonly name: string;
    readonly channel?: string;
    readonly proxy: ProxySettings;
  },
): ScriptAction {
  const { id, title, name, channel, proxy } = what;
  const from = channel === undefined ? '' : ` --channel=${quote(channel)}`;
  return rootScript(target, {
    id,
    title,
    cancel: 'never',
    silenceSeconds: 600,
    script: `${tellProxy(proxy)}snap install ${name}${from}\n`,
  });
}
