import type { Host, Plan, ProxySettings } from '../../../contract/plan.ts';
import { quote } from '../../../contract/shell-quote.ts';

/** The proxy in force for a host: its own, else the lab's. */
export function proxyOf(plan: Plan, host: Host): ProxySettings {
  return host.proxy ?? plan.proxy ?? {};
}

/** The proxy that a request for this address goes through, as curl and Python read the settings. */
export function proxyFor(proxy: ProxySettings, address: string): string | undefined {
  const { protocol, hostname } = new URL(address);
  const name = hostname.replace(/^\[|\]$/g, '');
  const exempt = proxy.no_proxy?.some((entry) => {
    const domain = entry.replace(/^\./, '');
    return entry === '*' || name === domain || name.endsWith(`.${domain}`);
  });
  if (exempt) return undefined;
  return protocol === 'https:' ? proxy.https : proxy.http;
}

/** An address with the proxy on its way, for messages about what could not be fetched. */
export function addressShown(proxy: ProxySettings, address: string): string {
  const through = proxyFor(proxy, address);
  return through === undefined ? address : `${address} (proxy ${through})`;
}

/** The proxy that apt is given; archives are plain HTTP. */
export function aptProxy(proxy: ProxySettings): string | undefined {
  return proxy.apt ?? proxy.http;
}

/** `export` lines as curl, wget and Python's requests read them (curl(1), ENVIRONMENT). */
export function proxyExports(proxy: ProxySettings): string {
  const lines: string[] = [];
  if (proxy.http) lines.push(`export http_proxy=${quote(proxy.http)}`);
  if (proxy.https) lines.push(`export https_proxy=${quote(proxy.https)}`);
  if (proxy.no_proxy?.length) lines.push(`export no_proxy=${quote(proxy.no_proxy.join(','))}`);
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * What comes before apt-get where the plan names a proxy. apt takes exemptions from the environment
 * alone. Settings of the host for single archives, or for a proxy that is detected, come before any
 * option (apt-transport-http(1)): they are an administrator's, so they stay, and the log says so.
 */
export function aptProxyPreparation(proxy: ProxySettings): string {
  if (aptProxyOptions(proxy) === '') return '';
  const exemptions = proxy.no_proxy?.length
    ? `export no_proxy=${quote(proxy.no_proxy.join(','))}\n`
    : '';
  return `${exemptions}apt-config dump 2>/dev/null | grep -Ei '^Acquire::https?::Proxy(::|-?Auto-?Detect )' | sed 's/^/Set on this host, before the proxy of the plan: /'\n`;
}

/** Options for apt-get (apt-transport-http(1)); without a value apt uses its own configuration. */
export function aptProxyOptions(proxy: ProxySettings): string {
  const http = aptProxy(proxy);
  const https = proxy.apt ?? proxy.https;
  return [
    ...(http ? [`-o Acquire::http::Proxy=${quote(http)}`] : []),
    ...(https ? [`-o Acquire::https::Proxy=${quote(https)}`] : []),
  ].join(' ');
}
