import { type Io, type Programs, parseArgs } from '../program.ts';

/** Who is in which group: usermod(8) and gpasswd(1), as far as `-aG`, `-a` and `-d` go. */

function change(io: Io, group: string, edit: (members: string[]) => string[]): void {
  const { fs } = io.machine;
  const lines = fs.textSync('/etc/group').split('\n');
  const changed = lines.map((line) => {
    const [name, password, gid, members = ''] = line.split(':');
    if (name !== group) return line;
    const now = edit(members.split(',').filter((each) => each !== ''));
    return [name, password, gid, now.join(',')].join(':');
  });
  fs.writeSync('/etc/group', changed.join('\n'));
}

const knows = (io: Io, group: string): boolean =>
  io.machine.groups().some(({ name }) => name === group);

function join(io: Io, user: string, group: string): void {
  change(io, group, (members) => (members.includes(user) ? members : [...members, user]));
}

export const accounts: Programs = {
  usermod: (args, io) => {
    const { flags, values, rest } = parseArgs(args, {
      flags: '-a --append',
      valued: '-G --groups',
    });
    const [user = ''] = rest;
    const groups = (values.get('-G') ?? values.get('--groups') ?? '').split(',');
    if (io.session.uid !== 0) {
      io.err('usermod: Permission denied.\nusermod: cannot lock /etc/passwd; try again later.\n');
      return 1;
    }
    if (!io.machine.accounts().some(({ name }) => name === user)) {
      io.err(`usermod: user '${user}' does not exist\n`);
      return 6;
    }
    const unknown = groups.filter((group) => !knows(io, group));
    for (const group of unknown) io.err(`usermod: group '${group}' does not exist\n`);
    if (unknown.length > 0) return 6;
    if (!flags.has('-a') && !flags.has('--append'))
      for (const { name } of io.machine.groups())
        change(io, name, (members) => members.filter((each) => each !== user));
    for (const group of groups) join(io, user, group);
    return 0;
  },
  gpasswd: (args, io) => {
    const { values, rest } = parseArgs(args, { valued: '-a -d --add --delete' });
    const [group = ''] = rest;
    const added = values.get('-a') ?? values.get('--add');
    const user = added ?? values.get('-d') ?? values.get('--delete') ?? '';
    if (!knows(io, group)) {
      io.err(`gpasswd: group '${group}' does not exist in /etc/group\n`);
      return 3;
    }
    if (io.session.uid !== 0) {
      io.err('gpasswd: Permission denied.\n');
      return 1;
    }
    if (added !== undefined) {
      io.out(`Adding user ${user} to group ${group}\n`);
      join(io, user, group);
      return 0;
    }
    io.out(`Removing user ${user} from group ${group}\n`);
    const members = io.machine.groups().find(({ name }) => name === group)?.members ?? [];
    if (!members.includes(user)) {
      io.err(`gpasswd: user '${user}' is not a member of '${group}'\n`);
      return 3;
    }
    change(io, group, (now) => now.filter((each) => each !== user));
    return 0;
  },
};
