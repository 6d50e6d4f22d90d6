import { type Io, parseArgs } from '../program.ts';
import type { Inode } from '../vfs.ts';
import { blocksOf, each, modeText, pathOf, sizeOf } from './operands.ts';

/** stat(1), of files and of the file system. */
export function stat(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-L -f -t --dereference --file-system',
    valued: '-c --format --printf',
  });
  if (rest.length === 0) {
    io.err("stat: missing operand\nTry 'stat --help' for more information.\n");
    return 1;
  }
  const format = values.get('-c') ?? values.get('--format');
  const printf = values.get('--printf');
  return each(
    io,
    rest,
    (name, why) =>
      `stat: cannot stat${flags.has('-f') ? 'fs' : 'x'} '${name}': ${why}\n`.replace(
        'statx',
        'statx',
      ),
    (path, name) => {
      const node = io.machine.fs.find(path, flags.has('-L') || flags.has('--dereference'));
      if (!node) {
        // The real reason (a closed folder, or nothing there) comes from asking again.
        io.machine.fs.readSync(path);
        return;
      }
      const { machine } = io;
      const seconds = Math.floor(node.mtime / 1000);
      const date = new Date(node.mtime)
        .toISOString()
        .replace('T', ' ')
        .replace('Z', '000000 +0000');
      const kind =
        node.kind === 'file'
          ? sizeOf(node) === 0
            ? 'regular empty file'
            : 'regular file'
          : node.kind === 'link'
            ? 'symbolic link'
            : 'directory';
      const fields: Record<string, string | number> = {
        s: sizeOf(node),
        Y: seconds,
        X: seconds,
        Z: seconds,
        W: 0,
        i: node.ino,
        n: name,
        N: `'${name}'`,
        a: node.mode.toString(8),
        A: modeText(node),
        f: node.mode.toString(16),
        u: node.uid,
        g: node.gid,
        U: machine.userName(node.uid),
        G: machine.groupName(node.gid),
        h: node.kind === 'directory' ? 2 : node.nlink,
        b: blocksOf(node),
        B: 512,
        o: 4096,
        F: kind,
        y: date,
        x: date,
        z: date,
        w: '-',
        d: 2049,
        D: '801',
        m: '/',
        t: 0,
        T: node.device === 'root' ? 'ext2/ext3' : 'tmpfs',
        '%': '%',
      };
      if (flags.has('-f'))
        Object.assign(fields, {
          a: Math.floor((machine.fs.capacity - machine.fs.used) / 4096),
          b: Math.floor(machine.fs.capacity / 4096),
          f: Math.floor((machine.fs.capacity - machine.fs.used) / 4096),
          S: 4096,
          s: 4096,
        });
      const fill = (text: string) =>
        text.replace(/%([A-Za-z%])/g, (whole, letter: string) => String(fields[letter] ?? whole));
      if (format !== undefined) io.out(`${fill(format)}\n`);
      else if (printf !== undefined)
        io.out(fill(printf.replaceAll('\\n', '\n').replaceAll('\\t', '\t')));
      else
        io.out(
          fill(
            `  File: %n\n  Size: %s\tBlocks: %b\tIO Block: 4096\t%F\nDevice: 801h/2049d\tInode: %i\tLinks: %h\nAccess: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)\nModify: %y\n`,
          ),
        );
    },
  );
}

/** ls(1): one name a line, or the long form with the true owners. */
export function ls(args: readonly string[], io: Io): number {
  const { flags, rest } = parseArgs(args, {
    flags:
      '-l -a -A -1 -d -h -t -r -R -F -i -n -s -S -p -L --all --almost-all --directory --human-readable --full-time',
    valued: '--color --time-style -I',
  });
  const { machine } = io;
  const long = flags.has('-l') || flags.has('-n');
  const hidden =
    flags.has('-a') || flags.has('--all') || flags.has('-A') || flags.has('--almost-all');
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
      const links =
        node.kind === 'directory'
          ? 2 + [...node.children.values()].filter(({ kind }) => kind === 'directory').length
          : node.nlink;
      const size =
        flags.has('-h') && sizeOf(node) >= 1024
          ? sizeOf(node) >= 1 << 20
            ? `${(sizeOf(node) / (1 << 20)).toFixed(1)}M`
            : `${(sizeOf(node) / 1024).toFixed(1)}K`
          : String(sizeOf(node));
      const who = flags.has('-n')
        ? [String(node.uid), String(node.gid)]
        : [machine.userName(node.uid), machine.groupName(node.gid)];
      return [
        modeText(node),
        String(links),
        ...who,
        size,
        date(node.mtime),
        node.kind === 'link' ? `${label} -> ${node.target}` : label,
      ];
    });
    const widths = [0, 1, 2, 3, 4].map((column) =>
      Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
    );
    for (const row of rows) {
      io.out(
        `${long ? row.map((cell, column) => (column === 1 || column === 4 ? cell.padStart(widths[column] as number) : column < 4 ? cell.padEnd(widths[column] as number) : cell)).join(' ') : row[0]}\n`,
      );
    }
  };
  const operands = rest.length === 0 ? ['.'] : rest;
  const single: [string, Inode][] = [];
  const folders: [string, Inode][] = [];
  let status = each(
    io,
    operands,
    (name, why) => `ls: cannot access '${name}': ${why}\n`,
    (path, name) => {
      const link = machine.fs.find(path, false);
      const node = link?.kind === 'link' && !long ? (machine.fs.find(path) ?? link) : link;
      if (!node) machine.fs.readSync(path);
      else if (node.kind === 'directory' && !flags.has('-d') && !flags.has('--directory'))
        folders.push([name, node]);
      else single.push([name, node]);
    },
  );
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
    if (listed.length > 1 || single.length > 0)
      io.out(`${index > 0 || single.length > 0 ? '\n' : ''}${name}:\n`);
    const entries: [string, Inode][] = sort(
      [...folder.children].filter(
        ([child]) => !child.startsWith('__') && (hidden || !child.startsWith('.')),
      ),
    );
    if (flags.has('-a') || flags.has('--all'))
      entries.unshift(
        ['.', folder],
        ['..', machine.fs.find(machine.fs.resolvePath(pathOf(io, name), '..')) ?? folder],
      );
    if (long) io.out(`total ${entries.reduce((sum, [, node]) => sum + blocksOf(node) / 2, 0)}\n`);
    show(entries);
  }
  return status;
}
