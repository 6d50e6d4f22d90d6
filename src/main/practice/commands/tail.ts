import { type Io, parseArgs, pause } from '../program.ts';

/** tail(1): the last lines or bytes, `-c +N`, `-n +N`, and following by polling as tail does. */
export async function tail(args: readonly string[], io: Io): Promise<number> {
  const { flags, values, rest } = parseArgs(
    args.map((item) => (/^-\d+$/.test(item) ? `-n${item.slice(1)}` : item)),
    {
      flags: '-f -F -q -v --follow --retry -s',
      valued: '-n -c --lines --bytes --pid --sleep-interval',
    },
  );
  const byBytes = values.get('-c') ?? values.get('--bytes');
  const spec = byBytes ?? values.get('-n') ?? values.get('--lines') ?? '10';
  const count = Math.abs(Number.parseInt(spec, 10));
  const cut = (bytes: Buffer): Buffer => {
    if (byBytes !== undefined)
      return spec.startsWith('+')
        ? bytes.subarray(count - 1)
        : count === 0
          ? bytes.subarray(bytes.length)
          : bytes.subarray(-count);
    let position: number;
    if (spec.startsWith('+')) {
      position = 0;
      for (let line = 1; line < count && position >= 0; line++) {
        const next = bytes.indexOf(10, position);
        position = next < 0 ? bytes.length : next + 1;
      }
      return bytes.subarray(position);
    }
    position = bytes.at(-1) === 10 ? bytes.length - 1 : bytes.length;
    for (let line = 0; line < count; line++) {
      if (position <= 0) return bytes;
      position = bytes.lastIndexOf(10, position - 1);
      if (position < 0) return bytes;
    }
    return bytes.subarray(count === 0 ? bytes.length : position + 1);
  };
  if (rest.length === 0) {
    io.out(cut(io.stdin));
    return 0;
  }
  let status = 0;
  const offsets = new Map<string, number>();
  const { fs } = io.machine;
  for (const [index, name] of rest.entries()) {
    const path = fs.resolvePath(io.cwd, name);
    if (!fs.find(path)) {
      io.err(`tail: cannot open '${name}' for reading: No such file or directory\n`);
      status = 1;
      if (flags.has('-F')) offsets.set(path, 0);
      continue;
    }
    if (!fs.access(path, 4)) {
      io.err(`tail: cannot open '${name}' for reading: Permission denied\n`);
      status = 1;
      continue;
    }
    if (rest.length > 1 && !flags.has('-q')) io.out(`${index > 0 ? '\n' : ''}==> ${name} <==\n`);
    const bytes = Buffer.from(fs.readSync(path));
    io.out(cut(bytes));
    offsets.set(path, bytes.length);
  }
  if (!flags.has('-f') && !flags.has('-F') && !flags.has('--follow')) return status;
  if (offsets.size === 0) {
    io.err('tail: no files remaining\n');
    return 1;
  }
  const watched = values.get('--pid');
  for (;;) {
    const last = watched !== undefined && !io.machine.processes.get(Number(watched));
    for (const [path, offset] of offsets) {
      const node = fs.find(path);
      if (!node || node.size === offset) continue;
      const bytes = Buffer.from(fs.readSync(path));
      io.out(bytes.subarray(Math.min(offset, bytes.length)));
      offsets.set(path, bytes.length);
    }
    if (last) return status;
    await pause(100, io.signal);
  }
}
