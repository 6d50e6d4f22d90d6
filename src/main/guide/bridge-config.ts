import { type Document, isMap, parseDocument } from 'yaml';

/** The bridge as it shall be. Address and gateway are the uplink's own when left out. */
export interface BridgeWish {
  readonly bridge: string;
  readonly uplink: string;
  readonly address: string | undefined;
  readonly gateway: string | undefined;
  /** Hardware address of the uplink: with another one the DHCP server would give another address. */
  readonly mac: string;
}

/** Words that begin a stanza in interfaces(5). */
const STANZA =
  /^\s*(iface|auto|allow-\S+|mapping|source|source-directory|no-auto-down|no-scripts|rename)\b/;
const ADDRESSING = /^\s*(address|netmask|gateway|broadcast|network)\b/;

/**
 * /etc/network/interfaces with the addresses of the uplink moved to a bridge (interfaces(5),
 * bridge-utils-interfaces(5)). Undefined when the uplink has no stanza there. Other lines stay.
 */
export function ifupdownWithBridge(text: string, wish: BridgeWish): string | undefined {
  const { bridge, uplink, address, gateway, mac } = wish;
  const out: string[] = [];
  let moved = false;
  let dhcp = false;
  let inside = false;
  const finish = () => {
    if (!inside) return;
    inside = false;
    // Blank lines and comments that end the stanza belong to what follows.
    const tail: string[] = [];
    while (/^\s*(#.*)?$/.test(out.at(-1) ?? 'x')) tail.unshift(out.pop() ?? '');
    if (!moved) {
      moved = true;
      if (address !== undefined) out.push(`    address ${address}`);
      if (address !== undefined && gateway !== undefined) out.push(`    gateway ${gateway}`);
      out.push(`    bridge_ports ${uplink}`, '    bridge_stp off', '    bridge_fd 0');
      if (dhcp) out.push(`    bridge_hw ${mac}`);
    }
    out.push(...tail);
  };
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (!STANZA.test(line)) {
      if (!inside || address === undefined || !ADDRESSING.test(line)) out.push(line);
      continue;
    }
    finish();
    const [, family = '', method = ''] =
      new RegExp(`^\\s*iface\\s+${uplink}\\s+(inet6?)\\s+(\\S+)`).exec(line) ?? [];
    if (family === '') {
      out.push(line);
      continue;
    }
    inside = true;
    const first = !moved;
    dhcp = method === 'dhcp' && address === undefined;
    if (first) out.push(`iface ${uplink} inet manual`, '', `auto ${bridge}`);
    out.push(`iface ${bridge} ${family} ${address === undefined ? method : 'static'}`);
  }
  finish();
  return moved ? `${out.join('\n')}\n` : undefined;
}

/** Keys of an Ethernet interface in netplan that are about the wire, not about addresses. */
const STAYS = new Set([
  'match',
  'set-name',
  'wakeonlan',
  'macaddress',
  'mtu',
  'optional',
  'renderer',
]);

/**
 * A netplan file with the addresses of the uplink moved to a bridge; comments stay. Undefined when
 * the uplink is not an Ethernet interface of that file (netplan YAML reference).
 */
export function netplanWithBridge(text: string, wish: BridgeWish): string | undefined {
  const { bridge, uplink, address, gateway, mac } = wish;
  const document: Document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const place = ['network', 'ethernets', uplink];
  const ethernet = document.getIn(place);
  if (!isMap(ethernet) && ethernet !== null) return undefined;
  if (!document.hasIn(place)) return undefined;
  const settings = document.createNode({}) as unknown as {
    set(key: unknown, value: unknown): void;
  };
  settings.set('interfaces', document.createNode([uplink], { flow: true }));
  let dhcp = false;
  if (isMap(ethernet)) {
    for (const { key, value } of [...ethernet.items]) {
      const name = String(key);
      if (STAYS.has(name)) continue;
      ethernet.delete(key);
      if (address !== undefined && /^(addresses|dhcp[46]|gateway4|routes)$/.test(name)) continue;
      if (name === 'dhcp4' && String(value) === 'true') dhcp = true;
      settings.set(key, value);
    }
    ethernet.set('dhcp4', false);
  } else document.setIn(place, document.createNode({ dhcp4: false }));
  if (address !== undefined) {
    settings.set('addresses', document.createNode([address], { flow: true }));
    // `default` is not known to netplan before 0.105; this form always was.
    if (gateway !== undefined) {
      settings.set('routes', document.createNode([{ to: '0.0.0.0/0', via: gateway }]));
    }
  }
  if (dhcp) settings.set('macaddress', mac);
  settings.set('parameters', document.createNode({ stp: false, 'forward-delay': 0 }));
  document.setIn(['network', 'bridges', bridge], settings);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
