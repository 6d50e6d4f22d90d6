import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { PlanProblem } from '../../contract/lab-state.ts';
import { type Message, message } from '../../contract/message.ts';
import { Plan } from '../../contract/plan.ts';
import { machineNames } from '../engine/machine-specs.ts';
import { installProblems } from './install-problems.ts';
import { maasProblems } from './maas-problems.ts';
import { migratePlan } from './migrate-plan.ts';
import { nearestKey } from './nearest-key.ts';
import { knownKeysAt } from './plan-schema.ts';
import { wrongValue } from './wrong-value.ts';

/** A lab file is small; an anchor bomb or a log file saved under its name is not. */
const MAX_PLAN_BYTES = 1024 * 1024;

export interface ReadPlan {
  readonly plan: Plan | null;
  readonly problems: PlanProblem[];
}

type Path = readonly (string | number)[];

class Locator {
  readonly #document: Document.Parsed;
  readonly #counter: LineCounter;

  constructor(document: Document.Parsed, counter: LineCounter) {
    this.#document = document;
    this.#counter = counter;
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The place of a value, or of the nearest parent that is there. */
  value(path: Path): { line: number; column: number } {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true) as Node | undefined;
      if (node && 'range' in node && node.range) return this.#position(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** The place of a key in the mapping at `path`. */
  key(path: Path, key: string): { line: number; column: number } {
    const map = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isMap(map)) {
      for (const pair of map.items) {
        if (isScalar(pair.key) && String(pair.key.value) === key && pair.key.range) {
          return this.#position(pair.key.range[0]);
        }
      }
    }
    return this.value(path);
  }
}

function issueProblems(issue: z.core.$ZodIssue, locator: Locator): PlanProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const shown = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearestKey(key, knownKeysAt(path));
      const reason = near
        ? message('plan.unknown-key-near', { key, near })
        : message('plan.unknown-key', { key });
      return { ...locator.key(path, key), path: [...path, key].join('.'), reason };
    });
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  const key = path.at(-1);
  if (missing && key !== undefined && !hasValue(issue)) {
    return [
      {
        ...locator.value(path.slice(0, -1)),
        path: shown,
        reason: message('plan.missing-key', { key: String(key) }),
      },
    ];
  }
  return [{ ...locator.value(path), path: shown, reason: wrongValue(issue) }];
}

function hasValue(issue: z.core.$ZodIssue): boolean {
  return !/received undefined/.test(issue.message);
}

/** References that a schema cannot see: the mirror's host must be one of the hosts. */
function referenceProblems(plan: Plan, locator: Locator): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const names = Object.keys(plan.hosts);
  const mirror = plan.mirror;
  const check = (key: 'host' | 'seen_from', name: string | undefined) => {
    if (name === undefined || names.includes(name)) return;
    problems.push({
      ...locator.value(['mirror', key]),
      path: `mirror.${key}`,
      reason: message('plan.unknown-host', { name, known: names.join(', ') || '–' }),
    });
  };
  check('host', mirror?.host);
  check('seen_from', mirror?.seen_from);
  if (mirror) {
    const inside = `${mirror.directory}/`.startsWith(`${mirror.web_root.replace(/\/$/, '')}/`);
    if (!inside) {
      problems.push({
        ...locator.value(['mirror', 'directory']),
        path: 'mirror.directory',
        reason: message('plan.directory-outside', { root: mirror.web_root }),
      });
    }
    if (/\.s?json$/.test(mirror.source)) {
      const reason = message('plan.source-is-index');
      problems.push({ ...locator.value(['mirror', 'source']), path: 'mirror.source', reason });
    }
    for (const key of ['arch', 'subarch', 'release'] as const) {
      const filter = mirror.filters[key];
      if (!filter?.startsWith('~')) continue;
      try {
        new RegExp(filter.slice(1));
      } catch {
        problems.push({
          ...locator.value(['mirror', 'filters', key]),
          path: `mirror.filters.${key}`,
          reason: message('plan.bad-regex', { filter }),
        });
      }
    }
  }
  return problems;
}

/** A network is either kind, by the role of its host; the keys of the other one mean nothing there. */
const BRIDGE_KEYS = ['bridge', 'uplink', 'address', 'gateway'] as const;
const PORTGROUP_KEYS = ['portgroup', 'switch', 'vlan'] as const;

/** The shell of a site: a host of its own, with the role esxi, that has no networks and machines itself. */
function siteProblems(plan: Plan, locator: Locator): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const add = (path: (string | number)[], reason: Message) =>
    problems.push({ ...locator.value(path), path: path.join('.'), reason });
  for (const [name, { role, esxi }] of Object.entries(plan.hosts)) {
    if (esxi !== undefined && role !== 'esxi') {
      add(['hosts', name, 'esxi'], message('plan.esxi-settings'));
    }
  }
  const shells = new Map<string, string>();
  for (const [site, { shell }] of Object.entries(plan.sites)) {
    if (shell === undefined) continue;
    const path = ['sites', site, 'shell'];
    const role = plan.hosts[shell]?.role;
    const other = shells.get(shell);
    if (role === undefined) {
      const known = Object.keys(plan.hosts).join(', ') || '–';
      add(path, message('plan.unknown-host', { name: shell, known }));
    } else if (role !== 'esxi') add(path, message('plan.shell-not-esxi', { name: shell }));
    else if (other !== undefined) add(path, message('plan.shell-twice', { name: shell, other }));
    shells.set(shell, site);
  }
  for (const key of ['networks', 'machines'] as const) {
    for (const [name, { on }] of Object.entries(plan[key])) {
      const site = shells.get(on);
      if (site === undefined) continue;
      add([key, name, 'on'], message('plan.shell-own-machines', { name: on, site }));
    }
  }
  return problems;
}

