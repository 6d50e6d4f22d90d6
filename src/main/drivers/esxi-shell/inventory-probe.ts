import { Inventory, type Machine } from '../../../contract/inventory.ts';
import { runOfSnapshot } from '../../../contract/snapshot-name.ts';
import { INVENTORY_KEY } from '../../engine/hypervisor.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import { answered, type CsvRow, readCsv, readVersion } from '../../engine/probes/esxi-answers.ts';
import { ROWS } from './machine-shell.ts';
import { readMachineList } from './vm-list.ts';
import { readMachine } from './vmx-machine.ts';

/** Each call of esxcli starts Python, and hostd may be restarting. */
const SECONDS = 90;

/**
 * Lines that begin with `@` are ours; all that a tool or a file says is moved in by one blank, so
 * that no annotation can pass for one of ours.
 */
const SCRIPT = `${ROWS}shifted() { sed 's/^/ /'; }
command -v vim-cmd >/dev/null 2>&1 || { echo "@no-vim-cmd"; exit 0; }
echo "@version"; vmware -v | shifted
a=$(vc vmsvc/getallvms)
echo "@list"; printf '%s\\n' "$a" | shifted
[ "$a" != "<unset>" ] || { echo "@end"; exit 0; }
echo "@summary"; vc hostsvc/hostsummary | grep -E '^ *(memorySize|numCpuThreads|inMaintenanceMode) ' | shifted
echo "@cpu"; esxcli hardware cpu global get | shifted
echo "@hardware"; vc solo/querycfgoptdesc | grep -E 'key =|createSupported =' | shifted
echo "@storage"; e storage filesystem list | shifted
echo "@portgroups"; e network vswitch standard portgroup list | shifted
echo "@switches"; esxcli network vswitch standard list | shifted
echo "@running"; e vm process list | shifted
rows | while read -r i p; do
  echo "@vmx $i"; cat "$p" 2>&1 | shifted
  # A call of vim-cmd takes a second, and most machines have no snapshot of ours.
  if grep -q '"labwright-' "\${p%.vmx}.vmsd" 2>/dev/null; then
    echo "@snapshots $i"; vc vmsvc/snapshot.get "$i" </dev/null | shifted
  fi
done
echo "@end"
`;

interface Part {
  readonly head: string;
  readonly word: string;
  readonly text: string;
}

function parts(text: string): Part[] {
  const found: { head: string; word: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) {
      const [head = '', word = ''] = line.slice(1).trim().split(/\s+/);
      found.push({ head, word, lines: [] });
    } else found.at(-1)?.lines.push(line.slice(1));
  }
  return found.map(({ head, word, lines }) => ({ head, word, text: lines.join('\n') }));
}

/** Numbers of hostsummary: `memorySize = 8589328384,` (vim.host.Summary.HardwareSummary). */
function summaryNumber(text: string, name: string): number {
  const number = Number(new RegExp(`^\\s*${name} = (\\d+)`, 'm').exec(text)?.[1]);
  if (!Number.isFinite(number)) throw new ProbeAnswerError(`${name} of the host`);
  return number;
}

/** Newest hardware with `createSupported = true`; the keys are `vmx-08` … (vim.vm.ConfigOptionDescriptor). */
function newestHardware(text: string): number | undefined {
  const found = [...text.matchAll(/key = "vmx-(\d+)"(?:(?!key =)[\s\S])*?createSupported = true/g)];
  const versions = found.map(([, number]) => Number(number));
  return versions.length === 0 ? undefined : Math.max(...versions);
}

/** File systems that keep machines; the rest is the host's own (boot banks, scratch, OSDATA). */
const MACHINE_FILE_SYSTEM = /^(VMFS-?[0-9]|NFS|vsan|vvol)/i;

function storagesOf(rows: readonly CsvRow[]): Inventory['storages'] {
  return rows
    .filter((row) => MACHINE_FILE_SYSTEM.test(row.get('type') ?? ''))
    .map((row) => ({
      name: row.get('volumename') ?? '',
      path: `/vmfs/volumes/${row.get('volumename')}`,
      active: row.get('mounted')?.toLowerCase() === 'true',
      capacityBytes: Number(row.get('size')) || 0,
      availableBytes: Number(row.get('free')) || 0,
    }));
}

/** Uplinks by switch: blocks with a `Name:` and an `Uplinks:` line. */
function uplinksOf(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let name = '';
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^\s+(Name|Uplinks):\s*(.*)$/.exec(line) ?? [];
    if (key === 'Name') name = value.trim();
    if (key === 'Uplinks') found.set(name, value.split(/[,\s]+/).filter(Boolean));
  }
  return found;
}

