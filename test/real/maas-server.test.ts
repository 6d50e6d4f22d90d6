import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptAction } from '../../src/contract/action.ts';
import { maasConfig } from '../../src/main/engine/probes/maas-server.ts';
import { aptCandidates, dpkg } from '../../src/main/engine/probes/packages.ts';
import { postgres } from '../../src/main/engine/probes/postgres.ts';
import { database } from '../../src/main/guide/maas-database.ts';
import { maasServer } from '../../src/main/guide/maas-server.ts';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { MaasFacts, NOTHING, maasPlan as snapPlan } from '../unit/support/maas-facts.ts';
import { maasPlan } from './maas-plan.ts';
import { notDone, RealLab } from './real-lab.ts';

let bed: Bed;

beforeAll(async () => {
  bed = await openBed();
});

afterAll(async () => {
  await bed?.stop();
});

/** Looks like nothing else on the machine. */
const PASSWORD = `pass-${Math.random().toString(36).slice(2)} "x' $y`;

const SOURCES = '/etc/apt/sources.list.d/maas.list';

async function filesWith(folder: string, needle: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(needle)) found.push(path);
  }
  return found;
}

/** On the host: everything that is written, but where MAAS itself keeps its users. */
async function hostHas(host: Host, needle: string): Promise<string> {
  const folders = '/var/log /var/lib/labwright /var/tmp /tmp /run /root /home /etc /usr/local';
  const { stdout } = await host.root(
    `cat >/srv/needle
grep -rlF -f /srv/needle ${folders} 2>/dev/null
journalctl --no-pager 2>/dev/null | grep -F -f /srv/needle
rm /srv/needle`,
    { stdin: `${needle}\n` },
  );
  return stdout.trim();
}

/** Samples the argument lists of the host's processes as long as something runs. */
async function argumentsDuring<T>(host: Host, needle: string, work: Promise<T>) {
  let seen = false;
  let over = false;
  const sampling = (async () => {
    while (!over) {
      const { stdout } = await host.root("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '");
      seen ||= stdout.includes(needle);
    }
  })();
  const result = await work.finally(() => {
    over = true;
  });
  await sampling;
  return { result, seen };
}

