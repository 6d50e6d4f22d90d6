import { type Message, message } from '../../contract/message.ts';
import { on } from '../engine/probe.ts';
import { type Listener, listeners } from '../engine/probes/ports.ts';
import type { Step } from '../engine/step.ts';
import { installedRead, type MaasLine, maasHereForSure, maasHost } from './maas-installed.ts';
import { sharesMirror } from './maas-ready.ts';

interface WantedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Processes of MAAS, and of what it brings along, that may have it. */
  readonly owners: RegExp;
}

/** Python runs MAAS's own daemons; its name is all that the kernel tells of them. */
const DAEMON = /^(python|twistd|regiond|rackd|maas-)/;
const COMMON: readonly WantedPort[] = [
  { protocol: 'udp', port: 53, owners: /^named/ },
  { protocol: 'tcp', port: 53, owners: /^named/ },
  { protocol: 'udp', port: 67, owners: /^dhcpd/ },
  { protocol: 'udp', port: 69, owners: DAEMON },
  { protocol: 'tcp', port: 8000, owners: /^squid/ },
];

/** The ports of users.md D13. Only 1.7 answers on 80, by Apache; later ones on 5240, by nginx. */
const PORTS: Record<MaasLine, readonly WantedPort[]> = {
  '1.7': [...COMMON, { protocol: 'tcp', port: 80, owners: /^apache2/ }],
  '3.x': [
    ...COMMON,
    { protocol: 'tcp', port: 5240, owners: /^(nginx|python|regiond|maas-)/ },
    { protocol: 'tcp', port: 5248, owners: /^(nginx|python|rackd|maas-)/ },
  ],
};

/** systemd-resolved's own address, which MAAS's DNS server leaves alone (resolved.conf(5)). */
const isStub = ({ address, owners }: Listener): boolean =>
  /^127\.0\.0\.5[34]\b/.test(address) && owners.every((name) => name.startsWith('systemd-resol'));

function strangers(found: readonly Listener[], wanted: readonly WantedPort[]): Listener[] {
  return found.filter((each) => {
    const port = wanted.find((one) => one.protocol === each.protocol && one.port === each.port);
    if (port === undefined || isStub(each) || each.owners.length === 0) return false;
    return !each.owners.every((name) => port.owners.test(name));
  });
}

/** Who has the ports that MAAS answers on. */
export const ports: Step = {
  id: 'maas.ports',
  targets: maasHost,
  needs: ['maas.source'],
  reads: (context) => [installedRead(context), on(context.target, listeners)],
  check: (context) => {
    const found = context.facts.need(on(context.target, listeners));
    const { line } = maasHereForSure(context);
    const notes: Message[] = [];
    const web = found.some(({ port, owners }) => port === 80 && owners.includes('apache2'));
    if (web && sharesMirror(context)) {
      notes.push(message(line === '1.7' ? 'maas.ports.mirror-1.7' : 'maas.ports.mirror-3.x'));
    }
    const foreign = strangers(found, PORTS[line]);
    if (foreign.length === 0) {
      const list = [...new Set(PORTS[line].map(({ port }) => port))].sort((a, b) => a - b);
      const reason = message('maas.ports.done', { ports: list.join(', ') });
      return { state: 'done', reason, notes };
    }
    const said = foreign.map(
      ({ owners, address, port, protocol }) =>
        `${owners.join(' / ')} (${address}:${port}/${protocol})`,
    );
    const known: Record<string, Message> = {
      dnsmasq: message('maas.ports.dnsmasq'),
      'systemd-resolve': message('maas.ports.resolved'),
    };
    for (const [name, note] of Object.entries(known)) {
      if (foreign.some(({ owners }) => owners.includes(name))) notes.push(note);
    }
    const reason = message('maas.ports.taken', { list: [...new Set(said)].join(', ') });
    return { state: 'manual', reason, notes };
  },
};
