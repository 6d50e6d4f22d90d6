import { randomBytes } from 'node:crypto';
import { type Io, parseArgs, type Programs } from '../program.ts';
import { reason } from '../shell.ts';
import type { Inode } from '../vfs.ts';

/** coreutils and util-linux programs that just-bash lacks, or that need owners, inodes and the disk's size. */

const pathOf = (io: Io, name: string) => io.machine.fs.resolvePath(io.cwd, name);

/** Runs `use` on each operand; complaints are worded as coreutils words them. */
function each(io: Io, operands: readonly string[], complain: (name: string, why: string) => string, use: (path: string, name: string) => void): number {
  let status = 0;
  for (const name of operands) {
    try {
      use(pathOf(io, name), name);
    } catch (error) {
      io.err(complain(name, reason(error)));
      status = 1;
    }
  }
  return status;
}

const TYPES = { file: '-', directory: 'd', link: 'l' } as const;

export function modeText(node: Inode): string {
  const bits = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((node.mode >> bit) & 1 ? 'rwxrwxrwx'[8 - bit] : '-'));
  if (node.mode & 0o4000) bits[2] = bits[2] === 'x' ? 's' : 'S';
  if (node.mode & 0o2000) bits[5] = bits[5] === 'x' ? 's' : 'S';
  if (node.mode & 0o1000) bits[8] = bits[8] === 'x' ? 't' : 'T';
  return TYPES[node.kind] + bits.join('');
}

const sizeOf = (node: Inode) => (node.kind === 'directory' ? 4096 : node.read ? Buffer.byteLength(node.read()) : node.size);
const blocksOf = (node: Inode) => Math.ceil(sizeOf(node) / 4096) * 8;

function stat(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, { flags: '-L -f -t --dereference --file-system', valued: '-c --format --printf' });
  if (rest.length === 0) {
    io.err("stat: missing operand\nTry 'stat --help' for more information.\n");
    return 1;
  }
  const format = values.get('-c') ?? values.get('--format');
  const printf = values.get('--printf');
  return each(io, rest, (name, why) => `stat: cannot stat${flags.has('-f') ? 'fs' : 'x'} '${name}': ${why}\n`.replace('statx', 'statx'), (path, name) => {
    const node = io.machine.fs.find(path, flags.has('-L') || flags.has('--dereference'));
    if (!node) {
      // The real reason (a closed folder, or nothing there) comes from asking again.
      io.machine.fs.readSync(path);
      return;
    }
    const { machine } = io;
    const seconds = Math.floor(node.mtime / 1000);
    const date = new Date(node.mtime).toISOString().replace('T', ' ').replace('Z', '000000 +0000');
    const kind = node.kind === 'file' ? (sizeOf(node) === 0 ? 'regular empty file' : 'regular file') : node.kind === 'link' ? 'symbolic link' : 'directory';
    const fields: Record<string, string | number> = {
      s: sizeOf(node), Y: seconds, X: seconds, Z: seconds, W: 0, i: node.ino, n: name, N: `'${name}'`, a: node.mode.toString(8),
      A: modeText(node), f: node.mode.toString(16), u: node.uid, g: node.gid, U: machine.userName(node.uid), G: machine.groupName(node.gid),
      h: node.kind === 'directory' ? 2 : node.nlink, b: blocksOf(node), B: 512, o: 4096, F: kind, y: date, x: date, z: date, w: '-',
      d: 2049, D: '801', m: '/', t: 0, T: node.device === 'root' ? 'ext2/ext3' : 'tmpfs', '%': '%',
    };
    if (flags.has('-f')) Object.assign(fields, { a: Math.floor((machine.fs.capacity - machine.fs.used) / 4096), b: Math.floor(machine.fs.capacity / 4096), f: Math.floor((machine.fs.capacity - machine.fs.used) / 4096), S: 4096, s: 4096 });
    const fill = (text: string) => text.replace(/%([A-Za-z%])/g, (whole, letter: string) => String(fields[letter] ?? whole));
    if (format !== undefined) io.out(`${fill(format)}\n`);
    else if (printf !== undefined) io.out(fill(printf.replaceAll('\\n', '\n').replaceAll('\\t', '\t')));
    else io.out(fill(`  File: %n\n  Size: %s\tBlocks: %b\tIO Block: 4096\t%F\nDevice: 801h/2049d\tInode: %i\tLinks: %h\nAccess: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)\nModify: %y\n`));
  });
}

