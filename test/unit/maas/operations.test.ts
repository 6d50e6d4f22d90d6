import { afterEach, describe, expect, test } from 'vitest';
import { secondsOf } from '../../../src/main/drivers/maas/api-2/script-shape.ts';
import { rootOf, rootsOf } from '../../../src/main/drivers/maas/maas-server.ts';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import { withoutSecrets } from '../../../src/main/drivers/maas/power-form.ts';
import { isBefore } from '../../../src/main/drivers/maas/version.ts';
import type { Maas } from '../../../src/main/engine/maas.ts';
import { errorOf, MaasStub, refuse, SteppedClock, type StubHandler } from '../support/maas-stub.ts';
import { recording } from './recordings.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scene(
  handler: StubHandler,
  version = '3.3.11',
): Promise<{ maas: Maas; stub: MaasStub; clock: SteppedClock }> {
  const stub = await MaasStub.start((request, response) =>
    request.path === 'api/2.0/version/'
      ? { version, subversion: '', capabilities: [] }
      : handler(request, response),
  );
  closers.push(() => stub.stop());
  const clock = new SteppedClock();
  const key = async () => 'Consumer1:Token1:Secret1';
  const maas = await openMaas({ name: 'lab-maas', address: stub.address }, key, { clock });
  closers.push(() => maas.close());
  return { maas, stub, clock };
}

const recorded = (name: string) => recording(name).response.body_json as Record<string, unknown>;
const json = (body: unknown) => JSON.stringify(body);
const AS_JSON = { 'Content-Type': 'application/json; charset=utf-8' };

describe('images', () => {
  const selection = {
    os: 'ubuntu',
    release: 'jammy',
    arches: ['amd64'],
    subarches: ['*'],
    labels: ['*'],
  };
  const early = json(recorded('061-boot-source-selection-too-early'));

  test('of the first source ever are selected once an import made MAAS read its index', async () => {
    let importedAt = Number.POSITIVE_INFINITY;
    let now = () => 0;
    const { maas, stub, clock } = await scene(({ op }, response) => {
      if (op === 'import') {
        importedAt = now();
        return 'Import of boot resources started';
      }
      return now() - importedAt < 7000
        ? refuse(response, 400, early, AS_JSON)
        : recorded('066-boot-source-selection');
    });
    now = clock.now;
    const stored = await maas.images.selectPatiently(1, selection);
    expect(stored).toMatchObject({ id: 1, release: 'jammy' });
    const imports = stub.calls.filter((call) => call.endsWith('?import'));
    expect(imports).toHaveLength(1);
    expect(clock.sleeps).toEqual([3000, 3000, 3000]);
  });

  test('that the source does not have are given up on after some minutes, with the reason', async () => {
    const { maas, clock } = await scene(({ op }, response) =>
      op === 'import' ? 'started' : refuse(response, 400, early, AS_JSON),
    );
    const error = await errorOf(maas.images.selectPatiently(1, selection));
    expect(error.code).toBe('maas-selection-not-offered');
    expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(300_000);
  });

  test('are being imported right after the import was started, though MAAS says no for a second', async () => {
    const { maas, stub, clock } = await scene(({ op }) => (op === 'import' ? 'started' : false));
    expect(await maas.images.importing()).toBe(false);
    await maas.images.startImport();
    expect(await maas.images.importing()).toBe(true);
    await clock.sleep(3000);
    expect(await maas.images.importing()).toBe(false);
    expect(stub.calls.filter((call) => call.endsWith('is_importing'))).toHaveLength(2);
  });

  test('are looked at one by one where MAAS cannot be asked (2.0)', async () => {
    const set = (complete: boolean, version: string) => ({
      version,
      size: 1000,
      complete,
      progress: 40,
      files: {},
    });
    const answers: Record<string, unknown> = {
      'api/2.0/boot-resources/': [
        { id: 1, type: 'Synced', name: 'ubuntu/xenial', architecture: 'amd64/generic' },
        { id: 2, type: 'Uploaded', name: 'custom', architecture: 'amd64/generic' },
        { id: 3, type: 'Synced', name: 'ubuntu/trusty', architecture: 'amd64/generic' },
      ],
      'api/2.0/boot-resources/1/': {
        id: 1,
        type: 'Synced',
        name: 'a',
        sets: { a: set(true, 'a') },
      },
      'api/2.0/boot-resources/3/': {
        id: 3,
        type: 'Synced',
        name: 'b',
        sets: { '20160101': set(true, '20160101'), '20160202': set(false, '20160202') },
      },
    };
    const { maas } = await scene(
      ({ path, op }, response) =>
        op === undefined
          ? answers[path]
          : refuse(response, 400, `Unrecognised signature: method=GET op=${op}`),
      '2.0.0',
    );
    expect(await maas.images.importing()).toBe(true);
    expect(await maas.images.one(3)).toMatchObject({
      version: '20160202',
      complete: false,
      usable: true,
      sizeBytes: 1000,
      receivedBytes: 400,
    });
  });

  test('on a rack are not called in step where MAAS always says so (since 3.5)', async () => {
    const { maas } = await scene(() => recorded('075-rack-list-boot-images'), '3.5.1');
    expect((await maas.images.onRack('abc')).synced).toBeUndefined();
  });
});

