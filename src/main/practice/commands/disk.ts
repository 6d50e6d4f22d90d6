import { type Io, parseArgs } from '../program.ts';
import type { Inode } from '../vfs.ts';
import { blocksOf, each, sizeOf } from './operands.ts';

/** df(1): one ext4 root and a tmpfs; 5 % of the root are kept for root, as mke2fs does by default. */
export function df(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-P -k -h -T -l -a -m --portability -i',
    valued: '-B --block-size -t -x --output',
  });
  const block = values.get('-B') ?? values.get('--block-size');
  const unit =
    block === undefined
      ? flags.has('-m')
        ? 1 << 20
        : 1024
      : ({ '1': 1, K: 1024, '1K': 1024, M: 1 << 20, '1M': 1 << 20, G: 1 << 30, '1G': 1 << 30 }[
          block
        ] ?? Number(block));
  const { fs } = io.machine;
  const root = {
    device: '/dev/sda1',
    type: 'ext4',
    mount: '/',
    size: fs.capacity,
    used: fs.used,
    available: Math.max(0, Math.floor(fs.capacity * 0.95) - fs.used),
  };
  const run = {
    device: 'tmpfs',
    type: 'tmpfs',
    mount: '/run',
    size: 209_715_200,
    used: 1_048_576,
    available: 208_666_624,
  };
  const rows: (typeof root)[] = [];
  const status =
    rest.length === 0
      ? 0
      : each(
          io,
          rest,
          (name, why) => `df: ${name}: ${why}\n`,
          (path) => {
            const node = fs.find(path);
            if (!node) fs.readSync(path);
            rows.push(
              node?.device === 'root'
                ? root
                : {
                    ...run,
                    ...(node?.device === 'run'
                      ? {}
                      : { device: 'udev', type: 'devtmpfs', mount: '/dev' }),
                  },
            );
          },
        );
  if (rest.length === 0) rows.push(root, run);
  if (rows.length === 0) return status;
  const human = (bytes: number) => {
    let value = bytes;
    let index = 0;
    while (value >= 1024 && index < 5) {
      value /= 1024;
      index++;
    }
    return index === 0
      ? String(bytes)
      : `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${' KMGTP'[index]}`;
  };
  const number = (bytes: number) =>
    flags.has('-h') ? human(bytes) : String(Math.ceil(bytes / unit));
  const columns: Record<string, (row: typeof root) => string> = {
    source: ({ device }) => device,
    fstype: ({ type }) => type,
    size: ({ size }) => number(size),
    used: ({ used }) => number(used),
    avail: ({ available }) => number(available),
    pcent: ({ used, available }) => `${Math.ceil((used / (used + available)) * 100)}%`,
    target: ({ mount }) => mount,
  };
  const title = flags.has('-h')
    ? 'Size'
    : flags.has('-P') || unit === 1
      ? `${unit}-blocks`
      : unit === 1024
        ? '1K-blocks'
        : `${unit}-blocks`;
  const names: Record<string, string> = {
    source: 'Filesystem',
    fstype: 'Type',
    size: unit === 1 && !flags.has('-P') ? '1B-blocks' : title,
    used: 'Used',
    avail: flags.has('-h') ? 'Avail' : 'Available',
    pcent: flags.has('-P') ? 'Capacity' : 'Use%',
    target: 'Mounted on',
  };
  const chosen = values
    .get('--output')
    ?.split(',')
    .filter((item) => columns[item]) ?? [
    'source',
    ...(flags.has('-T') ? ['fstype'] : []),
    'size',
    'used',
    'avail',
    'pcent',
    'target',
  ];
  const table = [
    chosen.map((column) => names[column] as string),
    ...rows.map((row) =>
      chosen.map((column) => (columns[column] as (item: typeof root) => string)(row)),
    ),
  ];
  const widths = chosen.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0)));
  io.out(
    table
      .map(
        (row) =>
          `${row
            .map((cell, index) =>
              index === 0 || chosen[index] === 'fstype'
                ? cell.padEnd(widths[index] as number)
                : chosen[index] === 'target'
                  ? cell
                  : cell.padStart(widths[index] as number),
            )
            .join(' ')
            .trimEnd()}\n`,
      )
      .join(''),
  );
  return status;
}

/** du(1): blocks, or apparent sizes with -b. */
export function du(args: readonly string[], io: Io): number {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-s -b -k -m -h -a -c -x --summarize --bytes --apparent-size',
    valued: '-d -B --max-depth --block-size',
  });
  const apparent = flags.has('-b') || flags.has('--bytes') || flags.has('--apparent-size');
  const unit =
    flags.has('-b') ||
    flags.has('--bytes') ||
    values.get('-B') === '1' ||
    values.get('--block-size') === '1'
      ? 1
      : flags.has('-m')
        ? 1 << 20
        : 1024;
  const depth =
    flags.has('-s') || flags.has('--summarize')
      ? 0
      : Number(values.get('-d') ?? values.get('--max-depth') ?? Number.POSITIVE_INFINITY);
  const show = (bytes: number) =>
    flags.has('-h')
      ? bytes >= 1 << 30
        ? `${(bytes / (1 << 30)).toFixed(1)}G`
        : bytes >= 1 << 20
          ? `${(bytes / (1 << 20)).toFixed(1)}M`
          : `${Math.ceil(bytes / 1024)}K`
      : String(Math.ceil(bytes / unit));
  const seen = new Set<Inode>();
  const total = (node: Inode, name: string, level: number): number => {
    if (seen.has(node)) return 0;
    seen.add(node);
    let sum = apparent ? sizeOf(node) : blocksOf(node) * 512;
    for (const [child, inode] of node.children)
      sum += total(inode, `${name.replace(/\/$/, '')}/${child}`, level + 1);
    if (level === 0 || (level <= depth && (node.kind === 'directory' || flags.has('-a'))))
      io.out(`${show(sum)}\t${name}\n`);
    return sum;
  };
  return each(
    io,
    rest.length === 0 ? ['.'] : rest,
    (name, why) => `du: cannot access '${name}': ${why}\n`,
    (path, name) => {
      const node = io.machine.fs.find(path, false);
      if (node) total(node, name, 0);
      else io.machine.fs.readSync(path);
    },
  );
}
