import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Document } from 'yaml';
import type { NewLab } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { PlanInput } from '../../contract/plan.ts';

/** What each line of MAAS mirrors by default: the guide's command, and today's two passes. */
export const LINE_DEFAULTS = {
  v2: {
    source: 'http://maas.ubuntu.com/images/ephemeral-v2/releases/',
    directory: '/var/www/html/mirror/images/ephemeral-v2/releases',
    filters: { arch: '=amd64', subarch: '~(generic|hwe-t)', release: '~(trusty|precise)' },
  },
  v3: {
    source: 'https://images.maas.io/ephemeral-v3/stable/',
    directory: '/var/www/html/maas/images/ephemeral-v3/stable',
    filters: { arch: '=amd64', release: '~^(jammy|noble)$' },
  },
} as const;

/** The name under which a host's login secret is kept. */
export function secretNameFor(host: string, auth: 'password' | 'key' | 'key-passphrase'): string {
  return `${host}-${auth}`;
}

export function authOf(
  host: NewLab['host'],
): PlanInput['hosts'] extends infer H
  ? NonNullable<H> extends Record<string, { auth: infer A }>
    ? A
    : never
  : never {
  const opened = host.keyPassphrase
    ? { key_passphrase: secretNameFor(host.name, 'key-passphrase') }
    : {};
  switch (host.auth) {
    case 'password':
      return { password: secretNameFor(host.name, 'password') };
    case 'key':
      return { key: secretNameFor(host.name, 'key'), ...opened };
    case 'key_file':
      return { key_file: host.keyFile ?? '~/.ssh/id_ed25519', ...opened };
    case 'agent':
      return { agent: true };
  }
}

/** A new plan from the answers of *New lab*; everything else is a default that the file shows. */
export function newPlan(answers: NewLab): PlanInput {
  const { host, line } = answers;
  const defaults = LINE_DEFAULTS[line];
  return {
    version: 1,
    name: answers.name,
    hosts: {
      [host.name]: {
        role: 'mirror',
        address: host.address,
        port: host.port,
        user: host.user,
        auth: authOf(host),
      },
    },
    mirror: {
      host: host.name,
      line,
      source: answers.source ?? defaults.source,
      directory: defaults.directory,
      filters: { ...defaults.filters },
      max: 1,
      refresh: 'nightly',
    },
  };
}

const HEAD = ` Labwright lab. No secrets belong here: passwords and keys are named, their values are in the
 vault. Keep this file in git; the folder .labwright beside it is for this computer only.`;

export function planText(plan: PlanInput): string {
  const document = new Document(plan);
  document.commentBefore = HEAD;
  return document.toString({ lineWidth: 0 });
}

/** Writes lab.yaml into a folder. An existing one is never overwritten. */
export async function writeNewLab(directory: string, text: string): Promise<string> {
  const folder = directory.replace(/^~(?=\/|$)/, homedir());
  const path = join(folder, 'lab.yaml');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw new LabwrightError(
      'plan-unreadable',
      { path },
      { cause, detail: (cause as Error).message },
    );
  }
  return path;
}
