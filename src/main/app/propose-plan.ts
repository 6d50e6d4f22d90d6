import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Document, isMap } from 'yaml';
import type { NewLab, Proposal } from '../../contract/api.ts';
import { LabwrightError, toErrorData } from '../../contract/error.ts';
import { type Message, message } from '../../contract/message.ts';
import { Plan, type PlanInput } from '../../contract/plan.ts';
import { FactStore } from '../engine/facts.ts';
import { Observer } from '../engine/observe.ts';
import { on } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import { dpkg } from '../engine/probes/packages.ts';
import type { Connect } from '../ssh/connection.ts';
import { HostKeyError, HostLink } from '../ssh/host-link.ts';
import { KnownHosts } from '../ssh/known-hosts.ts';
import type { Vault } from '../vault/vault.ts';
import { existingMirrors } from './existing-mirror.ts';
import { loginFor } from './lab-hosts.ts';
import { authOf, LINE_DEFAULTS } from './new-lab.ts';

const simplestreams = dpkg('simplestreams');

export interface ProposeOptions {
  readonly hosts: readonly NewLab['host'][];
  readonly accept: readonly { address: string; fingerprint: string }[];
  readonly vault: Vault;
  readonly connect: Connect;
  readonly userKnownHosts: string | undefined;
  readonly now: () => number;
}

/** Looks at hosts that exist and proposes a lab.yaml, with the reason for every value. */
export async function proposePlan(options: ProposeOptions): Promise<Proposal> {
  const folder = await mkdtemp(join(tmpdir(), 'labwright-propose-'));
  const links: HostLink[] = [];
  try {
    const knownHosts = new KnownHosts(join(folder, 'known_hosts'), options.userKnownHosts);
    const store = new FactStore();
    const unreached: Proposal['unreached'] = [];
    const reached: NewLab['host'][] = [];
    const byName = new Map<string, HostLink>();
    await Promise.all(
      options.hosts.map(async (host) => {
        const plan = Plan.parse({ version: 1, name: 'x', hosts: { [host.name]: toHost(host) } });
        const link = new HostLink(host.name, {
          connect: options.connect,
          knownHosts,
          login: () => loginFor(host.name, plan.hosts[host.name]!, folder, options.vault),
          sudoPassword: () =>
            Promise.reject(new LabwrightError('secret-missing', { name: host.name })),
        });
        links.push(link);
        byName.set(host.name, link);
        try {
          await connectAccepted(link, host, knownHosts, options.accept);
          reached.push(host);
        } catch (error) {
          const offered = error instanceof HostKeyError ? { offered: error.offered } : {};
          unreached.push({ address: host.address, error: toErrorData(error), ...offered });
        }
      }),
    );
    const observer = new Observer({
      store,
      link: (target) => byName.get(target)!,
      redact: (text) => text,
      now: options.now,
      machineId: () => undefined,
      askApi: () => Promise.reject(new LabwrightError('internal')),
      askHere: () => Promise.reject(new LabwrightError('internal')),
      closed: new AbortController().signal,
      elapsed: () => performance.now(),
      wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    });
    const probes = [system, existingMirrors, simplestreams];
    await observer.observe(
      reached.flatMap(({ name }) => probes.map((probe) => on<unknown>(name, probe))),
      { fresh: true },
    );
    const order = options.hosts.filter((host) => reached.includes(host));
    return { ...propose(order, store), unreached };
  } finally {
    await Promise.all(links.map((link) => link.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

function toHost(host: NewLab['host']) {
  const { address, port, user } = host;
  return { role: 'other' as const, address, port, user, auth: authOf(host) };
}

async function connectAccepted(
  link: HostLink,
  host: NewLab['host'],
  knownHosts: KnownHosts,
  accept: ProposeOptions['accept'],
): Promise<void> {
  try {
    await link.control();
  } catch (error) {
    if (!(error instanceof HostKeyError) || error.code !== 'host-key-unknown') throw error;
    const yes = accept.some(
      ({ address, fingerprint }) =>
        address === host.address && fingerprint === error.offered.fingerprint,
    );
    if (!yes) throw error;
    await knownHosts.add(host.address, host.port, error.offered);
    await link.control();
  }
}

function propose(hosts: readonly NewLab['host'][], store: FactStore): Omit<Proposal, 'unreached'> {
  const values: Proposal['values'] = [];
  const facts = store.view();
  const evidence = (name: string, probe: Parameters<typeof on>[1]) =>
    store.get(on(name, probe))?.output ?? '';
  const found = (name: string) => facts.maybe(on(name, existingMirrors))?.mirrors ?? [];
  const mirrorHost =
    hosts.find(({ name }) => found(name).length > 0) ??
    hosts.find(({ name }) => facts.maybe(on(name, simplestreams))?.simplestreams?.installed) ??
    hosts.find(({ name }) => facts.maybe(on(name, system))?.id !== 'esxi');
  const named = mirrorHost ?? hosts[0];
  if (named === undefined) return { text: '', values };
  const plan: PlanInput = { version: 1, name: named.name, hosts: {} };
  for (const host of hosts) {
    const os = facts.maybe(on(host.name, system));
    const known = os?.id === 'esxi' ? ('esxi' as const) : ('other' as const);
    const role = host === mirrorHost ? ('mirror' as const) : known;
    plan.hosts![host.name] = { ...toHost(host), role };
    const path = `hosts.${host.name}`;
    values.push({
      path: `${path}.address`,
      value: host.address,
      why: message('propose.address'),
      evidence: os ? `${os.name}\nmachine-id ${os.machineId}` : '',
    });
    values.push({
      path: `${path}.user`,
      value: host.user,
      why: message('propose.user'),
      evidence: os ? `LOGIN=${os.user}` : '',
    });
    values.push({
      path: `${path}.role`,
      value: role,
      why: message('propose.role'),
      evidence: evidence(host.name, simplestreams),
    });
  }
  const written = () => {
    const document = new Document(plan);
    for (const host of hosts) {
      const node = document.getIn(['hosts', host.name], true);
      const os = facts.maybe(on(host.name, system));
      if (isMap(node) && os) node.comment = ` ${os.name}`;
    }
    return { text: document.toString({ lineWidth: 0 }), values };
  };
  if (mirrorHost === undefined) return written();
  const mirror = found(mirrorHost.name)[0];
  const line = mirror?.line ?? 'v3';
  const defaults = LINE_DEFAULTS[line];
  const filters = mirror?.filters ?? { ...defaults.filters };
  const { directory, max } = mirror ?? { directory: defaults.directory, max: 1 };
  const { name: host } = mirrorHost;
  plan.mirror = {
    host,
    line,
    source: defaults.source,
    directory,
    filters,
    max,
    refresh: 'nightly',
  };
  const seen = evidence(host, existingMirrors);
  const value = (path: string, text: string, why: Message, from = seen) =>
    values.push({ path: `mirror.${path}`, value: text, why, evidence: from });
  value('line', line, message('propose.line'));
  value(
    'directory',
    directory,
    message(mirror ? 'propose.directory' : 'propose.directory-default'),
  );
  value('source', defaults.source, message('propose.source'), '');
  const words = Object.entries(filters).map(([key, filter]) => `${key} ${filter}`);
  const known = mirror?.filters !== undefined;
  const filtersWhy = message(known ? 'propose.filters' : 'propose.filters-default');
  value('filters', words.join(', '), filtersWhy, known ? seen : '');
  value(
    'max',
    String(max),
    message(known ? 'propose.max' : 'propose.max-default'),
    known ? seen : '',
  );
  value('refresh', 'nightly', message('propose.refresh'), '');
  return written();
}
