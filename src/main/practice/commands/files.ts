import { randomBytes } from 'node:crypto';
import { type Io, type Programs, parseArgs } from '../program.ts';
import type { Inode } from '../vfs.ts';
import { df, du } from './disk.ts';
import { ls, stat } from './listing.ts';
import { each, pathOf } from './operands.ts';

/** coreutils and util-linux programs that just-bash lacks, or that need owners, inodes and the disk's size. */

function mktemp(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-d -q -u -t --directory --tmpdir',
    valued: '-p --suffix --tmpdir',
  });
  const folder =
    values.get('-p') ??
    values.get('--tmpdir') ??
    (rest.length === 0 || flags.has('-t') ? (io.env.TMPDIR ?? '/tmp') : undefined);
  const template = rest[0] ?? 'tmp.XXXXXXXXXX';
  if (!/XXX[^/]*$/.test(template)) {
    io.err(`mktemp: too few X's in template ‘${template}’\n`);
    return 1;
  }
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const name =
    template.replace(/X{3,}(?=[^X/]*$)/, (run) =>
      [...randomBytes(run.length)].map((byte) => letters[byte % 62]).join(''),
    ) + (values.get('--suffix') ?? '');
  const path = folder === undefined ? name : `${folder}/${name}`;
  const directory = flags.has('-d') || flags.has('--directory');
  return each(
    io,
    [path],
    (_name, why) =>
      `mktemp: failed to create ${directory ? 'directory' : 'file'} via template ‘${folder === undefined ? template : `${folder}/${template}`}’: ${why}\n`,
    (full) => {
      if (directory) io.machine.fs.mkdirSync(full, { mode: 0o700 });
      else {
        io.machine.fs.writeSync(full, '');
        io.machine.fs.chmodSync(full, 0o600);
      }
      io.out(`${path}\n`);
    },
  );
}

function number(text: string | undefined, otherwise: number): number {
  const match = /^(\d+)([cwbkKMG]?)(?:i?B)?$/.exec(text ?? '');
  if (!match) return otherwise;
  return (
    Number(match[1]) *
    ({ c: 1, w: 2, b: 512, k: 1024, K: 1024, M: 1 << 20, G: 1 << 30 }[match[2] ?? ''] ?? 1)
  );
}

function dd(args: readonly string[], io: Io): number {
  const given = new Map(
    args.map(
      (item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)] as const,
    ),
  );
  const bs = number(given.get('bs'), 512);
  const input = given.get('if');
  const { fs } = io.machine;
  const status = each(
    io,
    [given.get('of') ?? input ?? '-'],
    (name, why) => `dd: failed to open '${name}': ${why}\n`,
    () => {
      const count = given.has('count') ? number(given.get('count'), 0) : undefined;
      const flags = (given.get('iflag') ?? '').split(',');
      const want =
        count === undefined ? undefined : flags.includes('count_bytes') ? count : count * bs;
      const skip = number(given.get('skip'), 0) * (flags.includes('skip_bytes') ? 1 : bs);
      let bytes: Uint8Array;
      if (input === '/dev/zero') bytes = new Uint8Array(want ?? 0);
      else if (input === '/dev/urandom' || input === '/dev/random') bytes = randomBytes(want ?? 0);
      else bytes = input === undefined ? io.stdin : fs.readSync(pathOf(io, input));
      if (input === undefined || !input.startsWith('/dev/'))
        bytes = bytes.subarray(skip, want === undefined ? undefined : skip + want);
      const of = given.get('of');
      if (of === undefined) io.out(bytes);
      else {
        const path = pathOf(io, of);
        const seek =
          number(given.get('seek'), 0) *
          ((given.get('oflag') ?? '').includes('seek_bytes') ? 1 : bs);
        const keep = (given.get('conv') ?? '').includes('notrunc');
        const old =
          fs.find(path) && !fs.find(path)?.write ? Buffer.from(fs.readSync(path)) : Buffer.alloc(0);
        if (seek === 0 && !keep) fs.writeSync(path, bytes);
        else {
          const made = Buffer.alloc(Math.max(seek + bytes.length, keep ? old.length : 0));
          old.copy(made);
          made.set(bytes, seek);
          fs.writeSync(path, made);
        }
      }
      if (given.get('status') === 'none') return;
      const records = `${Math.floor(bytes.length / bs)}+${bytes.length % bs === 0 ? 0 : 1}`;
      io.err(`${records} records in\n${records} records out\n`);
      if (given.get('status') !== 'noxfer')
        io.err(
          `${bytes.length} byte${bytes.length === 1 ? '' : 's'} copied, 0.001 s, ${(bytes.length / 1000).toFixed(1)} MB/s\n`,
        );
    },
  );
  return status;
}

