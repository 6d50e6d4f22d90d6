import { kibibytes } from '../libvirt/domain-description.ts';
import type { Domain } from '../libvirt/domains.ts';
import { LibvirtError } from '../libvirt/libvirt-error.ts';
import { childOf, childrenOf, parseTree, printTree, type Tree, tree } from '../libvirt/xml-tree.ts';
import type { VirshCall, VirshCommand } from './virsh-command.ts';
import { virshTable } from './virsh-table.ts';

const domainOf = ({ libvirt, need }: VirshCall): Domain => libvirt.domains.get(need('domain'));

/** A command on one domain that only says that it was done. */
const onDomain = (
  done: string,
  run: (call: VirshCall, domain: Domain) => void,
  flags = '',
): VirshCommand => ({
  operands: 'domain',
  flags,
  run: (call) => {
    const domain = domainOf(call);
    run(call, domain);
    call.say(`Domain '${domain.name}' ${done}\n`);
  },
});

/** Our mark's element as virsh tells it: without the prefix and the name of its namespace. */
function metadataOf({ live, description }: Domain, namespace: string): string {
  for (const raw of childOf(live ?? description, 'metadata')?.raw ?? []) {
    const [, prefix] = /^<(?:([\w-]+):)?[\w-]+/.exec(raw) ?? [];
    const declared = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`;
    const found = [`${declared}="${namespace}"`, `${declared}='${namespace}'`].find((each) =>
      raw.includes(each),
    );
    if (found === undefined) continue;
    const plain = raw.replace(` ${found}`, '');
    return prefix === undefined
      ? plain
      : plain.replaceAll(new RegExp(`(</?)${prefix}:`, 'g'), '$1');
  }
  throw new LibvirtError('metadata not found: Requested metadata element is not present');
}

/** The same description with this element instead of those of its namespace. */
function withMetadata(description: Tree, namespace: string, element: string | undefined): Tree {
  const metadata = childOf(description, 'metadata') ?? { ...tree('metadata'), raw: [] };
  const others = (metadata.raw ?? []).filter((raw) => !raw.includes(`="${namespace}"`));
  const next = {
    ...metadata,
    raw: element === undefined ? others : [...others, element],
    open: true,
  };
  const rest = description.children.filter(({ name }) => name !== 'metadata');
  const at = rest.findIndex(({ name }) => name === 'memory');
  return { ...description, children: [...rest.slice(0, at), next, ...rest.slice(at)] };
}

/** Sets or removes one; `--config` is about the next start, `--live` about what runs. */
function changeMetadata(call: VirshCall): void {
  const domain = domainOf(call);
  const namespace = call.need('uri');
  const given = call.values.get('set');
  const key = call.values.get('key') ?? '';
  const element = given?.replace(/^<([\w-]+)/, `<${key}:$1 xmlns:${key}="${namespace}"`);
  if (call.flags.has('live')) {
    if (!domain.live)
      throw new LibvirtError('Requested operation is not valid: domain is not running');
    domain.live = withMetadata(domain.live, namespace, element);
  }
  if (call.flags.has('config') || !domain.live)
    domain.description = withMetadata(domain.description, namespace, element);
  call.say(`Metadata ${given === undefined ? 'removed' : 'modified'}\n`);
}

const devicesOf = ({ live, description }: Domain, name: string): readonly Tree[] =>
  childrenOf(childOf(live ?? description, 'devices'), name);

function info(domain: Domain): string {
  const { id, name, uuid, state, live, description, persistent, autostart } = domain;
  const now = live ?? description;
  const memory = kibibytes(childOf(now, 'memory'));
  const rows = [
    ['Id', id ?? '-'],
    ['Name', name],
    ['UUID', uuid],
    ['OS Type', 'hvm'],
    ['State', state],
    ['CPU(s)', childOf(now, 'vcpu')?.text],
    ...(live ? [['CPU time', '0.3s']] : []),
    ['Max memory', `${memory} KiB`],
    ['Used memory', `${kibibytes(childOf(now, 'currentMemory')) ?? memory} KiB`],
    ['Persistent', persistent ? 'yes' : 'no'],
    ['Autostart', autostart ? 'enable' : 'disable'],
    ['Managed save', 'no'],
    ['Security model', 'none'],
    ['Security DOI', '0'],
  ];
  return rows.map(([key, value]) => `${`${key}:`.padEnd(15)} ${value}\n`).join('');
}

export const domainCommands: Readonly<Record<string, VirshCommand>> = {
  list: {
    flags: 'all inactive name uuid id persistent transient autostart',
    run: ({ libvirt, flags, print, quiet }) => {
      const domains = libvirt.domains
        .list()
        .filter(
          ({ state }) => flags.has('all') || (state === 'shut off') === flags.has('inactive'),
        );
      if (flags.has('name') || flags.has('uuid')) {
        const words = domains.map((each) => (flags.has('uuid') ? each.uuid : each.name));
        print(words.map((word) => `${word}\n`).join(''));
        return;
      }
      const rows = domains.map(({ id, name, state }) => [String(id ?? '-'), name, state]);
      print(virshTable(['Id', 'Name', 'State'], rows, quiet));
    },
  },
  dominfo: { operands: 'domain', run: (call) => call.print(info(domainOf(call))) },
  domstate: {
    operands: 'domain',
    flags: 'reason',
    run: (call) => {
      const { state, reason } = domainOf(call);
      call.print(call.flags.has('reason') ? `${state} (${reason})\n` : `${state}\n`);
    },
  },
  domuuid: { operands: 'domain', run: (call) => call.print(`${domainOf(call).uuid}\n`) },
  domname: { operands: 'domain', run: (call) => call.print(`${domainOf(call).name}\n`) },
  dumpxml: {
    operands: 'domain',
    flags: 'inactive security-info update-cpu migratable',
    run: (call) => {
      const { live, description } = domainOf(call);
      call.print(printTree(call.flags.has('inactive') ? description : (live ?? description)));
    },
  },
  metadata: {
    operands: 'domain uri',
    flags: 'config live remove',
    valued: 'key set',
    run: (call) => {
      if (call.values.has('set') || call.flags.has('remove')) changeMetadata(call);
      else call.print(`${metadataOf(domainOf(call), call.need('uri'))}\n`);
    },
  },
  domblkinfo: {
    operands: 'domain device',
    run: (call) => {
      const device = call.need('device');
      const disk = devicesOf(domainOf(call), 'disk').find(
        (each) => childOf(each, 'target')?.attributes.dev === device,
      );
      const file = childOf(disk, 'source')?.attributes.file;
      const volume = call.libvirt.pools
        .list()
        .flatMap((pool) => call.libvirt.pools.volumes(pool))
        .find(({ path }) => path === file);
      if (volume === undefined)
        throw new LibvirtError(`invalid argument: invalid path ${device} not assigned to domain`);
      const { capacity, allocation } = volume;
      call.print(
        `Capacity:       ${capacity}\nAllocation:     ${allocation}\nPhysical:       ${allocation}\n`,
      );
    },
  },
  domblklist: {
    operands: 'domain',
    flags: 'details',
    run: (call) => {
      if (call.flags.has('details')) {
        const rows = devicesOf(domainOf(call), 'disk').map((disk) => [
          disk.attributes.type ?? '',
          disk.attributes.device ?? '',
          childOf(disk, 'target')?.attributes.dev ?? '',
          childOf(disk, 'source')?.attributes.file ?? '-',
        ]);
        call.print(virshTable(['Type', 'Device', 'Target', 'Source'], rows, call.quiet));
        return;
      }
      const rows = devicesOf(domainOf(call), 'disk').map((disk) => [
        childOf(disk, 'target')?.attributes.dev ?? '',
        childOf(disk, 'source')?.attributes.file ?? '-',
      ]);
      call.print(virshTable(['Target', 'Source'], rows, call.quiet));
    },
  },
  domiflist: {
    operands: 'domain',
    run: (call) => {
      const domain = domainOf(call);
      const rows = devicesOf(domain, 'interface').map((nic, index) => [
        domain.taps[index] ?? '-',
        nic.attributes.type ?? '',
        Object.values(childOf(nic, 'source')?.attributes ?? {})[0] ?? '-',
        childOf(nic, 'model')?.attributes.type ?? '-',
        childOf(nic, 'mac')?.attributes.address ?? '-',
      ]);
      const head = ['Interface', 'Type', 'Source', 'Model', 'MAC'];
      call.print(virshTable(head, rows, call.quiet));
    },
  },
  define: {
    operands: 'file',
    flags: 'validate',
    run: ({ libvirt, need, file, say }) => {
      const name = need('file');
      const text = file(name);
      try {
        const domain = libvirt.domains.define(parseTree(text, 'domain', 'domain_definition'));
        say(`Domain '${domain.name}' defined from ${name}\n`);
      } catch (error) {
        if (!(error instanceof LibvirtError)) throw error;
        throw new LibvirtError(`Failed to define domain from ${name}`, ...error.lines);
      }
    },
  },
  undefine: onDomain(
    'has been undefined',
    ({ libvirt, flags }, domain) =>
      libvirt.domains.undefine(domain, flags.has('snapshots-metadata')),
    'managed-save snapshots-metadata checkpoints-metadata nvram keep-nvram',
  ),
  start: onDomain('started', ({ libvirt }, domain) => libvirt.domains.start(domain)),
  destroy: onDomain('destroyed', ({ libvirt }, domain) => libvirt.domains.destroy(domain)),
  reset: onDomain('was reset', ({ libvirt }, domain) => libvirt.domains.mustRun(domain, 'reset')),
  // There is no system in these machines that would obey.
  reboot: onDomain('is being rebooted', ({ libvirt }, domain) =>
    libvirt.domains.mustRun(domain, 'reboot'),
  ),
  shutdown: onDomain('is being shutdown', ({ libvirt }, domain) =>
    libvirt.domains.mustRun(domain, 'shutdown'),
  ),
  suspend: onDomain('suspended', ({ libvirt }, domain) => libvirt.domains.pause(domain, true)),
  resume: onDomain('resumed', ({ libvirt }, domain) => libvirt.domains.pause(domain, false)),
  autostart: {
    operands: 'domain',
    flags: 'disable',
    run: (call) => {
      const domain = domainOf(call);
      domain.autostart = !call.flags.has('disable');
      call.say(
        `Domain '${domain.name}' ${domain.autostart ? 'marked' : 'unmarked'} as autostarted\n`,
      );
    },
  },
};
