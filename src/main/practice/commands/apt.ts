import type { PackageFacts } from '../packages.ts';
import { type Io, type Program, type Programs, parseArgs } from '../program.ts';

/**
 * apt-get and apt-cache. Texts as recorded from a real apt without a terminal ("Reading package
 * lists...", "Selecting previously unselected package", "E: Unable to locate package", exit 100);
 * the lock texts are those of apt 2.4 and, for 14.04, apt 1.0.
 */
const LISTS = 'Reading package lists...\n';
const TREE = `${LISTS}Building dependency tree...\nReading state information...\n`;
const LOCK = '/var/lib/dpkg/lock-frontend';

function size(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes >= 10_000 ? `${Math.round(bytes / 1000)} kB` : `${bytes} B`;
}

function denied(io: Io, path: string): string {
  const trusty = io.machine.options.release === 'trusty';
  if (path === LOCK && trusty) {
    return 'E: Could not open lock file /var/lib/dpkg/lock - open (13: Permission denied)\nE: Unable to lock the administration directory (/var/lib/dpkg/), are you root?\n';
  }
  const open = `E: Could not open lock file ${path} - open (13: Permission denied)\n`;
  if (path === LOCK)
    return `${open}E: Unable to acquire the dpkg frontend lock (${LOCK}), are you root?\n`;
  return `${open}E: Unable to lock directory /var/lib/apt/lists/\n`;
}

/** Holds dpkg's lock while `use` runs, or says who has it. */
async function locked(io: Io, use: () => Promise<number>): Promise<number> {
  const { locks, processes } = io.machine;
  if (locks.has(LOCK)) {
    const holder = processes
      .list()
      .find(
        ({ pid, command }) =>
          pid !== io.session.process.pid && /^(apt|apt-get|dpkg|flock)\b/.test(command),
      );
    io.err(
      `E: Could not get lock ${LOCK}. It is held by process ${holder?.pid ?? 1} (${holder?.command.split(' ')[0] ?? 'apt-get'})\n` +
        'N: Be aware that removing the lock file is not a solution and may break your system.\n' +
        `E: Unable to acquire the dpkg frontend lock (${LOCK}), is another process using it?\n`,
    );
    return 100;
  }
  locks.add(LOCK);
  try {
    return await use();
  } finally {
    locks.delete(LOCK);
  }
}

/** Lets what was written be seen before the next step, as separate writes of a real apt would be. */
const step = () => new Promise<void>((resolve) => setImmediate(resolve));

async function update(io: Io): Promise<number> {
  if (io.session.uid !== 0) {
    io.out(LISTS);
    io.err(denied(io, '/var/lib/apt/lists/lock'));
    return 100;
  }
  const { release } = io.machine.options;
  for (const [index, pocket] of [release, `${release}-updates`].entries()) {
    io.out(`Hit:${index + 1} http://archive.ubuntu.com/ubuntu ${pocket} InRelease\n`);
    await step();
  }
  const lists = '/var/lib/apt/lists/archive.ubuntu.com_ubuntu';
  io.machine.fs.writeSync(`${lists}_InRelease`, '');
  io.machine.fs.writeSync(`${lists}_dists_${release}_main_binary-amd64_Packages`, '');
  io.out(LISTS);
  return 0;
}

const list = (names: readonly string[]) => `  ${names.join(' ')}\n`;

async function confirmed(io: Io, yes: boolean, simulate: boolean): Promise<boolean> {
  if (yes || simulate) return true;
  const question = 'Do you want to continue? [Y/n] ';
  let answer: string | undefined;
  if (io.session.tty) answer = await io.session.tty.readLine({ prompt: question, echo: true });
  else {
    io.out(question);
    answer = io.stdin.length > 0 ? io.stdin.toString('utf8').split('\n')[0] : undefined;
  }
  if (answer !== undefined && /^(y|yes|)$/i.test(answer)) return true;
  io.out('Abort.\n');
  return false;
}

