import type { PackageFacts, PackageStatus } from '../packages.ts';
import { type Io, type Programs, parseArgs } from '../program.ts';

/** dpkg and dpkg-query (dpkg-query(1): show formats, status abbreviations, exit statuses). */
const STATUS: Record<PackageStatus, { abbreviation: string; words: string }> = {
  installed: { abbreviation: 'ii ', words: 'install ok installed' },
  'config-files': { abbreviation: 'rc ', words: 'deinstall ok config-files' },
  'half-configured': { abbreviation: 'iF ', words: 'install ok half-configured' },
};

function field(facts: PackageFacts, status: PackageStatus, name: string): string {
  const { abbreviation, words } = STATUS[status];
  const fields: Record<string, string> = {
    Package: facts.name,
    'binary:Package': facts.architecture === 'all' ? facts.name : facts.name,
    Version: facts.version,
    Architecture: facts.architecture,
    Status: words,
    'db:Status-Abbrev': abbreviation,
    'db:Status-Status': words.split(' ').at(-1) as string,
    'Installed-Size': String(Math.ceil(facts.installed / 1024)),
    'binary:Summary': facts.description,
    Description: facts.description,
    Depends: facts.depends.join(', '),
  };
  return fields[name] ?? '';
}

function matching(
  io: Io,
  patterns: readonly string[],
): { found: [PackageFacts, PackageStatus][]; missing: string[] } {
  const { packages } = io.machine;
  const known = packages
    .known()
    .map(
      (facts) =>
        [facts, packages.status(facts.name) as PackageStatus] as [PackageFacts, PackageStatus],
    );
  if (patterns.length === 0) return { found: known, missing: [] };
  const found: [PackageFacts, PackageStatus][] = [];
  const missing: string[] = [];
  for (const pattern of patterns) {
    const expression = new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    const hits = known.filter(
      ([{ name }]) => expression.test(name.replace(/:.*/, '')) || `${name}:amd64` === pattern,
    );
    if (hits.length === 0) missing.push(pattern);
    found.push(...hits);
  }
  return { found, missing };
}

function show(args: readonly string[], io: Io): number {
  const { values, rest } = parseArgs(args, { flags: '-W --show', valued: '-f --showformat' });
  const format =
    (values.get('-f') ?? values.get('--showformat'))?.replace(/^=/, '') ??
    '${binary:Package}\\t${Version}\\n';
  const { found, missing } = matching(io, rest);
  for (const [facts, status] of found) {
    const line = format.replace(
      /\$\{([^};]+)(?:;(-?\d+))?\}/g,
      (_whole, name: string, width?: string) => {
        const value = field(facts, status, name);
        if (width === undefined) return value;
        return width.startsWith('-') ? value.padEnd(-Number(width)) : value.padStart(Number(width));
      },
    );
    io.out(line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'));
  }
  for (const name of missing) io.err(`dpkg-query: no packages found matching ${name}\n`);
  return missing.length > 0 ? 1 : 0;
}

function list(patterns: readonly string[], io: Io): number {
  const { found, missing } = matching(io, patterns);
  if (found.length > 0) {
    io.out(
      'Desired=Unknown/Install/Remove/Purge/Hold\n' +
        '| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n' +
        '|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n' +
        '||/ Name           Version      Architecture Description\n' +
        '+++-==============-============-============-=================================\n',
    );
  }
  for (const [facts, status] of found) {
    io.out(
      `${STATUS[status].abbreviation} ${facts.name.padEnd(14)} ${facts.version.padEnd(12)} ${facts.architecture.padEnd(12)} ${facts.description}\n`,
    );
  }
  for (const name of missing) io.err(`dpkg-query: no packages found matching ${name}\n`);
  return missing.length > 0 ? 1 : 0;
}

function describe(names: readonly string[], io: Io): number {
  let status = 0;
  for (const name of names) {
    const facts = io.machine.packages.get(name);
    const state = io.machine.packages.status(name);
    if (!facts || !state) {
      io.err(
        `dpkg-query: package '${name}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n`,
      );
      status = 1;
      continue;
    }
    io.out(
      `Package: ${facts.name}\nStatus: ${STATUS[state].words}\nArchitecture: ${facts.architecture}\nVersion: ${facts.version}\nDescription: ${facts.description}\n`,
    );
  }
  return status;
}

function query(args: readonly string[], io: Io): number {
  const action = args.find((item) => /^-[Wls]|^--(show|list|status)$/.test(item)) ?? '';
  const rest = args.filter((item) => !item.startsWith('-'));
  if (action.startsWith('-W') || action === '--show') return show(args, io);
  if (action === '-l' || action === '--list') return list(rest, io);
  if (action === '-s' || action === '--status') return describe(rest, io);
  io.err('dpkg-query: error: need an action option\n');
  return 2;
}

/** `dpkg --audit` as recorded after a failing postinst. */
function audit(io: Io): number {
  const half = io.machine.packages
    .known()
    .filter(({ name }) => io.machine.packages.status(name) === 'half-configured');
  if (half.length === 0) return 0;
  io.out(
    'The following packages are only half configured, probably due to problems\n' +
      'configuring them the first time.  The configuration should be retried using\n' +
      'dpkg --configure <package> or the configure menu option in dselect:\n' +
      half.map(({ name, description }) => ` ${name.padEnd(20)} ${description}\n`).join('') +
      '\n',
  );
  return 0;
}

export const dpkgPrograms: Programs = {
  'dpkg-query': query,
  dpkg: (args, io) => {
    const [action = ''] = args;
    if (action === '--print-architecture') io.out('amd64\n');
    else if (action === '--audit' || action === '-C') return audit(io);
    else if (action === '--configure') {
      if (io.session.uid !== 0) {
        io.err('dpkg: error: requested operation requires superuser privilege\n');
        return 2;
      }
      for (const facts of io.machine.packages.known()) {
        if (io.machine.packages.status(facts.name) !== 'half-configured') continue;
        io.out(`Setting up ${facts.name} (${facts.version}) ...\n`);
        io.machine.packages.configure(facts);
      }
    } else return query(args, io);
    return 0;
  },
};