/** df(1): one ext4 root and a tmpfs; 5 % of the root are kept for root, as mke2fs does by default. */
function df(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, { flags: '-P -k -h -T -l -a -m --portability -i', valued: '-B --block-size -t -x --output' });
  const block = values.get('-B') ?? values.get('--block-size');
  const unit = block === undefined ? (flags.has('-m') ? 1 << 20 : 1024) : { '1': 1, K: 1024, '1K': 1024, M: 1 << 20, '1M': 1 << 20, G: 1 << 30, '1G': 1 << 30 }[block] ?? Number(block);
  const { fs } = io.machine;
  const root = { device: '/dev/sda1', type: 'ext4', mount: '/', size: fs.capacity, used: fs.used, available: Math.max(0, Math.floor(fs.capacity * 0.95) - fs.used) };
  const run = { device: 'tmpfs', type: 'tmpfs', mount: '/run', size: 209_715_200, used: 1_048_576, available: 208_666_624 };
  const rows: (typeof root)[] = [];
  const status = rest.length === 0 ? 0 : each(io, rest, (name, why) => `df: ${name}: ${why}\n`, (path) => {
    const node = fs.find(path);
    if (!node) fs.readSync(path);
    rows.push(node?.device === 'root' ? root : { ...run, ...(node?.device === 'run' ? {} : { device: 'udev', type: 'devtmpfs', mount: '/dev' }) });
  });
  if (rest.length === 0) rows.push(root, run);
  if (rows.length === 0) return status;
  const human = (bytes: number) => {
    let value = bytes;
    let index = 0;
    while (value >= 1024 && index < 5) {
      value /= 1024;
      index++;
    }
    return index === 0 ? String(bytes) : `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${' KMGTP'[index]}`;
  };
  const number = (bytes: number) => (flags.has('-h') ? human(bytes) : String(Math.ceil(bytes / unit)));
  const columns: Record<string, (row: typeof root) => string> = {
    source: ({ device }) => device, fstype: ({ type }) => type, size: ({ size }) => number(size), used: ({ used }) => number(used),
    avail: ({ available }) => number(available), pcent: ({ used, available }) => `${Math.ceil((used / (used + available)) * 100)}%`, target: ({ mount }) => mount,
  };
  const title = flags.has('-h') ? 'Size' : flags.has('-P') || unit === 1 ? `${unit}-blocks` : unit === 1024 ? '1K-blocks' : `${unit}-blocks`;
  const names: Record<string, string> = { source: 'Filesystem', fstype: 'Type', size: unit === 1 && !flags.has('-P') ? '1B-blocks' : title, used: 'Used', avail: flags.has('-h') ? 'Avail' : 'Available', pcent: flags.has('-P') ? 'Capacity' : 'Use%', target: 'Mounted on' };
  const chosen = values.get('--output')?.split(',').filter((item) => columns[item]) ?? ['source', ...(flags.has('-T') ? ['fstype'] : []), 'size', 'used', 'avail', 'pcent', 'target'];
  const table = [chosen.map((column) => names[column] as string), ...rows.map((row) => chosen.map((column) => (columns[column] as (item: typeof root) => string)(row)))];
  const widths = chosen.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0)));
  io.out(table.map((row) => `${row.map((cell, index) => (index === 0 || chosen[index] === 'fstype' ? cell.padEnd(widths[index] as number) : chosen[index] === 'target' ? cell : cell.padStart(widths[index] as number))).join(' ').trimEnd()}\n`).join(''));
  return status;
}