async function install(
  names: readonly string[],
  flags: ReadonlySet<string>,
  io: Io,
): Promise<number> {
  const { packages, fs, options } = io.machine;
  const simulate =
    flags.has('-s') ||
    flags.has('--simulate') ||
    flags.has('--dry-run') ||
    flags.has('--just-print');
  if (!simulate && io.session.uid !== 0) {
    io.err(denied(io, LOCK));
    return 100;
  }
  const work = async () => {
    io.out(TREE);
    const unknown = names.filter((name) => !packages.get(name));
    for (const name of unknown) io.err(`E: Unable to locate package ${name}\n`);
    if (unknown.length > 0) return 100;
    const fresh = packages.missing(names);
    for (const name of names)
      if (packages.isInstalled(name))
        io.out(`${name} is already the newest version (${packages.get(name)?.version}).\n`);
    const extra = fresh.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
    if (extra.length > 0)
      io.out(`The following additional packages will be installed:\n${list(extra)}`);
    if (fresh.length > 0)
      io.out(
        `The following NEW packages will be installed:\n${list(fresh.map(({ name }) => name).sort())}`,
      );
    io.out(`0 upgraded, ${fresh.length} newly installed, 0 to remove and 0 not upgraded.\n`);
    if (fresh.length === 0) return 0;
    if (simulate) {
      const shown = ({ name, version, architecture }: PackageFacts) =>
        `${name} (${version} Ubuntu:${options.release === 'jammy' ? '22.04' : '14.04'}/${options.release} [${architecture}])`;
      io.out(
        fresh.map((facts) => `Inst ${shown(facts)}\n`).join('') +
          fresh.map((facts) => `Conf ${shown(facts)}\n`).join(''),
      );
      return 0;
    }
    const download = fresh.reduce((sum, facts) => sum + facts.download, 0);
    const installed = fresh.reduce((sum, facts) => sum + facts.installed, 0);
    io.out(
      `Need to get ${size(download)} of archives.\nAfter this operation, ${size(installed)} of additional disk space will be used.\n`,
    );
    if (fs.used + installed + download > fs.capacity) {
      io.err("E: You don't have enough free space in /var/cache/apt/archives/.\n");
      return 100;
    }
    if (
      !(await confirmed(
        io,
        flags.has('-y') || flags.has('--yes') || flags.has('--assume-yes'),
        simulate,
      ))
    )
      return 1;
    for (const [index, facts] of fresh.entries()) {
      io.out(
        `Get:${index + 1} http://archive.ubuntu.com/ubuntu ${options.release}/main amd64 ${facts.name} ${facts.architecture} ${facts.version} [${size(facts.download)}]\n`,
      );
      await step();
    }
    io.out(`Fetched ${size(download)} in 0s (${size(download)}/s)\n`);
    for (const facts of fresh) {
      const { name, version, architecture } = facts;
      io.out(
        `Selecting previously unselected package ${name}.\n(Reading database ... 61234 files and directories currently installed.)\n`,
      );
      io.out(
        `Preparing to unpack .../${name}_${version}_${architecture}.deb ...\nUnpacking ${name} (${version}) ...\n`,
      );
      await step();
    }
    for (const facts of fresh) {
      io.out(`Setting up ${facts.name} (${facts.version}) ...\n`);
      packages.configure(facts);
      if (facts.name === 'apache2' && options.release === 'jammy') {
        io.out(
          'Created symlink /etc/systemd/system/multi-user.target.wants/apache2.service → /lib/systemd/system/apache2.service.\n',
        );
      }
      await step();
    }
    return 0;
  };
  return simulate ? await work() : await locked(io, work);
}