/** Runs of ours that `vim-cmd vmsvc/snapshot.get` lists: `--Snapshot Name        : NAME`, deeper with more dashes. */
function snapshotsOf(text: string): string[] {
  const names = text.matchAll(/^-*Snapshot Name\s*: (.*)$/gm);
  return [...names].flatMap(([, name = '']) => runOfSnapshot(name.trim()) ?? []);
}

function parse(text: string): Inventory {
  const found = parts(text);
  const of = (head: string) => found.find((part) => part.head === head)?.text ?? '';
  if (found.some(({ head }) => head === 'no-vim-cmd'))
    throw new ProbeAnswerError('vim-cmd (this is not an ESXi host)');
  if (found.at(-1)?.head !== 'end') throw new ProbeAnswerError('the whole inventory of the host');
  const list = readMachineList(answered(of('list')));
  const { product, version, build } = readVersion(of('version'));
  const volumes = readCsv(of('storage'), 'mountpoint', 'volumename', 'type', 'size', 'free');
  const uplinks = uplinksOf(of('switches'));
  // A running machine's file is told by the UUID of its volume, a registered one's by the name.
  const names = new Map(volumes.map((row) => [row.get('mountpoint'), row.get('volumename')]));
  const running = new Set(
    readCsv(of('running')).map((row) => {
      const [, volume, file] =
        /^(\/vmfs\/volumes\/[^/]+)\/(.+)$/.exec(row.get('configfile') ?? '') ?? [];
      return `${names.get(volume) || volume?.split('/').at(-1)}/${file}`;
    }),
  );
  const machines: Machine[] = [];
  const unreadable = list.invalid.map((vmid) => `vmid ${vmid}`);
  const seen = new Set<number>();
  for (const { vmid, name, datastore, file } of list.machines) {
    // A second row of the same id is part of somebody's annotation.
    if (seen.has(vmid)) continue;
    seen.add(vmid);
    const vmx = found.find((part) => part.head === 'vmx' && part.word === String(vmid))?.text ?? '';
    if (!/^\s*config\.version\s*=/im.test(vmx)) {
      unreadable.push(name);
      continue;
    }
    const suspended = /^\s*checkpoint\.vmState\s*=\s*"[^"]+"/im.test(vmx);
    const power = running.has(`${datastore}/${file}`) ? 'on' : suspended ? 'paused' : 'off';
    const listed = found.find((part) => part.head === 'snapshots' && part.word === String(vmid));
    const snapshots = snapshotsOf(listed?.text ?? '');
    const own = snapshots.length === 0 ? {} : { snapshots };
    machines.push({ ...readMachine(vmx, name, power), ...own });
  }
  const hardwareVersion = newestHardware(of('hardware'));
  // 3: there and switched on (esxcli hardware cpu global get).
  const virtualizes = /HV Support:\s*3\b/.test(of('cpu'));
  return Inventory.parse({
    product,
    version: `${version} build-${build}`,
    accelerated: true,
    nested: virtualizes && Number.parseFloat(version) >= 5.1,
    ...(hardwareVersion === undefined ? {} : { hardwareVersion }),
    cpus: summaryNumber(of('summary'), 'numCpuThreads'),
    memoryMib: Math.round(summaryNumber(of('summary'), 'memorySize') / 1024 ** 2),
    storages: storagesOf(volumes),
    networks: readCsv(of('portgroups'), 'name', 'virtualswitch', 'vlanid').map((row) => ({
      name: row.get('name'),
      kind: 'portgroup',
      dhcp: false,
      ports: uplinks.get(row.get('virtualswitch') ?? '') ?? [],
      switch: row.get('virtualswitch'),
      vlan: Number(row.get('vlanid')) || 0,
      // A standard switch knows no spanning tree.
      forwardDelaySeconds: 0,
    })),
    machines,
    unreadable,
    maintenance: /^\s*inMaintenanceMode = true/m.test(of('summary')),
  });
}

/** Everything an ESXi host has, by vim-cmd, esxcli and the .vmx files, in one round trip. Reads only. */
export const esxiInventory = quick<Inventory>({
  key: INVENTORY_KEY,
  script: SCRIPT,
  seconds: SECONDS,
  shown:
    'vim-cmd vmsvc/getallvms, hostsvc/hostsummary; esxcli storage filesystem list, network vswitch standard list; cat *.vmx',
  parse: ({ text }) => parse(text),
});