describe.each(['1.7', '3.x'] as const)('MAAS line %s from packages', (line) => {
  const old = line === '1.7';
  let host: Host;
  let lab: RealLab;
  /** The chapter's steps that this plan has; behind the double there is no API for the later chapters. */
  const chapter = async () => {
    const ids = new Set(maasServer.steps.map(({ id }) => id));
    return Object.keys(await lab.states()).flatMap((id) => (ids.has(id) ? ['--step', id] : []));
  };
  const secret = () => ['--secret', `maas-admin-password=@${join(lab.directory, 'password')}`];

  beforeAll(async () => {
    host = await bed.host({ name: old ? 'maas17' : 'maas3' });
    lab = await RealLab.make(maasPlan(host, line));
    await writeFile(join(lab.directory, 'password'), PASSWORD, { mode: 0o600 });
    await lab.trust(host, 'maas');
    await host.root(`cat > ${SOURCES}`, {
      stdin: bed.repository.maasLine(old ? 'maas17' : 'maas3'),
    });
  }, 120_000);

  afterAll(async () => {
    await lab?.remove();
    await host?.stop();
  });

  test('looking changes nothing; without its lists apt cannot tell where MAAS would come from', async () => {
    const states = await lab.states();
    expect(states).toMatchObject({
      'maas.reachable': 'done',
      'maas.sudo': 'done',
      'maas.source': 'todo',
      'maas.install': 'blocked',
    });
    expect((await host.root('ls /var/lib/apt/lists/*_Packages')).code).not.toBe(0);
  });

  test('lists and updates come first, and then it is seen what would be installed, and from where', async () => {
    const first = await lab.run(
      'apply',
      '--yes',
      '--step',
      'maas.source',
      '--step',
      'maas.up-to-date',
    );
    expect({ code: first.code, said: first.code === 0 ? '' : first.stderr }).toEqual({
      code: 0,
      said: '',
    });
    const { findings } = await lab.check('--step', 'maas.source');
    const version = old ? '1.7.6+bzr3376-0ubuntu2~14.04.1+bed1' : '3.4.2-14353-g.5a5221d57';
    expect(findings['maas.source']).toMatchObject({
      state: 'done',
      reason: {
        key: 'maas.source.candidate',
        params: {
          version: expect.stringContaining(version),
          origin: expect.stringContaining(bed.repository.url),
        },
      },
      notes: [{ key: 'maas.source.other-ubuntu' }],
    });
  }, 240_000);

  // The same script on either line.
  if (old)
    test('a restart that the system wants is one run, which waits for the host', async () => {
      await host.root('echo linux-image >/run/reboot-required.pkgs; touch /run/reboot-required');
      const started = "cut -d' ' -f22 /proc/1/stat";
      const before = (await host.root(started)).stdout;
      expect((await lab.states())['maas.restart']).toBe('drifted');
      const restarted = await lab.run('apply', '--yes', '--step', 'maas.restart');
      expect({ code: restarted.code, said: restarted.code === 0 ? '' : restarted.stderr }).toEqual({
        code: 0,
        said: '',
      });
      await host.ready();
      expect((await host.root(started)).stdout).not.toBe(before);
      expect((await lab.states())['maas.restart']).toBe('done');
    }, 240_000);

  test('without a password in the vault the administrator is asked for, and the rest is planned', async () => {
    const { stdout } = await lab.run('plan', '--json');
    const { steps, left } = JSON.parse(stdout) as {
      steps: { id: string }[];
      left: { id: string }[];
    };
    expect(steps.map(({ id }) => id)).toEqual(['maas.install@maas']);
    expect(left.map(({ id }) => id)).toContain('maas.admin@maas');
  });

  let key = '';

  test('one run installs MAAS, makes the administrator and takes the API key; no secret is seen', async () => {
    const apply = lab.run('apply', '--yes', '--json', ...(await chapter()), ...secret());
    const { result, seen } = await argumentsDuring(host, PASSWORD, apply);
    const { code, stdout, stderr } = result;
    expect({ code, said: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, said: '' });
    expect(seen).toBe(false);
    const kept = await host.root('cat /var/lib/maas/labwright-bed-users.json');
    const users = JSON.parse(kept.stdout) as Record<string, { keys: string[]; password: string }>;
    expect(users.admin?.password).toBe(PASSWORD);
    key = users.admin?.keys[0] ?? '';
    expect(key).toMatch(/^\w{18}:\w{18}:\w{32}$/);
    for (const value of [key, PASSWORD]) {
      expect(stdout + stderr).not.toContain(value);
      expect(await hostHas(host, value)).toBe('');
      const files = value === PASSWORD ? [join(lab.directory, 'password')] : [];
      expect(await filesWith(lab.directory, value)).toEqual(files);
    }
  }, 300_000);

  test('a second check is all done with that key, and a second apply does nothing', async () => {
    await writeFile(join(lab.directory, 'key'), key, { mode: 0o600 });
    const held = [
      ...(await chapter()),
      ...secret(),
      '--secret',
      `maas-api-key=@${join(lab.directory, 'key')}`,
    ];
    const { findings } = await lab.check(...held);
    const states = Object.fromEntries(
      Object.entries(findings).map(([step, { state }]) => [step, state]),
    );
    expect(notDone(states)).toEqual({});
    expect(findings['maas.answers']?.reason.params).toMatchObject({
      version: old ? '1.7.6' : '3.4.2',
    });
    const again = await lab.run('apply', '--yes', '--json', ...held);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).not.toHaveProperty('run');
  });

  test('a vault without the key, or with one that MAAS has forgotten, is told apart and mended', async () => {
    expect((await lab.check('--step', 'maas.api-key')).findings['maas.api-key']).toMatchObject({
      state: 'drifted',
      reason: { key: 'maas.api-key.absent' },
    });
    const tool = old ? 'maas-region-admin' : 'maas';
    await host.root(`${tool} apikey --username admin --delete ${key}`);
    const held = ['--secret', `maas-api-key=@${join(lab.directory, 'key')}`];
    const { findings } = await lab.check('--step', 'maas.api-key', ...held);
    expect(findings['maas.api-key']?.reason.key).toBe('maas.api-key.other');
    const taken = await lab.run('apply', '--yes', '--step', 'maas.api-key', ...held);
    expect({ code: taken.code, said: taken.code === 0 ? '' : taken.stderr }).toEqual({
      code: 0,
      said: '',
    });
  });

  test('a service that has died is named and started; what the database is unfit for is told', async () => {
    const service = old ? 'apache2' : 'maas-rackd';
    await host.root(`systemctl stop ${service}`);
    const { findings } = await lab.check('--step', 'maas.services');
    expect(findings['maas.services']).toMatchObject({
      state: 'drifted',
      reason: { key: 'maas.services.dead', params: { names: service } },
    });
    // The bed's PostgreSQL is Debian's 15.
    expect(findings['maas.services']?.notes.map(({ key: note }) => note)).toContain(
      'maas.database.unfit',
    );
    const mended = await lab.run('apply', '--yes', '--step', 'maas.services');
    expect(mended.code).toBe(0);
    expect((await host.root(`systemctl is-active ${service}`)).stdout.trim()).toBe('active');
  });

  if (old)
    test('a stranger on a port of MAAS is named', async () => {
      const program =
        'import socket,signal\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(("0.0.0.0",69))\nsignal.pause()';
      await host.root('cp /usr/bin/python3 /usr/local/bin/in.tftpd; cat >/root/port.py', {
        stdin: program,
      });
      await host.root('systemd-run -q --unit=stranger /usr/local/bin/in.tftpd /root/port.py');
      await until('the port is taken', 10_000, async () =>
        (await host.root("ss -lun 'sport = :69' | grep -q :69")).code === 0 ? true : undefined,
      );
      const { findings } = await lab.check('--step', 'maas.ports');
      expect(findings['maas.ports']).toMatchObject({
        state: 'manual',
        reason: { key: 'maas.ports.taken', params: { list: 'in.tftpd (0.0.0.0:69/udp)' } },
      });
      await host.root('systemctl stop stranger');
    });

  // A snap cannot be had here; the database that one would be given can.
  if (!old)
    test('the role and the database for a snap are made with a password that PostgreSQL never sees', async () => {
      const config = "ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf()";
      await host.root('cd / && sudo -u postgres psql -XqtA', {
        stdin: config.replace('; ', ';\n'),
      });
      const answer = await postgres.parse({
        text: (await host.root(postgres.script)).stdout,
        exitCode: 0,
      });
      expect(answer).toMatchObject({ version: expect.stringMatching(/^15/), role: undefined });
      const facts = new MaasFacts(snapPlan('  line: "3.x"\n  channel: "9.9"\n'), {
        ...NOTHING,
        snap: { version: '9.9', channel: '9.9/stable' },
      })
        .vault({ 'maas-database-password': undefined })
        .put(maasConfig, { mode: 'none', url: undefined, addresses: [] })
        .put(postgres, answer)
        .put(dpkg('postgresql'), { postgresql: { installed: true, status: 'ii', version: '15' } })
        .put(aptCandidates('postgresql'), {
          versions: {},
          origins: {},
          listsCurrent: true,
          apt: true,
        });
      const [make] = facts.actions(database) as ScriptAction[];
      await host.root('cat >/srv/make.sh', {
        stdin: `PW='${PASSWORD.replaceAll("'", "'\\''")}'\n${make?.script}`,
      });
      // Without a terminal, as a job has none.
      const made = await host.root('setsid -w sh /srv/make.sh');
      expect({ code: made.code, said: made.code === 0 ? '' : made.stderr }).toEqual({
        code: 0,
        said: '',
      });
      const after = await postgres.parse({
        text: (await host.root(postgres.script)).stdout,
        exitCode: 0,
      });
      expect(after).toMatchObject({ role: 'labwright maas-1', database: true });
      await host.root('cat >/srv/in.sh', {
        stdin: `export PGPASSWORD='${PASSWORD.replaceAll("'", "'\\''")}'\npsql -h localhost -U maas -XtAc 'SELECT current_user' maas\n`,
      });
      expect((await host.root('sh /srv/in.sh')).stdout).toBe('maas\n');
      const log = (await host.root('cat /var/log/postgresql/*')).stdout;
      expect(log).toContain('COMMENT ON ROLE maas');
      expect(log).toContain('SCRAM-SHA-256');
      expect(log).not.toContain(PASSWORD.slice(0, 12));
      // Doing it again changes nothing, not even the password.
      expect((await host.root('setsid -w sh /srv/make.sh')).code).toBe(0);
    }, 120_000);

  test('a plan for the other line changes nothing, and says why', async () => {
    const other = old ? '3.x' : '1.7';
    await lab.change((text) => text.replace(/line: .*/, `line: "${other}"`));
    const { findings } = await lab.check();
    expect(findings['maas.source']).toMatchObject({
      state: 'manual',
      reason: { key: 'maas.source.other-line', params: { line: other } },
    });
    expect(findings['maas.install']?.state).toBe('blocked');
    const { stdout } = await lab.run('plan', '--json', ...secret());
    expect(JSON.parse(stdout).steps).toEqual([]);
  });
});
