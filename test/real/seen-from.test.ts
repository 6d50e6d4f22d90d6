import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { mirrorPlan, notDone, RealLab } from './real-lab.ts';

let bed: Bed;
let source: Source;
let host: Host;
let viewer: Host;
let lab: RealLab;

beforeAll(async () => {
  bed = await openBed();
  source = await bed.source();
  [host, viewer] = await Promise.all([bed.host({ name: 'served' }), bed.host({ name: 'viewer' })]);
  const plan = mirrorPlan(host, source, 'v3');
  const { address, port, user, privateKeyPath } = viewer;
  plan.hosts!.viewer = { role: 'other', address, port, user, auth: { key_file: privateKeyPath } };
  plan.mirror!.seen_from = 'viewer';
  lab = await RealLab.make(plan);
  await lab.run('trust', '--host', 'mirror', '--fingerprint', host.hostKeyFingerprint);
});

afterAll(async () => {
  await lab?.remove();
  await host?.stop();
  await viewer?.stop();
  await bed?.stop();
});

test('without trust in the other host only what it would see is unknown', async () => {
  const applied = await lab.run('apply', '--yes');
  expect(applied.code).toBe(2);
  expect(notDone(await lab.states())).toEqual({ 'mirror.served': 'unknown' });
});

test('seen from the other host, everything is done', async () => {
  await lab.run('trust', '--host', 'viewer', '--fingerprint', viewer.hostKeyFingerprint);
  expect(notDone(await lab.states())).toEqual({});
});

test('a firewall between the two is what the step names', async () => {
  // The mirror still serves itself; only the other host is kept out.
  await host.root(
    `printf '<Directory /var/www/html>\\nRequire local\\n</Directory>\\n' > /etc/apache2/conf-enabled/zz-local.conf && systemctl reload apache2`,
  );
  const states = await lab.states();
  expect(states['mirror.served']).toBe('manual');
  const { stdout } = await lab.run('check', '--step', 'mirror.served', '--json');
  expect(stdout).toContain('mirror.served.status');
  expect(stdout).toContain('403');
});