async function remove(
  names: readonly string[],
  flags: ReadonlySet<string>,
  purge: boolean,
  io: Io,
): Promise<number> {
  const { packages } = io.machine;
  const simulate = flags.has('-s') || flags.has('--simulate') || flags.has('--dry-run');
  if (!simulate && io.session.uid !== 0) {
    io.err(denied(io, LOCK));
    return 100;
  }
  const work = async () => {
    io.out(TREE);
    const unknown = names.filter((name) => !packages.get(name));
    for (const name of unknown) io.err(`E: Unable to locate package ${name}\n`);
    if (unknown.length > 0) return 100;
    const present = (name: string) =>
      packages.isInstalled(name) || (purge && packages.status(name) !== undefined);
    for (const name of names)
      if (!present(name)) io.out(`Package '${name}' is not installed, so not removed\n`);
    // What depends on a removed package goes with it.
    const gone = packages
      .known()
      .filter(
        (facts) =>
          present(facts.name) &&
          (names.includes(facts.name) || facts.depends.some((item) => names.includes(item))),
      );
    if (gone.length > 0)
      io.out(
        `The following packages will be REMOVED:\n${list(gone.map(({ name }) => `${name}${purge ? '*' : ''}`))}`,
      );
    io.out(`0 upgraded, 0 newly installed, ${gone.length} to remove and 0 not upgraded.\n`);
    if (gone.length === 0) return 0;
    if (simulate) {
      io.out(
        gone
          .map(({ name, version }) => `${purge ? 'Purg' : 'Remv'} ${name} [${version}]\n`)
          .join(''),
      );
      return 0;
    }
    const freed = gone.reduce((sum, facts) => sum + facts.installed, 0);
    io.out(`After this operation, ${size(freed)} disk space will be freed.\n`);
    if (
      !(await confirmed(
        io,
        flags.has('-y') || flags.has('--yes') || flags.has('--assume-yes'),
        simulate,
      ))
    )
      return 1;
    for (const facts of gone) {
      io.out(`Removing ${facts.name} (${facts.version}) ...\n`);
      packages.remove(facts, purge);
      if (purge) io.out(`Purging configuration files for ${facts.name} (${facts.version}) ...\n`);
      await step();
    }
    return 0;
  };
  return simulate ? await work() : await locked(io, work);
}

const aptGet: Program = async (args, io) => {
  const { flags, rest, unknown } = parseArgs(args, {
    flags:
      '-y -q -s -f -d -m -u --yes --assume-yes --quiet --simulate --dry-run --just-print --no-install-recommends --install-recommends --purge --fix-broken --allow-unauthenticated --reinstall --only-upgrade --no-upgrade --auto-remove --print-uris',
    valued: '-o -t -c --option --target-release',
  });
  if (unknown) {
    io.err(
      `E: Command line option ${unknown.startsWith('--') ? unknown : `'${unknown[1]}' [from ${unknown}]`} is not understood${unknown.startsWith('--') ? '' : ' in combination with the other options.'}\n`,
    );
    return 100;
  }
  const [command = '', ...names] = rest;
  switch (command) {
    case 'update':
      // What it would fetch is never short of anything here.
      if (flags.has('--print-uris')) return 0;
      return await update(io);
    case 'install':
      return await install(names, flags, io);
    case 'remove':
    case 'purge':
      return await remove(names, flags, command === 'purge' || flags.has('--purge'), io);
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
    case 'autoremove':
      return await install([], flags, io);
    case 'clean':
    case 'autoclean':
      return 0;
    case 'check':
      io.out(TREE);
      return 0;
    default:
      io.err(command === '' ? 'E: No operation given\n' : `E: Invalid operation ${command}\n`);
      return 100;
  }
};

const aptCache: Program = (args, io) => {
  const [command = '', ...names] = args.filter((item) => !item.startsWith('-'));
  const { packages, options } = io.machine;
  if (command === 'policy') {
    for (const name of names) {
      const facts = packages.get(name);
      if (!facts) continue;
      const installed = packages.isInstalled(name) ? facts.version : '(none)';
      io.out(
        `${name}:\n  Installed: ${installed}\n  Candidate: ${facts.version}\n  Version table:\n` +
          `${packages.isInstalled(name) ? ' *** ' : '     '}${facts.version} 500\n        500 http://archive.ubuntu.com/ubuntu ${options.release}/main amd64 Packages\n` +
          (packages.isInstalled(name) ? '        100 /var/lib/dpkg/status\n' : ''),
      );
    }
    return 0;
  }
  if (command === 'show') {
    const facts = packages.get(names[0] ?? '');
    if (!facts) {
      io.err('E: No packages found\n');
      return 100;
    }
    io.out(
      `Package: ${facts.name}\nVersion: ${facts.version}\nArchitecture: ${facts.architecture}\n${facts.depends.length > 0 ? `Depends: ${facts.depends.join(', ')}\n` : ''}Description: ${facts.description}\n\n`,
    );
    return 0;
  }
  io.err(`E: Invalid operation ${command}\n`);
  return 100;
};

export const aptPrograms: Programs = {
  'apt-get': aptGet,
  apt: (args, io) => {
    io.err('\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n');
    return aptGet(args, io);
  },
  'apt-cache': aptCache,
};
