import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { mirrorPlan, notDone, RealLab } from './real-lab.ts';

let bed: Bed;
let source: Source;

beforeAll(async () => {
  bed = await openBed();
  source = await bed.source();
});

afterAll(async () => {
  await bed?.stop();
});

describe.each(['v2', 'v3'] as const)(
  'the image mirror chapter of line %s on a real server',
  (line) => {
    let host: Host;
    let lab: RealLab;

    beforeAll(async () => {
      host = await bed.host({ name: `mirror-${line}` });
      lab = await RealLab.make(mirrorPlan(host, source, line));
    });

    afterAll(async () => {
      await lab?.remove();
      await host?.stop();
    });

    test('an unknown host key stops everything until its fingerprint is trusted', async () => {
      const before = await lab.run('check');
      expect(before.code).toBe(2);
      expect(before.stdout).toContain(host.hostKeyFingerprint);
      const wrong = await lab.run('trust', '--host', 'mirror', '--fingerprint', 'SHA256:wrong');
      expect(wrong.code).toBe(2);
      const right = await lab.run(
        'trust',
        '--host',
        'mirror',
        '--fingerprint',
        host.hostKeyFingerprint,
      );
      expect(right.stderr).toContain(host.hostKeyFingerprint);
      expect(right.code).toBe(0);
    });

    test('check says what is to do, and changes nothing', async () => {
      const states = await lab.states();
      expect(states['mirror.reachable']).toBe('done');
      expect(states['mirror.sudo']).toBe('done');
      expect(states['mirror.disk']).toBe('done');
      expect(states['mirror.packages']).toBe('todo');
      const { code } = await host.root('dpkg-query -W simplestreams');
      expect(code).not.toBe(0);
    });

    test('apply refuses another preview than the one that was expected', async () => {
      const refused = await lab.run('apply', '--expect', '0'.repeat(64));
      expect(refused.code).toBe(2);
      const silent = await lab.run('apply');
      expect(silent.code).toBe(2);
    });

    test('apply with the digest of plan brings every step to done', async () => {
      const planned = await lab.run('plan', '--json');
      expect(planned.code).toBe(1);
      const { digest } = JSON.parse(planned.stdout) as { digest: string };
      const applied = await lab.run('apply', '--expect', digest);
      expect({ code: applied.code, stderr: applied.code === 0 ? '' : applied.stderr }).toEqual({
        code: 0,
        stderr: '',
      });
    });

    test('a second check is all done, and a second apply does nothing', async () => {
      expect(notDone(await lab.states())).toEqual({});
      const again = await lab.run('apply', '--yes', '--json');
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).not.toHaveProperty('run');
    });

    test('a lost file is noticed as drift, and mended without fetching the others again', async () => {
      const { directory } = mirrorPlan(host, source, line).mirror!;
      const found = await host.root(`find ${directory} -name '*initrd*' -type f | head -n 1`);
      const victim = found.stdout.trim();
      await host.root(`rm ${victim}`);
      expect((await lab.states())['mirror.images']).toBe('drifted');
      source.clearRequests();
      const mended = await lab.run('apply', '--yes');
      expect(mended.code).toBe(0);
      const fetched = source.requests.filter(({ path }) => !path.includes('/streams/'));
      expect(fetched.map(({ path }) => path.split('/').at(-1))).toEqual([victim.split('/').at(-1)]);
    });

    test('a file with the right size and another content is found by its hash', async () => {
      const { directory } = mirrorPlan(host, source, line).mirror!;
      const found = await host.root(`find ${directory} -name '*kernel*' -type f | head -n 1`);
      const victim = found.stdout.trim();
      await host.root(`printf X | dd of=${victim} bs=1 seek=100 conv=notrunc`);
      const states = await lab.states();
      expect(states['mirror.images']).toBe('done');
      expect(states['mirror.files']).toBe('drifted');
      const mended = await lab.run('apply', '--yes');
      expect(mended.code).toBe(0);
    });

    test('undo removes what the runs made and nothing else', async () => {
      const { stdout } = await lab.run('journal', '--json', '--limit', '400');
      const { rows } = JSON.parse(stdout) as { rows: { entry: { kind: string; run?: string } }[] };
      const runs = rows
        .filter(({ entry }) => entry.kind === 'run-started')
        .map(({ entry }) => entry.run);
      await host.root('echo mine > /var/www/html/mine.html');
      const undone = await lab.run('undo', '--run', runs.at(-1) ?? '', '--yes');
      expect({ code: undone.code, stderr: undone.code === 0 ? '' : undone.stderr }).toEqual({
        code: 0,
        stderr: '',
      });
      const { directory } = mirrorPlan(host, source, line).mirror!;
      expect((await host.root(`[ -e ${directory} ]`)).code).not.toBe(0);
      expect((await host.root('systemctl is-enabled labwright-mirror.timer')).code).not.toBe(0);
      expect((await host.root('cat /var/www/html/mine.html')).stdout).toBe('mine\n');
      expect((await host.root('command -v sstream-mirror')).code).not.toBe(0);
    });
  },
);
