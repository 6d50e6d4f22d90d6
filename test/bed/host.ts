// A Debian 12 host: real systemd, sshd, sudo and apt in a container with an address of its own.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BedError } from './bed-error.ts';
import type { BedState } from './bed-state.ts';
import { writeHostFiles } from './host-files.ts';
import { Machine } from './host-machine.ts';
import type { Host, HostOptions } from './host-options.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { sshBanner } from './ssh-banner.ts';
import type { BedKeys } from './ssh-keys.ts';
import { until } from './until.ts';

export interface HostContext {
  state: BedState;
  keys: BedKeys;
  repository?: { sourceLine: string; publicKey: Buffer };
}

const cleanEnvironment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
];

/** Making a folder is atomic, so two test processes never take the same number. */
function takeNumber(state: BedState): number {
  for (let number = 1; number < 250; number += 1) {
    try {
      mkdirSync(join(state.folder, 'hosts', String(number)));
      return number;
    } catch (cause) {
      if (!existsSync(join(state.folder, 'hosts'))) throw cause;
    }
  }
  throw new BedError('command-failed', 'the bed has no free host number');
}

function nspawnOptions(options: HostOptions): string[] {
  const { diskTmpfs, readonlyPath } = options;
  return [
    ...(diskTmpfs ? [`--tmpfs=${diskTmpfs.path}:size=${diskTmpfs.sizeBytes},mode=0755`] : []),
    ...(readonlyPath === undefined ? [] : [`--tmpfs=${readonlyPath}:ro,mode=0755`]),
  ];
}

export async function startHost(context: HostContext, options: HostOptions): Promise<Host> {
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(options.name)) {
    throw new BedError('command-failed', `not a host name: ${options.name}`);
  }
  const { state, keys } = context;
  const number = takeNumber(state);
  const folder = join(state.folder, 'hosts', String(number));
  const address = options.address ?? `10.77.9.${number}`;
  const password = options.password ?? randomBytes(9).toString('base64url');
  const { name } = options;
  const machine = new Machine(state, {
    number,
    name,
    address,
    folder,
    nspawnOptions: nspawnOptions(options),
    kernelSettings: options.kernelSettings ?? false,
    ownNetwork: options.ownNetwork ?? false,
  });

  const root: Host['root'] = async (command, { stdin, timeoutMs } = {}): Promise<CommandResult> => {
    const leader = machine.leader();
    if (leader === undefined) throw new BedError('host-died', `${name} is not running`);
    const enter = ['-t', String(leader), '-m', '-u', '-i', '-n', '-p', '-r', '-w'];
    return runCommand(
      'nsenter',
      [...enter, 'env', '-i', ...cleanEnvironment, 'sh', '-c', command],
      { ...(stdin === undefined ? {} : { stdin }), timeoutMs: timeoutMs ?? 300_000 },
    );
  };

  const ready = async (): Promise<void> => {
    await until(`${name} up`, 60_000, async () => {
      if (!machine.isOn && machine.boots > 0) {
        throw new BedError('host-died', `${name} ended while booting\n${machine.consoleLog}`);
      }
      if (machine.leader() === undefined) return undefined;
      if ((await sshBanner(address)) === undefined) return undefined;
      // sshd answers before systemd lets ordinary users in; "running" comes after both.
      const { stdout } = await root('systemctl is-system-running --wait 2>/dev/null');
      return /^(running|degraded)/.test(stdout) ? true : undefined;
    }).catch((cause: unknown) => {
      if (!(cause instanceof BedError) || cause.code !== 'deadline') throw cause;
      throw new BedError('deadline', `${cause.message}\n${machine.consoleLog.slice(-2000)}`);
    });
  };

  let hostKeyFingerprint: string;
  try {
    hostKeyFingerprint = await writeHostFiles({
      upper: join(folder, 'upper'),
      baseImage: state.baseImage,
      options,
      address,
      password,
      authorizedKey: keys.publicKey,
      ...(context.repository && options.bedRepository !== false
        ? { repository: context.repository }
        : {}),
    });
    await machine.create();
    machine.powerOn();
    await ready();
  } catch (cause) {
    await machine.remove().catch(() => rm(folder, { recursive: true, force: true }));
    throw cause;
  }

  return {
    name,
    address,
    port: 22,
    user: 'ubuntu',
    password,
    privateKeyPath: keys.privateKeyPath,
    hostKeyFingerprint,
    root,
    ready,
    async restartSshd() {
      const { code, stderr } = await root('systemctl restart ssh');
      if (code !== 0) throw new BedError('command-failed', `sshd did not restart: ${stderr}`);
      await until('sshd back', 15_000, () => sshBanner(address));
    },
    async reboot() {
      const before = machine.boots;
      await root('systemctl reboot');
      await until(`${name} restarted`, 60_000, () => (machine.boots > before ? true : undefined));
      await ready();
    },
    linkDown: () => machine.setCable('down'),
    linkUp: () => machine.setCable('up'),
    stop: () => machine.remove(),
  };
}