describe('deleting a machine', () => {
  const MACS = ['52:54:00:00:00:01'];
  const deleting = (machine: Record<string, unknown>) =>
    scene(({ method }, response) => (method === 'DELETE' ? refuse(response, 204, '') : machine));

  test('that has none of our MAC addresses is refused, and nothing is sent', async () => {
    const { maas, stub } = await deleting(recorded('163-machine-ready'));
    const error = await errorOf(maas.machines.remove('qfh83e', { macs: ['52:54:00:00:00:99'] }));
    expect([error.code, error.params.machine]).toEqual(['maas-not-ours', 'node1']);
    expect(stub.calls).toEqual(['GET api/2.0/machines/qfh83e/']);
  });

  test('that is deployed is refused unless that was meant, since MAAS asks nothing', async () => {
    const { maas, stub } = await deleting(recorded('178-machine-deployed'));
    const error = await errorOf(maas.machines.remove('qfh83e', { macs: MACS }));
    expect([error.code, error.params.state]).toEqual(['maas-machine-in-use', 'deployed']);
    expect(stub.calls.filter((call) => call.startsWith('DELETE'))).toEqual([]);
    await maas.machines.remove('qfh83e', { macs: MACS, evenInUse: true });
    expect(stub.calls.filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
  });

  test('that is ready and ours is done; its second MAC address is as good as its first', async () => {
    const { maas, stub } = await deleting(recorded('163-machine-ready'));
    await maas.machines.remove('qfh83e', { macs: ['52:54:00:00:00:02'.toUpperCase()] });
    expect(stub.calls.at(-1)).toBe('DELETE api/2.0/machines/qfh83e/');
  });

  test('that is gone already is no error', async () => {
    const { maas } = await scene((_request, response) =>
      refuse(response, 404, 'No Machine matches the given query.'),
    );
    await maas.machines.remove('qfh83e', { macs: MACS });
  });
});

test('a machine whose interfaces have no network cannot be deployed, and is told why', async () => {
  const { maas } = await scene((_request, response) =>
    refuse(response, 400, json({ network: ['Node must be configured to use a network'] }), AS_JSON),
  );
  const error = await errorOf(maas.lifecycle.deploy({ id: 'abc', hostname: 'n1' }));
  expect(error.code).toBe('maas-no-network-link');
});

test('an object whose text has other bytes than letters is found by its path', async () => {
  const { maas, stub } = await scene(() => ({ added: 0, removed: 1 }));
  await maas.machines.tag('a/b c', { remove: ['x', 'y'] });
  expect(stub.calls).toEqual(['POST api/2.0/tags/a%2Fb%20c/?update_nodes']);
  expect(stub.requests.at(-1)?.form.getAll('remove')).toEqual(['x', 'y']);
});

test('no machine has results of what it has not run', async () => {
  const { maas } = await scene((_request, response) =>
    refuse(response, 404, 'No ScriptSet matches the given query.'),
  );
  expect(await maas.scripts.current('abc', 'testing')).toBeUndefined();
});

test('what a version does not have is known without asking', async () => {
  const { maas } = await scene(() => null, '2.3.5');
  expect(maas.about.features).not.toContain('pools');
  expect(maas.about.features).toContain('events');
  const { maas: newer } = await scene(() => null, '4.0.0');
  expect(newer.about.features).toContain('pools');
});

test('secret power parameters end in the client, also one in an address', () => {
  const stored = withoutSecrets({
    power_address: 'esx://root:secret@192.0.2.7/?no_verify=1',
    power_id: 'vm1',
    power_pass: 'secret',
    power_token: '',
    k_g: 'secret',
    key: 'secret',
    power_token_secret: 'secret',
    os_password: 'secret',
  });
  expect(stored).toEqual({
    parameters: { power_address: 'esx://root@192.0.2.7/?no_verify=1', power_id: 'vm1' },
    withheld: ['power_pass', 'k_g', 'key', 'power_token_secret', 'os_password'],
  });
});

test.each([
  [
    '10.0.0.2',
    ['http://10.0.0.2:5240/MAAS/', 'https://10.0.0.2:5443/MAAS/', 'http://10.0.0.2/MAAS/'],
  ],
  ['maas.lab:8080', ['http://maas.lab:8080/MAAS/']],
  ['http://maas.lab/MAAS', ['http://maas.lab/MAAS/', 'http://maas.lab:5240/MAAS/']],
  ['http://maas.lab:80/MAAS', ['http://maas.lab/MAAS/']],
  ['http://maas.lab:5240/MAAS/api/2.0/', ['http://maas.lab:5240/MAAS/']],
  ['http://maas.lab:5240/MAAS/r/machines?x=1#y', ['http://maas.lab:5240/MAAS/']],
  ['https://maas.lab', ['https://maas.lab/MAAS/']],
  ['https://maas.lab/behind/a/proxy', ['https://maas.lab/behind/a/proxy/']],
  [
    'fd00::2',
    ['http://[fd00::2]:5240/MAAS/', 'https://[fd00::2]:5443/MAAS/', 'http://[fd00::2]/MAAS/'],
  ],
  ['[fd00::2]:5240', ['http://[fd00::2]:5240/MAAS/']],
  ['http://user:secret@maas.lab:5240/', ['http://maas.lab:5240/MAAS/']],
  ['ftp://maas.lab/', []],
  ['', []],
  ['two words', []],
])('the API of %j is looked for at %j', (address, roots) => {
  expect(rootsOf(address).map(({ url }) => url.href)).toEqual(roots);
});

test('an address gives what is connected to', () => {
  expect(rootOf('https://[fd00::2]/')).toMatchObject({ host: 'fd00::2', port: 443, tls: true });
});

test('an address that is none is said to be none', async () => {
  const server = { name: 'lab-maas', address: 'two words' };
  expect((await errorOf(openMaas(server, async () => ''))).code).toBe('maas-address-unfit');
});

test.each([
  ['3.4.9', true],
  ['3.5.0', false],
  ['2.9.2', true],
  ['4.0.0~beta1', false],
  ['unknown', false],
])('%s is before 3.5: %s', (version, before) => {
  expect(isBefore(version, [3, 5])).toBe(before);
});

test.each([
  ['0:01:30', 90],
  ['1 day, 0:00:30', 86_430],
  ['2 days, 1:00:00', 176_400],
  ['0:00:00.250000', 0],
  ['', 0],
])('a duration of %j is %i seconds', (duration, seconds) => {
  expect(secondsOf(duration)).toBe(seconds);
});
