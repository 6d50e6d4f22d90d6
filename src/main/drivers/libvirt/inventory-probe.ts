import { Inventory, type Machine } from '../../../contract/inventory.ts';
import { runOfSnapshot } from '../../../contract/snapshot-name.ts';
import { INVENTORY_KEY } from '../../engine/hypervisor.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import { BRIDGE_SHELL } from '../../engine/probes/bridge-shell.ts';
import {
  child,
  MARK_NAMESPACE,
  markOf,
  parseXml,
  readDomain,
  textOf,
  XmlError,
} from './domain-xml.ts';

/**
 * A description is a few KB. One that is larger than this holds something else, such as a document in
 * its metadata; it is cut off, and so listed as one that cannot be read. libvirt itself allows 4 MB.
 */
const DESCRIPTION_BYTES = 256 * 1024;

/** One connection per call; a few hundred machines still answer within this. */
const SECONDS = 60;

/**
 * Lines that begin with `@` are ours; all that a tool prints is moved in by one blank, so that no
 * description of a machine can pass for one of ours.
 */
const SCRIPT = `${BRIDGE_SHELL}v() { virsh -q -c qemu:///system "$@" 2>&1; }
shifted() { sed 's/^/ /'; }
command -v virsh >/dev/null 2>&1 || { echo "@no-virsh"; exit 0; }
a=$(v version --daemon) || a=$(v version) || { echo "@no-answer"; printf '%s\\n' "$a" | shifted; exit 0; }
echo "@version"; printf '%s\\n' "$a" | shifted
echo "@node"; v nodeinfo | shifted
echo "@capabilities"; v capabilities | shifted
echo "@nested"; cat /sys/module/kvm_intel/parameters/nested /sys/module/kvm_amd/parameters/nested 2>/dev/null | shifted
for p in $(v pool-list --all --name); do
  echo "@pool"; v pool-refresh "$p" >/dev/null; v pool-dumpxml "$p" | shifted
  echo "@pool-state"; v pool-info "$p" | shifted
done
for b in $(bridges); do echo "@bridge $b $(bridge_state "$b")"; done
for n in $(v net-list --name); do echo "@net"; v net-dumpxml "$n" | shifted; done
for u in $(v list --all --uuid); do
  echo "@domain $u"; v domstate "$u" | shifted
  x=$(v dumpxml --inactive "$u" | head -c ${DESCRIPTION_BYTES}); echo "@xml"; printf '%s\\n' "$x" | shifted
  case $x in *${MARK_NAMESPACE}*) echo "@snapshots"; v snapshot-list "$u" --name | shifted ;; esac
done
echo "@end"
`;

type Owner = Machine['owner'];

interface Part {
  readonly head: string;
  readonly words: readonly string[];
  readonly text: string;
}

function parts(text: string): Part[] {
  const found: { head: string; words: string[]; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) {
      const [head = '', ...words] = line.slice(1).trim().split(/\s+/);
      found.push({ head, words, lines: [] });
    } else found.at(-1)?.lines.push(line.slice(1));
  }
  return found.map(({ head, words, lines }) => ({ head, words, text: lines.join('\n').trim() }));
}

function field(text: string, name: string): string {
  const line = text.split('\n').find((each) => each.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

function poolOf(xml: string, state: string): Inventory['storages'][number] {
  const pool = parseXml(xml, 'pool');
  const bytes = (name: string) => Number(textOf(child(pool, name))) || 0;
  return {
    name: textOf(child(pool, 'name')),
    path: textOf(child(pool, 'target', 'path')),
    active: field(state, 'State') === 'running',
    capacityBytes: bytes('capacity'),
    availableBytes: bytes('available'),
  };
}

/** What libvirt itself knows of bridges: whether its dnsmasq gives addresses, and whose they are. */
function networksByBridge(found: readonly Part[]): Map<string, { dhcp: boolean; owner: Owner }> {
  const networks = found
    .filter(({ head }) => head === 'net')
    .map(({ text }) => parseXml(text, 'network'));
  return new Map(
    networks.map((network) => [
      child(network, 'bridge')?.getAttribute('name') ?? '',
      { dhcp: network.getElementsByTagName('dhcp').length > 0, owner: markOf(network) },
    ]),
  );
}

/** Runs of ours of which a snapshot is listed. */
function snapshotsOf(part: Part | undefined): Pick<Machine, 'snapshots'> {
  if (part?.head !== 'snapshots') return {};
  const runs = part.text.split('\n').flatMap((line) => runOfSnapshot(line.trim()) ?? []);
  return runs.length === 0 ? {} : { snapshots: runs };
}

function parse(text: string): Inventory {
  const found = parts(text);
  const of = (head: string) => found.find((part) => part.head === head)?.text ?? '';
  if (found.some(({ head }) => head === 'no-virsh'))
    throw new ProbeAnswerError('virsh (it is not installed)');
  if (found.some(({ head }) => head === 'no-answer')) {
    throw new ProbeAnswerError(`an answer of libvirt; virsh says: ${of('no-answer')}`);
  }
  if (found.at(-1)?.head !== 'end') throw new ProbeAnswerError('the whole inventory of libvirt');
  // Without --daemon (before 1.0) only the library's own version is told.
  const version = /(?:daemon|against library): (?:libvirt )?(\S+)/g;
  const versions = [...of('version').matchAll(version)].map(([, number]) => number);
  const node = of('node');
  const capabilities = parseXml(of('capabilities'), 'capabilities');
  const guests = [...capabilities.getElementsByTagName('domain')];
  const networks = networksByBridge(found);
  const machines: Machine[] = [];
  const unreadable: string[] = [];
  const storages: Inventory['storages'] = [];
  found.forEach((part, index) => {
    const next = found[index + 1]?.text ?? '';
    if (part.head === 'pool') storages.push(poolOf(part.text, next));
    if (part.head !== 'domain') return;
    try {
      machines.push({ ...readDomain(next, part.text), ...snapshotsOf(found[index + 2]) });
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      unreadable.push(part.words[0] ?? '');
    }
  });
  return Inventory.parse({
    product: 'libvirt',
    version: versions.at(-1) ?? '',
    accelerated: guests.some((guest) => guest.getAttribute('type') === 'kvm'),
    nested: /^[Y1]/m.test(of('nested')),
    cpus: Number(field(node, 'CPU(s)')),
    memoryMib: Math.round(Number.parseInt(field(node, 'Memory size'), 10) / 1024),
    storages,
    networks: found
      .filter(({ head }) => head === 'bridge')
      .map(({ words: [name = '', stp = '0', delay = '0', ...ports] }) => ({
        name,
        kind: 'bridge',
        dhcp: networks.get(name)?.dhcp ?? false,
        owner: networks.get(name)?.owner,
        ports,
        // In hundredths of a second; a port listens and learns for one delay each (802.1D).
        forwardDelaySeconds: stp === '0' ? 0 : (2 * Number(delay)) / 100,
      })),
    machines,
    unreadable,
  });
}

/** Everything a KVM host has, by virsh (virsh(1)), in one round trip. Reads only. */
export const libvirtInventory = quick<Inventory>({
  key: INVENTORY_KEY,
  script: SCRIPT,
  sudo: true,
  seconds: SECONDS,
  shown:
    'virsh -c qemu:///system capabilities, pool-list, net-list, list --all, dumpxml --inactive',
  parse: ({ text }) => {
    try {
      return parse(text);
    } catch (cause) {
      if (!(cause instanceof XmlError)) throw cause;
      throw new ProbeAnswerError(`XML of libvirt (${cause.message})`);
    }
  },
});
