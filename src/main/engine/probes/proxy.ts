import type { Host, Plan, ProxySettings } from '../../../contract/plan.ts';
import { quote } from '../../../contract/shell-quote.ts';

/** The proxy in force for a host: its own, else the lab's. */
export function proxyOf(plan: Plan, host: Host): ProxySettings {
  return host.proxy ?? plan.proxy ?? {};
}

/** `export` lines as curl, wget and Python's requests read them (curl(1), ENVIRONMENT). */
export function proxyExports(proxy: ProxySettings): string {
  const lines: string[] = [];
  if (proxy.http) lines.push(`export http_proxy=${quote(proxy.http)}`);
  if (proxy.https) lines.push(`export https_proxy=${quote(proxy.https)}`);
  if (proxy.no_proxy?.length) lines.push(`export no_proxy=${quote(proxy.no_proxy.join(','))}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** Options for apt-get (apt-transport-http(1)); without a value apt uses the environment. */
export function aptProxyOptions(proxy: ProxySettings): string {
  const http = proxy.apt ?? proxy.http;
  const https = proxy.apt ?? proxy.https;
  return [
    ...(http ? [`-o Acquire::http::Proxy=${quote(http)}`] : []),
    ...(https ? [`-o Acquire::https::Proxy=${quote(https)}`] : []),
  ].join(' ');
}
