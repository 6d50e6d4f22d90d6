import type { ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { on } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import { libvirtGroups, libvirtService } from '../engine/probes/kvm.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { hostReady } from './host-ready.ts';
import { packagesStep } from './packages-step.ts';

export const kvmHosts = (plan: Plan): string[] =>
  Object.keys(plan.hosts).filter((name) => plan.hosts[name]?.role === 'kvm');

/** The pool that holds our disks: the name and place that virt-manager and virt-install use too. */
export const POOL = { name: 'default', path: '/var/lib/libvirt/images' } as const;

/** The guide's packages, by the names they bear on 14.04 and 16.04, and on what came after. */
const OLD_PACKAGES = ['qemu-kvm', 'qemu-utils', 'libvirt-bin', 'bridge-utils'];
const PACKAGES = [
  'qemu-system-x86',
  'qemu-utils',
  'libvirt-daemon-system',
  'libvirt-clients',
  'bridge-utils',
];

function packageNames({ facts, target }: StepContext): readonly string[] {
  const found = facts.maybe(on(target, system));
  return found?.id === 'ubuntu' && Number.parseFloat(found.version) < 18 ? OLD_PACKAGES : PACKAGES;
}

export const { reachable, sudo, clock } = hostReady('kvm', kvmHosts);

export const packages = packagesStep({
  id: 'kvm.packages',
  targets: kvmHosts,
  needs: ['kvm.sudo'],
  names: packageNames,
  carries: () => true,
});

const asRoot = (target: string, id: string, title: Message, script: string): ScriptAction => ({
  kind: 'script',
  id,
  title,
  target,
  sudo: true,
  cancel: 'after-this',
  silenceSeconds: 60,
  secrets: [],
  script,
});

export const service: Step = {
  id: 'kvm.service',
  targets: kvmHosts,
  needs: ['kvm.packages'],
  reads: ({ target }) => [on(target, libvirtService), on(target, system)],
  check: ({ target, facts }) => {
    const { answers, said } = facts.need(on(target, libvirtService));
    return answers
      ? { state: 'done', reason: message('kvm.service.done') }
      : {
          state: 'todo',
          reason: message('kvm.service.silent', { said: said.split('\n')[0] ?? '' }),
        };
  },
  plan: ({ target, facts }) => {
    const { systemd } = facts.need(on(target, system));
    const script =
      systemd > 0
        ? 'systemctl enable --now libvirtd\n'
        : 'service libvirt-bin start || service libvirtd start\n';
    const probe = 'virsh -q -c qemu:///system uri';
    return [asRoot(target, 'start-libvirt', message('kvm.service.start'), `${script}${probe}\n`)];
  },
  expects: ({ target }) => [
    { read: on(target, libvirtService), value: { answers: true, said: '' } },
  ],
};

export const group: Step = {
  id: 'kvm.group',
  targets: kvmHosts,
  needs: ['kvm.packages'],
  // The person's right on the host changes: whoever is in this group can become root there.
  risks: ['weakens-security'],
  reads: ({ target }) => [on(target, libvirtGroups)],
  check: ({ target, facts, host }) => {
    const { existing, joined } = facts.need(on(target, libvirtGroups));
    const params = { user: host.user, group: existing.join(', ') };
    if (host.user === 'root') return { state: 'done', reason: message('kvm.group.root') };
    if (existing.length === 0) return { state: 'todo', reason: message('kvm.group.absent') };
    return existing.every((each) => joined.includes(each))
      ? { state: 'done', reason: message('kvm.group.done', params) }
      : { state: 'todo', reason: message('kvm.group.missing', params) };
  },
  plan: ({ target, facts, host }) => {
    const { existing, joined } = facts.need(on(target, libvirtGroups));
    const missing = existing.filter((each) => !joined.includes(each));
    if (missing.length === 0) return [];
    const user = quote(host.user);
    const title = message('kvm.group.action', { user: host.user, group: missing.join(', ') });
    return [asRoot(target, 'join-group', title, `usermod -aG ${missing.join(',')} ${user}\n`)];
  },
  undo: ({ target, host, before }) => {
    const then = before[libvirtGroups.key] as { existing: string[]; joined: string[] } | undefined;
    const ours = (then?.existing ?? []).filter((each) => !then?.joined.includes(each));
    if (ours.length === 0) return [];
    const script = ours.map((each) => `gpasswd -d ${quote(host.user)} ${each}\n`).join('');
    const title = message('kvm.group.undo', { user: host.user, group: ours.join(', ') });
    return [asRoot(target, 'leave-group', title, script)];
  },
};

/** Steps that ask libvirt itself. */
export function kvmSteps({ inventory }: Hypervisor): {
  readonly storage: Step;
  readonly acceleration: Step;
} {
  const read = (target: string) => on(target, inventory);
  const storage: Step = {
    id: 'kvm.storage',
    targets: kvmHosts,
    needs: ['kvm.service'],
    reads: ({ target }) => [read(target)],
    check: ({ target, facts }) => {
      const pool = facts.need(read(target)).storages.find(({ name }) => name === POOL.name);
      const params = { pool: POOL.name, path: pool?.path ?? POOL.path };
      if (pool === undefined)
        return { state: 'todo', reason: message('kvm.storage.absent', params) };
      if (!pool.active) return { state: 'todo', reason: message('kvm.storage.inactive', params) };
      const reason = message('kvm.storage.done', { ...params, available: pool.availableBytes });
      return { state: 'done', reason };
    },
    plan: ({ target, facts }) => {
      const pool = facts.need(read(target)).storages.find(({ name }) => name === POOL.name);
      const v = 'virsh -q -c qemu:///system';
      const define =
        pool === undefined
          ? `${v} pool-define-as ${POOL.name} dir --target ${POOL.path}\n${v} pool-build ${POOL.name}\n`
          : '';
      const script = `set -e\n${define}${v} pool-start ${POOL.name}\n${v} pool-autostart ${POOL.name}\n`;
      return [asRoot(target, 'storage-pool', message('kvm.storage.action', POOL), script)];
    },
    carries: (_context, { disks }) => disks.some(({ path }) => path.startsWith(`${POOL.path}/`)),
    // The folder and what is in it stay; only the definition goes.
    undo: ({ target, before }) => {
      const then = before[inventory.key] as { storages: { name: string }[] } | undefined;
      if (then === undefined || then.storages.some(({ name }) => name === POOL.name)) return [];
      const v = 'virsh -q -c qemu:///system';
      const script = `${v} pool-destroy ${POOL.name}\n${v} pool-undefine ${POOL.name}\n`;
      return [asRoot(target, 'forget-pool', message('kvm.storage.undo', POOL), script)];
    },
  };
  const acceleration: Step = {
    id: 'kvm.acceleration',
    targets: kvmHosts,
    needs: ['kvm.service'],
    reads: ({ target }) => [read(target)],
    check: ({ target, facts }) => {
      const { accelerated, nested } = facts.need(read(target));
      if (!accelerated) return { state: 'manual', reason: message('kvm.acceleration.none') };
      const notes = nested ? [message('kvm.acceleration.nested')] : [];
      return { state: 'done', reason: message('kvm.acceleration.done'), notes };
    },
  };
  return { storage, acceleration };
}