function du(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, { flags: '-s -b -k -m -h -a -c -x --summarize --bytes --apparent-size', valued: '-d -B --max-depth --block-size' });
  const apparent = flags.has('-b') || flags.has('--bytes') || flags.has('--apparent-size');
  const unit = flags.has('-b') || flags.has('--bytes') || values.get('-B') === '1' || values.get('--block-size') === '1' ? 1 : flags.has('-m') ? 1 << 20 : 1024;
  const depth = flags.has('-s') || flags.has('--summarize') ? 0 : Number(values.get('-d') ?? values.get('--max-depth') ?? Number.POSITIVE_INFINITY);
  const show = (bytes: number) => (flags.has('-h') ? (bytes >= 1 << 30 ? `${(bytes / (1 << 30)).toFixed(1)}G` : bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)}M` : `${Math.ceil(bytes / 1024)}K`) : String(Math.ceil(bytes / unit)));
  const seen = new Set<Inode>();
  const total = (node: Inode, name: string, level: number): number => {
    if (seen.has(node)) return 0;
    seen.add(node);
    let sum = apparent ? sizeOf(node) : blocksOf(node) * 512;
    for (const [child, inode] of node.children) sum += total(inode, `${name.replace(/\/$/, '')}/${child}`, level + 1);
    if (level === 0 || (level <= depth && (node.kind === 'directory' || flags.has('-a')))) io.out(`${show(sum)}\t${name}\n`);
    return sum;
  };
  return each(io, rest.length === 0 ? ['.'] : rest, (name, why) => `du: cannot access '${name}': ${why}\n`, (path, name) => {
    const node = io.machine.fs.find(path, false);
    if (node) total(node, name, 0);
    else io.machine.fs.readSync(path);
  });
}

function mktemp(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, { flags: '-d -q -u -t --directory --tmpdir', valued: '-p --suffix --tmpdir' });
  const folder = values.get('-p') ?? values.get('--tmpdir') ?? (rest.length === 0 || flags.has('-t') ? (io.env.TMPDIR ?? '/tmp') : undefined);
  const template = rest[0] ?? 'tmp.XXXXXXXXXX';
  if (!/XXX[^/]*$/.test(template)) {
    io.err(`mktemp: too few X's in template ‘${template}’\n`);
    return 1;
  }
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const name = template.replace(/X{3,}(?=[^X/]*$)/, (run) => [...randomBytes(run.length)].map((byte) => letters[byte % 62]).join('')) + (values.get('--suffix') ?? '');
  const path = folder === undefined ? name : `${folder}/${name}`;
  const directory = flags.has('-d') || flags.has('--directory');
  return each(io, [path], (_name, why) => `mktemp: failed to create ${directory ? 'directory' : 'file'} via template ‘${folder === undefined ? template : `${folder}/${template}`}’: ${why}\n`, (full) => {
    if (directory) io.machine.fs.mkdirSync(full, { mode: 0o700 });
    else {
      io.machine.fs.writeSync(full, '');
      io.machine.fs.chmodSync(full, 0o600);
    }
    io.out(`${path}\n`);
  });
}

function number(text: string | undefined, otherwise: number): number {
  const match = /^(\d+)([cwbkKMG]?)(?:i?B)?$/.exec(text ?? '');
  if (!match) return otherwise;
  return Number(match[1]) * ({ c: 1, w: 2, b: 512, k: 1024, K: 1024, M: 1 << 20, G: 1 << 30 }[match[2] ?? ''] ?? 1);
}

