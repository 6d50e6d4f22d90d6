import type { MaasConfiguration } from '../../contract/maas-facts.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { mirrorSource } from './maas-image-source.ts';
import {
  configurationRead,
  expectConfiguration,
  maasAction,
  maasHosts,
  maasOf,
} from './maas-target.ts';

/** The API answers to our key, and lets us change things. */
export const answers: Step = {
  id: 'maas.api-answers',
  targets: maasHosts,
  needs: ['maas.api-key'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { version, api, admin, unreadable } = context.facts.need(configurationRead(context));
    const params = { version: version ?? '1.7', api };
    const { line } = maasOf(context.plan);
    if ((line === '1.7') !== (api === '1.0')) {
      return {
        state: 'manual',
        reason: message('maas.api-answers.other-line', { ...params, line }),
      };
    }
    if (!admin) return { state: 'manual', reason: message('maas.api-answers.not-admin', params) };
    const notes = unreadable
      .slice(0, 5)
      .map((what) => message('maas.api-answers.unreadable', { what }));
    return { state: 'done', reason: message('maas.api-answers.done', params), notes };
  },
};

interface Wish {
  readonly name: string;
  readonly value: string;
}

/**
 * Settings of the plan by the names that this MAAS knows (maas.md, section 1). What the plan leaves out
 * is left alone.
 */
function wishes(plan: Plan, { api }: Pick<MaasConfiguration, 'api'>): Wish[] {
  const { settings } = maasOf(plan);
  const { upstream_dns, dnssec, http_proxy, ntp_servers, kernel_options } = settings;
  const list: Wish[] = [];
  const add = (name: string, value: string) => list.push({ name, value });
  if (upstream_dns !== undefined) add('upstream_dns', upstream_dns.join(' '));
  if (dnssec !== undefined) add('dnssec_validation', dnssec);
  if (http_proxy !== undefined) add('http_proxy', http_proxy);
  // A mirror of ours is in the lab: asking a company's proxy for it would fail (users.md D32).
  if (http_proxy !== undefined && mirrorSource(plan) !== undefined) {
    add('boot_images_no_proxy', 'true');
  }
  if (ntp_servers !== undefined) {
    if (api === '1.0') add('ntp_server', ntp_servers[0] ?? '');
    else add('ntp_servers', ntp_servers.join(' '));
  }
  if (kernel_options !== undefined) add('kernel_opts', kernel_options);
  // Else the web page opens a wizard that asks for all of this again.
  if (api === '2.0') add('completed_intro', 'true');
  return list;
}

/** As MAAS tells a value, which knows its type, and as we send it, which is text. */
const asText = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);

function differing(context: StepContext): {
  readonly differ: readonly Wish[];
  /** Wanted, but this MAAS has no such setting. */
  readonly absent: readonly Wish[];
  readonly now: MaasConfiguration;
} {
  const now = context.facts.need(configurationRead(context));
  const all = wishes(context.plan, now);
  const known = all.filter(({ name }) => name in now.settings);
  return {
    now,
    differ: known.filter(({ name, value }) => asText(now.settings[name]) !== value),
    // Whether the wizard was seen, and a proxy's exception, are only ours to want.
    absent: all.filter(
      ({ name }) =>
        !(name in now.settings) && name !== 'completed_intro' && name !== 'boot_images_no_proxy',
    ),
  };
}

export const settings: Step = {
  id: 'maas.settings',
  targets: maasHosts,
  needs: ['maas.api-answers'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { differ, absent, now } = differing(context);
    const notes = absent.map(({ name }) =>
      name === 'dnssec_validation'
        ? message('maas.settings.no-dnssec')
        : message('maas.settings.absent', { name }),
    );
    const [first, ...rest] = differ.map(({ name, value }) =>
      message('maas.settings.differs', {
        name,
        found: asText(now.settings[name]) || '–',
        wanted: value || '–',
      }),
    );
    return first === undefined
      ? { state: 'done', reason: message('maas.settings.done'), notes }
      : { state: 'todo', reason: first, notes: [...rest, ...notes] };
  },
  plan: (context) =>
    differing(context).differ.map(({ name, value }) =>
      maasAction(
        context.target,
        `set-${name.replaceAll('_', '-')}`,
        message('maas.settings.action', { name, value: value || '–' }),
        { kind: 'set-setting', name, value },
      ),
    ),
  expects: (context) =>
    expectConfiguration(context, (now) => ({
      settings: {
        ...now.settings,
        ...Object.fromEntries(differing(context).differ.map(({ name, value }) => [name, value])),
      },
    })),
  undo: (context) => {
    const then = context.before[configurationRead(context).probe.key] as
      | MaasConfiguration
      | undefined;
    if (then === undefined) return [];
    return context.made.flatMap((action) => {
      if (action.kind !== 'maas' || action.call.kind !== 'set-setting') return [];
      const { name } = action.call;
      const value = asText(then.settings[name]);
      const title = message('maas.settings.undo', { name, value: value || '–' });
      return [maasAction(context.target, action.id, title, { kind: 'set-setting', name, value })];
    });
  },
};

/** The key itself, without the comment behind it. */
const bare = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');

const missingKeys = (context: StepContext): string[] => {
  const { sshKeys } = context.facts.need(configurationRead(context));
  const known = new Set(sshKeys.map(bare));
  return maasOf(context.plan).ssh_keys.filter((key) => !known.has(bare(key)));
};

/** Without a key nobody could log in to what is deployed; 1.7 then refuses to start it (users.md D50). */
export const sshKeys: Step = {
  id: 'maas.ssh-keys',
  targets: maasHosts,
  needs: ['maas.api-answers'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { sshKeys: known } = context.facts.need(configurationRead(context));
    const missing = missingKeys(context);
    if (missing.length > 0) {
      return { state: 'todo', reason: message('maas.ssh-keys.missing', { n: missing.length }) };
    }
    return known.length === 0
      ? { state: 'manual', reason: message('maas.ssh-keys.none') }
      : { state: 'done', reason: message('maas.ssh-keys.done', { n: known.length }) };
  },
  plan: (context) =>
    missingKeys(context).map((key, index) =>
      maasAction(
        context.target,
        `add-key-${index + 1}`,
        message('maas.ssh-keys.action', { key: key.split(' ').at(2) ?? `${key.slice(0, 40)}…` }),
        { kind: 'add-ssh-key', key },
      ),
    ),
  expects: (context) =>
    expectConfiguration(context, (now) => ({
      sshKeys: [...now.sshKeys, ...missingKeys(context)],
    })),
  undo: ({ target, made }) =>
    made.flatMap((action) =>
      action.kind === 'maas' && action.call.kind === 'add-ssh-key'
        ? [
            maasAction(target, action.id, message('maas.ssh-keys.undo'), {
              kind: 'remove-ssh-key',
              key: action.call.key,
            }),
          ]
        : [],
    ),
};
