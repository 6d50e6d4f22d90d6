import type { Plan } from '../../../src/contract/plan.ts';
import { compare, contextOf } from '../../../src/main/engine/compare.ts';
import { FactStore } from '../../../src/main/engine/facts.ts';
import { preview } from '../../../src/main/engine/preview.ts';
import { type Probe, secretHeld } from '../../../src/main/engine/probe.ts';
import { clock, sudoRoot, system } from '../../../src/main/engine/probes/host.ts';
import { type InstalledMaas, installedMaas } from '../../../src/main/engine/probes/maas-server.ts';
import { type Chapter, instantiate, type Step } from '../../../src/main/engine/step.ts';
import { AT } from './guide-facts.ts';
import { planOf } from './plans.ts';

export const UBUNTU_TRUSTY = {
  id: 'ubuntu',
  version: '14.04',
  name: 'Ubuntu 14.04.6 LTS',
  machineId: 'm',
  systemd: 0,
  user: 'ubuntu',
};
export const UBUNTU_NOBLE = {
  ...UBUNTU_TRUSTY,
  version: '24.04',
  name: 'Ubuntu 24.04.2 LTS',
  systemd: 255,
};

/** A MAAS server, and with `more` whatever else. */
export function maasPlan(maas: string, more = ''): Plan {
  return planOf(`version: 1
name: maas
id: maas-1
hosts:
  maas:
    role: maas
    address: 10.0.0.2
    user: ubuntu
    auth: { agent: true }
${more}maas:
  host: maas
  admin: { email: admin@example.org }
${maas}`);
}

export const NOTHING: InstalledMaas = { snapd: true, testDb: false };

export const OLD = maasPlan('  line: "1.7"\n');
export const SNAP = maasPlan('  line: "3.x"\n');
export const PPA = maasPlan('  line: "3.x"\n  from: ppa\n');
export const TEST_DB = maasPlan('  line: "3.x"\n  database: test-db\n');

export const deb = (version: string): InstalledMaas => ({ ...NOTHING, deb: { version } });
export const snap = (version: string, channel = '3.7/stable'): InstalledMaas => ({
  ...NOTHING,
  snap: { version, channel },
});

/** What apt offers of the package `maas`. */
export const offers = (
  version: string | undefined,
  origins: string[] = [],
  listsCurrent = true,
) => ({
  versions: version === undefined ? {} : { maas: version },
  origins: { maas: origins },
  listsCurrent,
  apt: true,
});

/** Facts about the MAAS server, made by hand: what a check would have been told. */
export class MaasFacts {
  readonly store = new FactStore();
  readonly plan: Plan;

  constructor(plan: Plan, found: InstalledMaas = NOTHING) {
    this.plan = plan;
    const os = plan.maas?.line === '1.7' ? UBUNTU_TRUSTY : UBUNTU_NOBLE;
    this.put(system, os)
      .put(installedMaas, found)
      .put(sudoRoot, true)
      .put(clock, AT / 1000);
  }

  put<T>(probe: Probe<T>, value: T, target = 'maas'): this {
    const { key, script: command } = probe;
    this.store.put({ target, key, at: AT, command, output: '', value, stale: false });
    return this;
  }

  /** Secrets that the vault holds; the others that MAAS's steps ask for are not there. */
  vault(held: Record<string, string | undefined>): this {
    for (const name of ['maas-admin-password', 'maas-api-key', 'maas-database-password']) {
      const sha256 = held[name];
      const there = name in held;
      this.put(secretHeld(name), { held: there, ...(sha256 === undefined ? {} : { sha256 }) });
    }
    return this;
  }

  context(step: Step, owner = 'maas', before: Record<string, unknown> = {}) {
    const target = step
      .targets(this.plan)
      .map((each) => (typeof each === 'string' ? { owner: each, target: each } : each))
      .find((each) => each.owner === owner)?.target;
    if (target === undefined) throw new Error(`${step.id} has no instance ${owner}`);
    const instance = { id: `${step.id}@${owner}`, step, owner, target };
    return { ...contextOf(instance, this.plan, this.store.view()), before, made: [] };
  }

  check(step: Step, owner = 'maas') {
    const { state, reason, notes = [] } = step.check(this.context(step, owner));
    return { state, reason: reason.key, notes: notes.map(({ key }) => key) };
  }

  params(step: Step, owner = 'maas') {
    return step.check(this.context(step, owner)).reason.params ?? {};
  }

  actions(step: Step, owner = 'maas') {
    return step.plan?.(this.context(step, owner)) ?? [];
  }

  /** Scripts of what the step would do now. */
  scripts(step: Step, owner = 'maas'): string[] {
    return this.actions(step, owner).map((each) =>
      each.kind === 'script' ? each.script : each.kind,
    );
  }

  preview(chapters: readonly Chapter[]) {
    const { plan, store } = this;
    const instances = instantiate(chapters, plan);
    const view = () => store.view();
    const findings = compare({ plan, instances, view, last: {}, claims: {}, now: AT });
    const known = Object.fromEntries(findings.map((finding) => [finding.id, finding]));
    return preview({ plan, instances, wanted: instances, store, findings: known, now: AT });
  }
}