function dd(args: readonly string[], io: Io): number {
  const given = new Map(args.map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)] as const));
  const bs = number(given.get('bs'), 512);
  const input = given.get('if');
  const { fs } = io.machine;
  const status = each(io, [given.get('of') ?? input ?? '-'], (name, why) => `dd: failed to open '${name}': ${why}\n`, () => {
    const count = given.has('count') ? number(given.get('count'), 0) : undefined;
    const flags = (given.get('iflag') ?? '').split(',');
    const want = count === undefined ? undefined : flags.includes('count_bytes') ? count : count * bs;
    const skip = number(given.get('skip'), 0) * (flags.includes('skip_bytes') ? 1 : bs);
    let bytes: Uint8Array;
    if (input === '/dev/zero') bytes = new Uint8Array(want ?? 0);
    else if (input === '/dev/urandom' || input === '/dev/random') bytes = randomBytes(want ?? 0);
    else bytes = input === undefined ? io.stdin : fs.readSync(pathOf(io, input));
    if (input === undefined || !input.startsWith('/dev/')) bytes = bytes.subarray(skip, want === undefined ? undefined : skip + want);
    const of = given.get('of');
    if (of === undefined) io.out(bytes);
    else {
      const path = pathOf(io, of);
      const seek = number(given.get('seek'), 0) * ((given.get('oflag') ?? '').includes('seek_bytes') ? 1 : bs);
      const keep = (given.get('conv') ?? '').includes('notrunc');
      const old = fs.find(path) && !fs.find(path)?.write ? Buffer.from(fs.readSync(path)) : Buffer.alloc(0);
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
    if (given.get('status') !== 'noxfer') io.err(`${bytes.length} byte${bytes.length === 1 ? '' : 's'} copied, 0.001 s, ${(bytes.length / 1000).toFixed(1)} MB/s\n`);
  });
  return status;
}