function owner(io: Io, text: string): { uid?: number; gid?: number } | undefined {
  const [user = '', group] = text.split(/[:.]/);
  const account = io.machine
    .accounts()
    .find((item) => item.name === user || String(item.uid) === user);
  const found = io.machine
    .groups()
    .find((item) => item.name === group || String(item.gid) === group);
  if ((user !== '' && !account && !/^\d+$/.test(user)) || (group && !found && !/^\d+$/.test(group)))
    return undefined;
  const uid = user === '' ? undefined : (account?.uid ?? Number(user));
  const gid =
    group === undefined ? undefined : group === '' ? account?.gid : (found?.gid ?? Number(group));
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

function chown(program: string, args: readonly string[], io: Io): number {
  const { flags, rest } = parseArgs(args, { flags: '-R -h -v -f --recursive --no-dereference' });
  const [spec = '', ...names] = rest;
  const given = owner(io, program === 'chgrp' ? `:${spec}` : spec);
  if (!given) {
    io.err(
      program === 'chgrp'
        ? `chgrp: invalid group: ‘${spec}’\n`
        : `chown: invalid user: ‘${spec}’\n`,
    );
    return 1;
  }
  const apply = (path: string): void => {
    io.machine.fs.chownSync(path, given.uid, given.gid);
    const node = io.machine.fs.find(path);
    if (flags.has('-R') || flags.has('--recursive'))
      for (const child of node?.children.keys() ?? []) apply(`${path}/${child}`);
  };
  return each(
    io,
    names,
    (name, why) =>
      why.startsWith('No such')
        ? `${program}: cannot access '${name}': ${why}\n`
        : `${program}: changing ownership of '${name}': ${why}\n`,
    apply,
  );
}

function install(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-d -D -v -p -C -T -c --directory',
    valued: '-m -o -g -t --mode --owner --group',
  });
  const mode = Number.parseInt(values.get('-m') ?? values.get('--mode') ?? '755', 8);
  const given = owner(
    io,
    `${values.get('-o') ?? values.get('--owner') ?? ''}${(values.get('-g') ?? values.get('--group')) ? `:${values.get('-g') ?? values.get('--group')}` : ''}`,
  );
  const { fs } = io.machine;
  const finish = (path: string) => {
    fs.chmodSync(path, mode);
    if (given && (given.uid !== undefined || given.gid !== undefined))
      fs.chownSync(path, given.uid, given.gid);
  };
  if (flags.has('-d') || flags.has('--directory')) {
    return each(
      io,
      rest,
      (name, why) => `install: cannot create directory ‘${name}’: ${why}\n`,
      (path) => {
        fs.mkdirSync(path, { recursive: true });
        finish(path);
      },
    );
  }
  const target = values.get('-t') ?? rest.at(-1) ?? '';
  const sources = values.has('-t') ? rest : rest.slice(0, -1);
  return each(
    io,
    sources,
    (name, why) =>
      `install: cannot ${why.startsWith('No such') ? 'stat' : 'create regular file'} '${why.startsWith('No such') ? name : target}': ${why}\n`,
    (path, name) => {
      const bytes = name === '/dev/stdin' ? io.stdin : Uint8Array.from(fs.readSync(path));
      let to = pathOf(io, target);
      if (fs.find(to)?.kind === 'directory') to = `${to}/${name.split('/').at(-1)}`;
      if (flags.has('-D'))
        fs.mkdirSync(to.slice(0, to.lastIndexOf('/')) || '/', { recursive: true });
      if (fs.find(to)) fs.rmSync(to);
      fs.writeSync(to, bytes);
      finish(to);
    },
  );
}

function readlink(args: readonly string[], io: Io): number {
  const { flags, rest } = parseArgs(args, { flags: '-f -e -m -n -q -s -v -z' });
  let status = 0;
  for (const name of rest) {
    const path = pathOf(io, name);
    const node = io.machine.fs.find(path, false);
    if (flags.has('-f') || flags.has('-e') || flags.has('-m')) {
      if (!node && flags.has('-e')) status = 1;
      else io.out(`${io.machine.real(path)}${flags.has('-n') ? '' : '\n'}`);
    } else if (node?.kind === 'link') io.out(`${node.target}${flags.has('-n') ? '' : '\n'}`);
    else status = 1;
  }
  return status;
}

