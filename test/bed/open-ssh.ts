// The real OpenSSH client, for tests that must not trust Labwright's own.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Host } from './host-options.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export interface SshOptions {
  /** Default 'key'. */
  by?: 'key' | 'password';
  password?: string;
  knownHosts?: string;
  more?: string[];
  stdin?: string;
}

/** ssh asks this program for the password, and it answers from its environment. */
function askpass(host: Host): string {
  const path = join(dirname(host.privateKeyPath), 'askpass');
  writeFileSync(path, '#!/bin/sh\nprintf "%s\\n" "$LABWRIGHT_BED_PASSWORD"\n', { mode: 0o755 });
  return path;
}

export function ssh(host: Host, command: string, options: SshOptions = {}): Promise<CommandResult> {
  const byKey = options.by !== 'password';
  const settings = [
    `UserKnownHostsFile=${options.knownHosts ?? '/dev/null'}`,
    'StrictHostKeyChecking=accept-new',
    // Anything quieter hides why two sides could not agree on an algorithm.
    'LogLevel=INFO',
    'ConnectTimeout=10',
    'NumberOfPasswordPrompts=1',
    'IdentitiesOnly=yes',
    `PreferredAuthentications=${byKey ? 'publickey' : 'password'}`,
  ];
  return runCommand(
    'ssh',
    [
      '-F',
      '/dev/null',
      ...settings.flatMap((setting) => ['-o', setting]),
      ...(byKey ? ['-i', host.privateKeyPath] : []),
      ...(options.more ?? []),
      `${host.user}@${host.address}`,
      command,
    ],
    {
      stdin: options.stdin ?? '',
      timeoutMs: 60_000,
      env: {
        ...process.env,
        SSH_AUTH_SOCK: '',
        SSH_ASKPASS: byKey ? '' : askpass(host),
        SSH_ASKPASS_REQUIRE: byKey ? 'never' : 'force',
        LABWRIGHT_BED_PASSWORD: options.password ?? host.password,
      },
    },
  );
}
