import type { Machine } from '../machine.ts';
import { type Io, type Program, parseArgs } from '../program.ts';

/**
 * snap(8), as far as MAAS needs it: list, info, install, restart. The store has two snaps, as
 * snapcraft.io shows them; words and columns are those of snapd's documentation.
 */
const STORE: Record<string, { version: string; channel: string; summary: string }> = {
  maas: { version: '3.7.3-17668-g.practice', channel: '3.7/stable', summary: 'Metal as a Service' },
  'maas-test-db': {
    version: '16.4-33-g.practice',
    channel: '3.7/stable',
    summary: 'PostgreSQL database server for use with the MAAS snap',
  },
};

const folder = (name: string): string => `/var/snap/${name}`;
const isThere = ({ fs }: Machine, name: string): boolean => fs.find(folder(name)) !== undefined;

function list(names: readonly string[], io: Io): number {
  const found = Object.keys(STORE).filter(
    (name) => isThere(io.machine, name) && (names.length === 0 || names.includes(name)),
  );
  if (found.length === 0) {
    io.err('error: no matching snaps installed\n');
    return 1;
  }
  io.out('Name  Version  Rev  Tracking  Publisher  Notes\n');
  for (const name of found) {
    const { version, channel } = STORE[name]!;
    io.out(`${name}  ${version}  41234  ${channel}  canonical✓  -\n`);
  }
  return 0;
}

function info(name: string, io: Io): number {
  const found = STORE[name];
  if (found === undefined) {
    io.err(`error: no snap found for "${name}"\n`);
    return 1;
  }
  const { version, channel, summary } = found;
  io.out(
    `name:      ${name}\nsummary:   ${summary}\npublisher: Canonical✓\nchannels:\n  ${channel}:       ${version} 2026-05-04 (41234) 150MB -\n  3.7/candidate:    ↑\n`,
  );
  return 0;
}

function install(name: string, channel: string | undefined, io: Io): number {
  const found = STORE[name];
  if (io.session.uid !== 0) {
    io.err('error: access denied (try with sudo)\n');
    return 1;
  }
  if (found === undefined) {
    io.err(`error: snap "${name}" not found\n`);
    return 1;
  }
  if (channel !== undefined && channel !== found.channel) {
    io.err(`error: requested a non-existing branch on ${channel} for snap "${name}"\n`);
    return 1;
  }
  const { fs } = io.machine;
  fs.mkdirSync(`${folder(name)}/common`, { recursive: true });
  fs.mkdirSync(`${folder(name)}/current`, { recursive: true });
  if (name === 'maas') {
    fs.mkdirSync('/snap/bin', { recursive: true });
    fs.writeSync('/snap/bin/maas', '#!/bin/sh\n__maas "$@"\n');
    fs.chmodSync('/snap/bin/maas', 0o755);
  }
  io.out(`${name} (${found.channel}) ${found.version} from Canonical✓ installed\n`);
  return 0;
}

export const snap: Program = (args, io) => {
  const { values, rest } = parseArgs(args, { valued: '--channel' });
  const [command = '', ...names] = rest;
  const [name = ''] = names;
  switch (command) {
    case 'list':
      return list(names, io);
    case 'info':
      return info(name, io);
    case 'install':
      return install(name, values.get('--channel'), io);
    case 'restart':
      if (isThere(io.machine, name)) return 0;
      io.err(`error: snap "${name}" not found\n`);
      return 1;
    default:
      io.err(`error: unknown command "${command}", see 'snap help'.\n`);
      return 64;
  }
};