/** chmod(1): octal and symbolic modes. */
function chmod(args: readonly string[], io: Io): number {
  const recursive = args.includes('-R') || args.includes('--recursive');
  const [spec = '', ...names] = args.filter(
    (item) => !/^-(R|v|c|f)+$/.test(item) && !item.startsWith('--'),
  );
  const change = (node: Inode): number | undefined => {
    if (/^[0-7]{1,4}$/.test(spec)) return Number.parseInt(spec, 8);
    let mode = node.mode;
    for (const clause of spec.split(',')) {
      const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
      if (!match) return undefined;
      const who = match[1] === '' || match[1]?.includes('a') ? 'ugo' : (match[1] as string);
      let bits = 0;
      for (const letter of match[3] ?? '') {
        if (letter === 'X' && node.kind !== 'directory' && (mode & 0o111) === 0) continue;
        if (letter === 't') bits |= 0o1000;
        else if (letter === 's')
          bits |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
        else
          for (const part of who)
            bits |=
              { r: 4, w: 2, x: 1, X: 1 }[letter as 'r']! << { u: 6, g: 3, o: 0 }[part as 'u']!;
      }
      if (match[2] === '+') mode |= bits;
      else if (match[2] === '-') mode &= ~bits;
      else
        mode =
          (mode &
            ~(who.includes('u') ? 0o700 : 0) &
            ~(who.includes('g') ? 0o70 : 0) &
            ~(who.includes('o') ? 0o7 : 0)) |
          bits;
    }
    return mode;
  };
  const apply = (path: string): void => {
    const node = io.machine.fs.find(path);
    const mode = node && change(node);
    if (node && mode === undefined) {
      io.err(`chmod: invalid mode: ‘${spec}’\nTry 'chmod --help' for more information.\n`);
      return;
    }
    io.machine.fs.chmodSync(path, mode ?? 0);
    if (recursive) for (const child of node?.children.keys() ?? []) apply(`${path}/${child}`);
  };
  return each(
    io,
    names,
    (name, why) =>
      why.startsWith('No such')
        ? `chmod: cannot access '${name}': ${why}\n`
        : `chmod: changing permissions of '${name}': ${why}\n`,
    apply,
  );
}

export const files: Programs = {
  ls,
  chmod,
  stat,
  df,
  du,
  mktemp,
  dd,
  install,
  readlink,
  chown: (args, io) => chown('chown', args, io),
  chgrp: (args, io) => chown('chgrp', args, io),
  realpath: (args, io) => readlink(['-f', ...args.filter((item) => !/^-[emsqz]+$/.test(item))], io),
  sync: () => 0,
  truncate: (args, io) => {
    const { values, rest } = parseArgs(args, { flags: '-c -o', valued: '-s -r --size' });
    const size = values.get('-s') ?? values.get('--size') ?? '0';
    return each(
      io,
      rest,
      (name, why) => `truncate: cannot open '${name}' for writing: ${why}\n`,
      (path) => {
        const now = io.machine.fs.find(path)?.size ?? 0;
        const amount = number(size.replace(/^[+-]/, ''), 0);
        io.machine.fs.truncateSync(
          path,
          size.startsWith('+')
            ? now + amount
            : size.startsWith('-')
              ? Math.max(0, now - amount)
              : amount,
        );
      },
    );
  },
  tee: (args, io) => {
    const { flags, rest } = parseArgs(args, { flags: '-a -i --append' });
    io.out(io.stdin);
    return each(
      io,
      rest,
      (name, why) => `tee: ${name}: ${why}\n`,
      (path) => {
        if (flags.has('-a') || flags.has('--append')) io.machine.fs.appendSync(path, io.stdin);
        else io.machine.fs.writeSync(path, io.stdin);
      },
    );
  },
  which: (args, io) => {
    let status = 0;
    for (const name of args.filter((item) => !item.startsWith('-'))) {
      const path = io.machine.which(name, io.env.PATH);
      if (path) io.out(`${path}\n`);
      else status = 1;
    }
    return status;
  },
};