/** References among hosts, networks, machines and MAAS. */
function machineProblems(plan: Plan, locator: Locator): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const add = (path: (string | number)[], reason: Message) =>
    problems.push({ ...locator.value(path), path: path.join('.'), reason });
  const list = (names: object) => Object.keys(names).join(', ') || '–';
  const onHypervisor = (path: string[], name: string) => {
    const host = plan.hosts[name];
    if (plan.sites[name] !== undefined) return;
    if (host === undefined) {
      const known = list({ ...plan.hosts, ...plan.sites });
      add(path, message('plan.unknown-host', { name, known }));
    } else if (host.role !== 'kvm' && host.role !== 'esxi') {
      add(path, message('plan.not-hypervisor', { name }));
    }
  };
  const kindOf = (name: string) => {
    const role = plan.sites[name] === undefined ? plan.hosts[name]?.role : 'esxi';
    return role === 'kvm' || role === 'esxi' ? role : undefined;
  };
  for (const name of Object.keys(plan.sites)) {
    if (plan.hosts[name] !== undefined)
      add(['sites', name], message('plan.site-and-host', { name }));
  }
  for (const [name, network] of Object.entries(plan.networks)) {
    onHypervisor(['networks', name, 'on'], network.on);
    const role = kindOf(network.on);
    if (role === undefined) continue;
    const needed = role === 'kvm' ? 'bridge' : 'portgroup';
    if (network[needed] === undefined) {
      add(['networks', name], message('plan.network-needs', { key: needed, role }));
    }
    for (const key of role === 'kvm' ? PORTGROUP_KEYS : BRIDGE_KEYS) {
      if (network[key] === undefined) continue;
      add(['networks', name, key], message('plan.network-other-kind', { key, role }));
    }
  }
  const names = new Set<string>();
  for (const [group, spec] of Object.entries(plan.machines)) {
    onHypervisor(['machines', group, 'on'], spec.on);
    const role = kindOf(spec.on);
    if (spec.datastore !== undefined && role === 'kvm') {
      const reason = message('plan.network-other-kind', { key: 'datastore', role });
      add(['machines', group, 'datastore'], reason);
    }
    // What an EFI firmware tries first is in its NVRAM, which no key of the .vmx reaches.
    if (spec.firmware === 'efi' && plan.hosts[spec.on]?.role === 'esxi') {
      add(['machines', group, 'firmware'], message('plan.efi-on-esxi'));
    }
    spec.networks.forEach((name, index) => {
      const path = ['machines', group, 'networks', index];
      const network = plan.networks[name];
      if (network === undefined) {
        add(path, message('plan.unknown-network', { name, known: list(plan.networks) }));
      } else if (network.on !== spec.on) add(path, message('plan.network-elsewhere', { name }));
    });
    for (const key of ['count', 'install'] as const) {
      if (spec.adopt === undefined || spec[key] === undefined) continue;
      add(['machines', group, key], message('plan.adopt-alone', { key }));
    }
    const same = Object.entries(plan.machines).find(
      ([other, { adopt }]) => other !== group && adopt !== undefined && adopt === spec.adopt,
    );
    if (same !== undefined) {
      add(['machines', group, 'adopt'], message('plan.adopt-twice', { name: same[0] }));
    }
    if (spec.macs !== undefined && spec.count !== undefined) {
      add(['machines', group, 'macs'], message('plan.macs-with-count'));
    }
    for (const { path, reason } of installProblems(plan, group)) {
      add(['machines', group, ...path], reason);
    }
    for (const name of machineNames(group, spec)) {
      if (names.has(name)) add(['machines', group], message('plan.name-twice', { name }));
      names.add(name);
    }
  }
  for (const { path, reason } of maasProblems(plan)) add([...path], reason);
  return problems;
}

/** Parses the text of lab.yaml. Never throws: what is wrong comes back with line and column. */
export function readPlan(text: string): ReadPlan {
  if (Buffer.byteLength(text) > MAX_PLAN_BYTES) {
    return {
      plan: null,
      problems: [{ line: 1, column: 1, path: '', reason: message('plan.too-large') }],
    };
  }
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: true,
    // What is odd is reported as a problem; nothing of it belongs on the console.
    logLevel: 'error',
  });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    const problems = syntax.map((error) => {
      const { line, col } = counter.linePos(error.pos[0]);
      const reason = message('plan.syntax', { what: error.message });
      return { line: Math.max(1, line), column: Math.max(1, col), path: '', reason };
    });
    return { plan: null, problems };
  }
  const locator = new Locator(document, counter);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const reason = message('plan.syntax', { what: (error as Error).message });
    return { plan: null, problems: [{ line: 1, column: 1, path: '', reason }] };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return {
      plan: null,
      problems: [{ line: 1, column: 1, path: '', reason: message('plan.empty') }],
    };
  }
  const migrated = migratePlan(value as Record<string, unknown>);
  if ('problem' in migrated) {
    return {
      plan: null,
      problems: [{ ...locator.value(['version']), path: 'version', reason: migrated.problem }],
    };
  }
  const parsed = Plan.safeParse(migrated.value, { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => issueProblems(issue, locator));
    return { plan: null, problems };
  }
  const problems = [
    ...referenceProblems(parsed.data, locator),
    ...machineProblems(parsed.data, locator),
    ...siteProblems(parsed.data, locator),
  ];
  return { plan: problems.length > 0 ? null : parsed.data, problems };
}
