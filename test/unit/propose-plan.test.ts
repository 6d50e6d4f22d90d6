import { afterEach, expect, test } from 'vitest';
import { existingMirrors } from '../../src/main/app/existing-mirror.ts';
import { proposePlan } from '../../src/main/app/propose-plan.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../../src/main/practice/practice-source.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

let host: PracticeHost;
afterEach(() => host?.close());

async function proposed(prepare: string) {
  host = await startPracticeHost({
    hostname: 'old-mirror',
    password: 'let me in',
    source: makePracticeSource({ line: 'v2' }),
  });
  await host.run(prepare);
  const { address, port, user, hostKeyFingerprint: fingerprint } = host;
  const { text, values, unreached } = await proposePlan({
    hosts: [{ name: 'old', address, port, user, auth: 'password' }],
    accept: [{ address, fingerprint }],
    vault: new MemoryVault([['old-password', 'let me in']]),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
  });
  expect(unreached).toEqual([]);
  const why = Object.fromEntries(values.map((each) => [each.path, each.why.key]));
  const evidence = Object.fromEntries(values.map((each) => [each.path, each.evidence]));
  return { plan: readPlan(text).plan, why, evidence };
}

test('a mirror that exists is proposed as it is: its releases, kernels and versions', async () => {
  const there = '/var/www/html/mirror/images/ephemeral-v2/releases';
  const { plan, why, evidence } = await proposed(`mkdir -p ${there}/streams/v1
echo '{}' >${there}/streams/v1/index.sjson
mkdir -p ${there}/trusty/amd64/20160120/generic ${there}/trusty/amd64/20160114/generic
mkdir -p ${there}/precise/amd64/20160120/hwe-t ${there}/.data/x/20160120`);
  expect(plan?.mirror).toMatchObject({
    line: 'v2',
    directory: there,
    filters: { arch: '=amd64', subarch: '~^(generic|hwe-t)$', release: '~^(precise|trusty)$' },
    max: 2,
  });
  expect(why).toMatchObject({
    'hosts.old.user': 'propose.user',
    'mirror.directory': 'propose.directory',
    'mirror.filters': 'propose.filters',
    'mirror.max': 'propose.max',
    'mirror.source': 'propose.source',
  });
  expect(evidence['mirror.filters']).toContain('precise/amd64/20160120');
});

test('where nothing is mirrored yet the usual choice is proposed, and said to be that', async () => {
  const { plan, why, evidence } = await proposed('true');
  expect(plan?.mirror).toMatchObject({ line: 'v3', filters: { arch: '=amd64' }, max: 1 });
  expect(why['mirror.filters']).toBe('propose.filters-default');
  expect(evidence['mirror.filters']).toBe('');
});

test('boot loaders and folders of others are not taken for images', async () => {
  const { mirrors } = await existingMirrors.parse({
    exitCode: 0,
    text: `mirror /var/www/html/maas/images/ephemeral-v3/stable
./jammy/amd64/20260801
./jammy/amd64/20260801/ga-22.04
./jammy/arm64/20260801.1
./bootloaders/uefi/amd64/20260715.0
mirror /var/www/html/other/20160120
./a/b/2016
`,
  });
  expect(mirrors).toEqual([
    {
      directory: '/var/www/html/maas/images/ephemeral-v3/stable',
      line: 'v3',
      filters: { arch: '~^(amd64|arm64)$', release: '=jammy' },
      max: 1,
    },
    { directory: '/var/www/html/other/20160120', line: 'v3', filters: undefined, max: 1 },
  ]);
});