function owner(io: Io, text: string): { uid?: number; gid?: number } | undefined {
  const [user = '', group] = text.split(/[:.]/);
  const account = io.machine.accounts().find((item) => item.name === user || String(item.uid) === user);
  const found = io.machine.groups().find((item) => item.name === group || String(item.gid) === group);
  if ((user !== '' && !account && !/^\d+$/.test(user)) || (group && !found && !/^\d+$/.test(group))) return undefined;
  const uid = user === '' ? undefined : (account?.uid ?? Number(user));
  const gid = group === undefined ? undefined : group === '' ? account?.gid : (found?.gid ?? Number(group));
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

function chown(program: string, args: readonly string[], io: Io): number {
  const { flags, rest } = parseArgs(args, { flags: '-R -h -v -f --recursive --no-dereference' });
  const [spec = '', ...names] = rest;
  const given = owner(io, program === 'chgrp' ? `:${spec}` : spec);
  if (!given) {
    io.err(program === 'chgrp' ? `chgrp: invalid group: ‘${spec}’\n` : `chown: invalid user: ‘${spec}’\n`);
    return 1;
  }
  const apply = (path: string): void => {
    io.machine.fs.chownSync(path, given.uid, given.gid);
    const node = io.machine.fs.find(path);
    if (flags.has('-R') || flags.has('--recursive')) for (const child of node?.children.keys() ?? []) apply(`${path}/${child}`);
  };
  return each(io, names, (name, why) => (why.startsWith('No such') ? `${program}: cannot access '${name}': ${why}\n` : `${program}: changing ownership of '${name}': ${why}\n`), apply);
}

function install(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, { flags: '-d -D -v -p -C -T -c --directory', valued: '-m -o -g -t --mode --owner --group' });
  const mode = Number.parseInt(values.get('-m') ?? values.get('--mode') ?? '755', 8);
  const given = owner(io, `${values.get('-o') ?? values.get('--owner') ?? ''}${(values.get('-g') ?? values.get('--group')) ? `:${values.get('-g') ?? values.get('--group')}` : ''}`);
  const { fs } = io.machine;
  const finish = (path: string) => {
    fs.chmodSync(path, mode);
    if (given && (given.uid !== undefined || given.gid !== undefined)) fs.chownSync(path, given.uid, given.gid);
  };
  if (flags.has('-d') || flags.has('--directory')) {
    return each(io, rest, (name, why) => `install: cannot create directory ‘${name}’: ${why}\n`, (path) => {
      fs.mkdirSync(path, { recursive: true });
      finish(path);
    });
  }
  const target = values.get('-t') ?? rest.at(-1) ?? '';
  const sources = values.has('-t') ? rest : rest.slice(0, -1);
  return each(io, sources, (name, why) => `install: cannot ${why.startsWith('No such') ? 'stat' : 'create regular file'} '${why.startsWith('No such') ? name : target}': ${why}\n`, (path, name) => {
    const bytes = name === '/dev/stdin' ? io.stdin : Uint8Array.from(fs.readSync(path));
    let to = pathOf(io, target);
    if (fs.find(to)?.kind === 'directory') to = `${to}/${name.split('/').at(-1)}`;
    if (flags.has('-D')) fs.mkdirSync(to.slice(0, to.lastIndexOf('/')) || '/', { recursive: true });
    if (fs.find(to)) fs.rmSync(to);
    fs.writeSync(to, bytes);
    finish(to);
  });
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

/** ls(1): one name a line, or the long form with the true owners. */
function ls(args: readonly string[], io: Io): number {
  const { flags, rest } = parseArgs(args, { flags: '-l -a -A -1 -d -h -t -r -R -F -i -n -s -S -p -L --all --almost-all --directory --human-readable --full-time', valued: '--color --time-style -I' });
  const { machine } = io;
  const long = flags.has('-l') || flags.has('-n');
  const hidden = flags.has('-a') || flags.has('--all') || flags.has('-A') || flags.has('--almost-all');
  const sort = (entries: [string, Inode][]) => {
    entries.sort(([one], [other]) => (one < other ? -1 : 1));
    if (flags.has('-t')) entries.sort(([, one], [, other]) => other.mtime - one.mtime);
    if (flags.has('-S')) entries.sort(([, one], [, other]) => sizeOf(other) - sizeOf(one));
    return flags.has('-r') ? entries.reverse() : entries;
  };
  const date = (ms: number) => {
    const text = new Date(ms).toUTCString();
    const recent = Math.abs(machine.now() - ms) < 180 * 86_400_000;
    return `${text.slice(8, 11)} ${text.slice(5, 7).replace(/^0/, ' ')} ${recent ? text.slice(17, 22) : ` ${text.slice(12, 16)}`}`;
  };
  const show = (entries: [string, Inode][]) => {
    const rows = entries.map(([name, node]) => {
      const mark = (flags.has('-F') || flags.has('-p')) && node.kind === 'directory' ? '/' : '';
      const label = `${flags.has('-i') ? `${node.ino} ` : ''}${name}${mark}`;
      if (!long) return [label];
      const links = node.kind === 'directory' ? 2 + [...node.children.values()].filter(({ kind }) => kind === 'directory').length : node.nlink;
      const size = flags.has('-h') && sizeOf(node) >= 1024 ? (sizeOf(node) >= 1 << 20 ? `${(sizeOf(node) / (1 << 20)).toFixed(1)}M` : `${(sizeOf(node) / 1024).toFixed(1)}K`) : String(sizeOf(node));
      const who = flags.has('-n') ? [String(node.uid), String(node.gid)] : [machine.userName(node.uid), machine.groupName(node.gid)];
      return [modeText(node), String(links), ...who, size, date(node.mtime), node.kind === 'link' ? `${label} -> ${node.target}` : label];
    });
    const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
    for (const row of rows) {
      io.out(`${long ? row.map((cell, column) => (column === 1 || column === 4 ? cell.padStart(widths[column] as number) : column < 4 ? cell.padEnd(widths[column] as number) : cell)).join(' ') : row[0]}\n`);
    }
  };
  const operands = rest.length === 0 ? ['.'] : rest;
  const single: [string, Inode][] = [];
  const folders: [string, Inode][] = [];
  let status = each(io, operands, (name, why) => `ls: cannot access '${name}': ${why}\n`, (path, name) => {
    const link = machine.fs.find(path, false);
    const node = link?.kind === 'link' && !long ? (machine.fs.find(path) ?? link) : link;
    if (!node) machine.fs.readSync(path);
    else if (node.kind === 'directory' && !flags.has('-d') && !flags.has('--directory')) folders.push([name, node]);
    else single.push([name, node]);
  });
  if (status !== 0) status = 2;
  show(sort(single));
  const listed: [string, Inode][] = [];
  for (const [name, folder] of sort(folders)) {
    listed.push([name, folder]);
    const deeper = (base: string, node: Inode) => {
      for (const [child, inode] of sort([...node.children])) {
        if (inode.kind !== 'directory') continue;
        listed.push([`${base}/${child}`, inode]);
        deeper(`${base}/${child}`, inode);
      }
    };
    if (flags.has('-R')) deeper(name, folder);
  }
  for (const [index, [name, folder]] of listed.entries()) {
    if (!machine.fs.access(pathOf(io, name), 4)) {
      io.err(`ls: cannot open directory '${name}': Permission denied\n`);
      status = 2;
      continue;
    }
    if (listed.length > 1 || single.length > 0) io.out(`${index > 0 || single.length > 0 ? '\n' : ''}${name}:\n`);
    const entries: [string, Inode][] = sort([...folder.children].filter(([child]) => !child.startsWith('__') && (hidden || !child.startsWith('.'))));
    if (flags.has('-a') || flags.has('--all')) entries.unshift(['.', folder], ['..', machine.fs.find(machine.fs.resolvePath(pathOf(io, name), '..')) ?? folder]);
    if (long) io.out(`total ${entries.reduce((sum, [, node]) => sum + blocksOf(node) / 2, 0)}\n`);
    show(entries);
  }
  return status;
}

/** chmod(1): octal and symbolic modes. */
function chmod(args: readonly string[], io: Io): number {
  const recursive = args.includes('-R') || args.includes('--recursive');
  const [spec = '', ...names] = args.filter((item) => !/^-(R|v|c|f)+$/.test(item) && !item.startsWith('--'));
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
        else if (letter === 's') bits |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
        else for (const part of who) bits |= { r: 4, w: 2, x: 1, X: 1 }[letter as 'r']! << { u: 6, g: 3, o: 0 }[part as 'u']!;
      }
      if (match[2] === '+') mode |= bits;
      else if (match[2] === '-') mode &= ~bits;
      else mode = (mode & ~(who.includes('u') ? 0o700 : 0) & ~(who.includes('g') ? 0o70 : 0) & ~(who.includes('o') ? 0o7 : 0)) | bits;
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
  return each(io, names, (name, why) => (why.startsWith('No such') ? `chmod: cannot access '${name}': ${why}\n` : `chmod: changing permissions of '${name}': ${why}\n`), apply);
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
    return each(io, rest, (name, why) => `truncate: cannot open '${name}' for writing: ${why}\n`, (path) => {
      const now = io.machine.fs.find(path)?.size ?? 0;
      const amount = number(size.replace(/^[+-]/, ''), 0);
      io.machine.fs.truncateSync(path, size.startsWith('+') ? now + amount : size.startsWith('-') ? Math.max(0, now - amount) : amount);
    });
  },
  tee: (args, io) => {
    const { flags, rest } = parseArgs(args, { flags: '-a -i --append' });
    io.out(io.stdin);
    return each(io, rest, (name, why) => `tee: ${name}: ${why}\n`, (path) => {
      if (flags.has('-a') || flags.has('--append')) io.machine.fs.appendSync(path, io.stdin);
      else io.machine.fs.writeSync(path, io.stdin);
    });
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
