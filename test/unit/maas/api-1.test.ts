import { afterEach, describe, expect, test } from 'vitest';
import { cidrOf } from '../../../src/main/drivers/maas/api-1/shapes.ts';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import type { Maas } from '../../../src/main/engine/maas.ts';
import { errorOf, MaasStub, refuse, SteppedClock, type StubHandler } from '../support/maas-stub.ts';

/*
 * MAAS 1.7 cannot be recorded: it needs Python 2 and Ubuntu 14.04. Every answer here is made by hand,
 * after the source of its branch.
 */

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What 1.7.6 says of itself; 1.7.0 to 1.7.2 leave the version out. */
const VERSION = {
  version: '1.7.6+bzr3376-0ubuntu3',
  subversion: '',
  capabilities: ['networks-management'],
};

async function scene(
  handler: StubHandler,
  version: Record<string, unknown> = VERSION,
): Promise<{ maas: Maas; stub: MaasStub; clock: SteppedClock }> {
  const stub = await MaasStub.start((request, response) => {
    if (request.path === 'api/1.0/version/') return version;
    if (request.path.startsWith('api/2.0/'))
      return refuse(response, 404, '<h1>Not Found</h1>', { 'Content-Type': 'text/html' });
    return handler(request, response);
  });
  closers.push(() => stub.stop());
  const clock = new SteppedClock();
  const key = async () => 'Consumer1:Token1:Secret1';
  const maas = await openMaas({ name: 'old-maas', address: stub.address }, key, { clock });
  closers.push(() => maas.close());
  return { maas, stub, clock };
}

const AS_JSON = { 'Content-Type': 'application/json; charset=utf-8' };
const UUID = '5977f6ab-9160-4352-b4db-d71a99066c4f';
const ID = 'node-9c3f0c7e-53a1-11e4-8a41-5254006b2f11';
const node = (more: Record<string, unknown> = {}) => ({
  system_id: ID,
  hostname: 'n1.maas.local',
  owner: null,
  macaddress_set: [{ mac_address: '00:50:56:01:02:03', resource_uri: '/MAAS/api/1.0/x/' }],
  architecture: 'amd64/generic',
  cpu_count: 2,
  memory: 4096,
  storage: 40_000,
  status: 4,
  substatus: 4,
  osystem: '',
  distro_series: '',
  boot_type: 'fastpath',
  netboot: true,
  power_type: 'virsh',
  power_state: 'off',
  tag_names: ['virtual'],
  ip_addresses: ['10.20.30.101'],
  routers: null,
  zone: { name: 'default', description: '', resource_uri: '/MAAS/api/1.0/zones/default/' },
  disable_ipv4: false,
  resource_uri: `/MAAS/api/1.0/nodes/${ID}/`,
  ...more,
});
const form = (stub: MaasStub) => [...(stub.requests.at(-1)?.form ?? [])];

describe('API 1.0', () => {
  test('is found where 2.0 is not, with a version or without', async () => {
    const { maas } = await scene(() => null);
    expect(maas.about).toMatchObject({ api: '1.0', version: VERSION.version });
    const { maas: older } = await scene(() => null, { capabilities: ['networks-management'] });
    expect(older.about.version).toBeUndefined();
    expect(older.about.features.size).toBe(0);
  });

  test.each([
    [4, 4, 'ready'],
    [6, 9, 'deploying'],
    [6, 6, 'deployed'],
    [6, 10, 'allocated'],
    [6, 11, 'failed-deployment'],
    [6, 12, 'releasing'],
    [6, 15, 'failed-disk-erasing'],
    [6, undefined, 'deployed'],
    [1, 1, 'commissioning'],
  ])(
    'says status %s and substatus %s for a machine that is %s',
    async (status, substatus, said) => {
      const { maas } = await scene(() => [node({ status, substatus })]);
      expect((await maas.machines.list()).items[0]?.status).toBe(said);
    },
  );

  test('lists machines by an operation, with whole names and MAC addresses', async () => {
    const { maas, stub } = await scene(() => [node(), node({ system_id: 7 })]);
    const { items, unreadable } = await maas.machines.list({ macs: ['00:50:56:01:02:03'] });
    expect(items).toEqual([
      expect.objectContaining({
        id: ID,
        hostname: 'n1',
        fqdn: 'n1.maas.local',
        power: 'off',
        zone: 'default',
        nics: [{ name: '', mac: '00:50:56:01:02:03', subnets: [] }],
      }),
    ]);
    expect(unreadable).toEqual([
      { what: 'n1.maas.local', expected: expect.stringMatching(/^system_id/) },
    ]);
    expect(stub.calls).toEqual(['GET api/1.0/nodes/?list']);
    expect(stub.requests.at(-1)?.query.get('mac_address')).toBe('00:50:56:01:02:03');
  });

  test('commissions what is added, so a machine that shall wait is refused', async () => {
    const { maas, stub } = await scene(() => node());
    const machine = {
      hostname: 'n1',
      architecture: 'amd64/generic',
      macs: ['00:50:56:01:02:03', '00:50:56:01:02:04'],
      power: {
        type: 'virsh',
        parameters: { power_address: 'qemu+ssh://u@kvm/system', power_id: 'n1' },
        secrets: { power_pass: async () => 'hunter22' },
      },
    };
    const error = await errorOf(maas.machines.create({ ...machine, commission: false }));
    expect([error.code, error.params.what]).toEqual(['maas-not-in-version', 'commission=false']);
    expect(stub.calls).toEqual([]);
    await maas.machines.create({ ...machine, commission: true });
    expect(stub.calls).toEqual(['POST api/1.0/nodes/?new']);
    expect(form(stub)).toEqual([
      ['architecture', 'amd64/generic'],
      ['mac_addresses', '00:50:56:01:02:03'],
      ['mac_addresses', '00:50:56:01:02:04'],
      ['hostname', 'n1'],
      ['autodetect_nodegroup', '1'],
      ['power_type', 'virsh'],
      ['power_parameters_power_address', 'qemu+ssh://u@kvm/system'],
      ['power_parameters_power_id', 'n1'],
      ['power_parameters_power_pass', 'hunter22'],
    ]);
  });

  test('has no word for power by hand, which is no power type at all', async () => {
    const { maas, stub } = await scene(() => node());
    await maas.machines.change(ID, { power: { type: 'manual', parameters: {} } });
    expect([stub.calls.at(-1), form(stub)]).toEqual([
      `PUT api/1.0/nodes/${ID}/`,
      [['power_type', '']],
    ]);
  });

  test('deploys a ready machine by acquiring it by its name and starting it', async () => {
    const { maas, stub } = await scene(() => node());
    await maas.lifecycle.deploy(
      { id: ID, hostname: 'n1' },
      { series: 'trusty', userData: '#cloud-config\n' },
    );
    expect(stub.calls).toEqual([
      `GET api/1.0/nodes/${ID}/`,
      'POST api/1.0/nodes/?acquire',
      `POST api/1.0/nodes/${ID}/?start`,
    ]);
    expect(stub.requests.at(-2)?.form.get('name')).toBe('n1');
    expect(form(stub)).toEqual([
      ['distro_series', 'trusty'],
      ['user_data', 'I2Nsb3VkLWNvbmZpZwo='],
    ]);
  });

  test('deploys one that is allocated without acquiring it again', async () => {
    const { maas, stub } = await scene(() => node({ status: 6, substatus: 10 }));
    await maas.lifecycle.deploy({ id: ID, hostname: 'n1' });
    expect(stub.calls).not.toContain('POST api/1.0/nodes/?acquire');
  });

  test('tells neither events nor pools nor rescue, and says so before anything is sent', async () => {
    const { maas, stub } = await scene(() => null);
    const asked = [
      maas.events.recent(),
      maas.events.follow().next(),
      maas.machines.pools(),
      maas.lifecycle.enterRescue(ID),
      maas.servers.notifications(),
      maas.networks.free({ id: 'x' }),
    ];
    const codes = await Promise.all(asked.map(async (work) => (await errorOf(work)).code));
    expect(new Set(codes)).toEqual(new Set(['maas-not-in-version']));
    expect(stub.calls).toEqual([]);
  });

  test('names no user, but an administrator can read a setting and others cannot', async () => {
    let admin = true;
    const { maas, stub } = await scene((_request, response) =>
      admin
        ? refuse(response, 200, '"maas"', AS_JSON)
        : refuse(response, 403, 'This method is reserved for admin users.'),
    );
    expect(await maas.account.whoAmI()).toEqual({ name: '', admin: true });
    admin = false;
    expect(await maas.account.whoAmI()).toEqual({ name: '', admin: false });
    expect(stub.calls[0]).toBe('GET api/1.0/maas/?get_config');
  });

  test('has settings of its own, and says which it does not have', async () => {
    const { maas } = await scene((_request, response) =>
      refuse(
        response,
        400,
        '{"dnssec_validation": ["dnssec_validation is not a valid config setting (valid settings are: main_archive)."]}',
        AS_JSON,
      ),
    );
    const error = await errorOf(maas.settings.set('dnssec_validation', 'no'));
    expect([error.code, error.params.setting]).toEqual([
      'maas-setting-unknown',
      'dnssec_validation',
    ]);
  });

  test('keeps SSH keys and tags by operations', async () => {
    const { maas, stub } = await scene(({ op }) =>
      op === 'list' ? [{ id: 3, name: 'virtual', key: 'ssh-rsa A u@h' }] : { id: 4, key: 'k' },
    );
    expect((await maas.account.sshKeys()).items).toEqual([{ id: 3, key: 'ssh-rsa A u@h' }]);
    await maas.account.addSshKey('k');
    expect((await maas.machines.tags()).items).toEqual(['virtual']);
    await maas.machines.createTag('virtual', 'made of software');
    await maas.machines.tag('virtual', { add: [ID] });
    expect(stub.calls).toEqual([
      'GET api/1.0/account/prefs/sshkeys/?list',
      'POST api/1.0/account/prefs/sshkeys/?new',
      'GET api/1.0/tags/?list',
      'POST api/1.0/tags/?new',
      'POST api/1.0/tags/virtual/?update_nodes',
    ]);
  });

  test('accepts clusters, which wait for it', async () => {
    const { maas, stub } = await scene(({ op }) =>
      op === 'list'
        ? [{ uuid: UUID, status: 0, name: 'master', cluster_name: 'Cluster master' }]
        : 'Nodegroup(s) accepted.',
    );
    const { items } = await maas.servers.racks();
    expect(items).toMatchObject([{ id: UUID, hostname: 'Cluster master', accepted: false }]);
    await maas.servers.acceptRack(UUID);
    expect([stub.calls.at(-1), form(stub)]).toEqual([
      'POST api/1.0/nodegroups/?accept',
      [['uuid', UUID]],
    ]);
  });
});

describe('networks of API 1.0 are interfaces of clusters', () => {
  const eth0 = {
    name: 'eth0',
    ip: '192.168.10.10',
    management: 2,
    interface: 'eth0',
    subnet_mask: '255.255.255.0',
    broadcast_ip: '192.168.10.255',
    ip_range_low: '192.168.10.100',
    ip_range_high: '192.168.10.199',
    static_ip_range_low: '192.168.10.20',
    static_ip_range_high: '192.168.10.49',
  };
  const bare = {
    name: 'eth1',
    ip: '10.0.0.1',
    management: 0,
    interface: 'eth1.7',
    subnet_mask: null,
  };
  const PATH = `nodegroups/${UUID}/interfaces/eth0/`;

  const networks = () =>
    scene(({ method, path }) => {
      if (method === 'PUT') return eth0;
      return path === 'api/1.0/nodegroups/'
        ? [{ uuid: UUID, status: 1, name: 'master', cluster_name: '' }]
        : [eth0, bare];
    });

  test('with ranges, gateway and DHCP in one', async () => {
    const { maas } = await networks();
    const { items } = await maas.networks.list();
    expect(items).toEqual([
      {
        id: PATH,
        segment: PATH,
        name: 'eth0',
        cidr: '192.168.10.0/24',
        tag: 0,
        fabric: '',
        gateway: undefined,
        nameservers: [],
        ranges: [
          {
            id: 'dynamic',
            kind: 'dynamic',
            start: '192.168.10.100',
            end: '192.168.10.199',
            comment: '',
          },
          {
            id: 'static',
            kind: 'static',
            start: '192.168.10.20',
            end: '192.168.10.49',
            comment: '',
          },
        ],
        dhcp: true,
        servedBy: [UUID],
      },
      expect.objectContaining({
        name: 'eth1',
        cidr: '',
        tag: 7,
        ranges: [],
        dhcp: false,
        servedBy: [],
      }),
    ]);
  });

  test('and are changed by putting the fields that change', async () => {
    const { maas, stub } = await networks();
    const net = { id: PATH, segment: PATH };
    const range = { start: '192.168.10.100', end: '192.168.10.199', comment: '' };
    const sent: unknown[] = [];
    for (const change of [
      () => maas.networks.addRange(net, { ...range, kind: 'dynamic' }),
      () => maas.networks.addRange(net, { ...range, kind: 'static' }),
      () => maas.networks.changeRange(net, 'dynamic', { end: '192.168.10.180' }),
      () => maas.networks.removeRange(net, 'static'),
      () => maas.networks.change(net, { gateway: '192.168.10.254' }),
      () => maas.networks.serve(net, UUID),
      () => maas.networks.stopServing(net),
    ]) {
      await change();
      expect(stub.calls.at(-1)).toBe(`PUT api/1.0/${PATH}`);
      sent.push(Object.fromEntries(form(stub)));
    }
    expect(sent).toEqual([
      { ip_range_low: '192.168.10.100', ip_range_high: '192.168.10.199' },
      { static_ip_range_low: '192.168.10.100', static_ip_range_high: '192.168.10.199' },
      { ip_range_high: '192.168.10.180' },
      { static_ip_range_low: '', static_ip_range_high: '' },
      { router_ip: '192.168.10.254' },
      { management: '2' },
      { management: '0' },
    ]);
    const reserved = maas.networks.addRange(net, { ...range, kind: 'reserved' });
    expect((await errorOf(reserved)).code).toBe('maas-not-in-version');
  });

  test.each([
    ['{"ip_range_low": ["Static and dynamic IP ranges may not overlap."]}', 'maas-range-overlap'],
    ['{"ip_range_high": ["10.9.9.9 not in the 192.168.10.0/24 network"]}', 'maas-range-outside'],
    [
      '{"ip_range_low": ["Lower bound 192.168.10.9 is higher than upper bound 192.168.10.1"]}',
      'maas-range-reversed',
    ],
    [
      '{"ip_range_low": ["That field cannot be empty (unless that interface is \'unmanaged\')"]}',
      'maas-value-refused',
    ],
  ])('which MAAS refuses with %s', async (body, code) => {
    const { maas } = await scene((_request, response) => refuse(response, 400, body, AS_JSON));
    const error = await errorOf(maas.networks.serve({ segment: PATH }, UUID));
    expect([error.code, error.params.field]).toEqual([code, expect.stringMatching(/^ip_range/)]);
  });

  test.each([
    ['10.20.30.2', '255.255.255.0', '10.20.30.0/24'],
    ['10.20.30.200', '255.255.255.128', '10.20.30.128/25'],
    ['10.20.30.2', '255.255.255.255', '10.20.30.2/32'],
    ['10.20.30.2', '0.0.0.0', '0.0.0.0/0'],
    ['10.20.30.2', '255.0.255.0', ''],
    ['10.20.30.2', '', ''],
    ['fd00::1', '64', ''],
  ])('%s with %s is the network %j', (ip, mask, cidr) => {
    expect(cidrOf(ip, mask)).toBe(cidr);
  });
});

describe('images of API 1.0', () => {
  test('are imported by the region and then by the clusters, and watched one by one', async () => {
    const { maas, stub, clock } = await scene(({ path, method }) => {
      if (method === 'POST') return 'Import of boot resources started';
      const image = { id: 1, type: 'Synced', name: 'ubuntu/trusty', architecture: 'amd64/generic' };
      const set = {
        version: '20150101',
        label: 'release',
        size: 1000,
        complete: false,
        progress: 25.0,
        files: {},
      };
      return path.endsWith('/boot-resources/') ? [image] : { ...image, sets: { '20150101': set } };
    });
    await maas.images.startImport();
    expect(await maas.images.importing()).toBe(true);
    expect(stub.calls).toEqual([
      'POST api/1.0/boot-resources/?import',
      'POST api/1.0/nodegroups/?import_boot_images',
    ]);
    await clock.sleep(5000);
    expect(await maas.images.importing()).toBe(true);
    expect(await maas.images.one(1)).toMatchObject({ complete: false, receivedBytes: 250 });
  });

  test('on a cluster are there when it has told the region', async () => {
    const { maas, stub } = await scene(() =>
      ['commissioning', 'install', 'xinstall'].map((purpose, id) => ({
        id,
        osystem: 'ubuntu',
        release: 'trusty',
        architecture: 'amd64',
        subarchitecture: 'generic',
        purpose,
        label: 'release',
      })),
    );
    const found = await maas.images.onRack(UUID);
    expect(found).toEqual({ names: ['ubuntu/trusty'], synced: undefined });
    expect(stub.calls).toEqual([`GET api/1.0/nodegroups/${UUID}/boot-images/`]);
  });
});

describe('power and results of API 1.0', () => {
  test('are asked for by operations on the node', async () => {
    const { maas, stub } = await scene(({ op }) => {
      if (op === 'query_power_state') return { state: 'on' };
      if (op === 'power_parameters') return { power_address: 'x', power_id: 'n1', power_pass: 's' };
      return node();
    });
    expect(await maas.power.query(ID)).toBe('on');
    expect(await maas.power.settings(ID)).toEqual({
      parameters: { power_address: 'x', power_id: 'n1' },
      withheld: ['power_pass'],
    });
    await maas.power.off(ID, 'soft');
    expect([stub.calls.at(-1), form(stub)]).toEqual([
      `POST api/1.0/nodes/${ID}/?stop`,
      [['stop_mode', 'soft']],
    ]);
    await maas.lifecycle.markBroken(ID, 'no BMC');
    expect(form(stub)).toEqual([['error_description', 'no BMC']]);
  });

  test('come when all has run, each with its exit code', async () => {
    const { maas, stub } = await scene(() => [
      { name: '00-maas-01-lshw.out', script_result: 0, result_type: 0, data: 'PGxpc3QvPg==' },
      { name: '99-maas-02.err', script_result: 2, result_type: 0, data: 'Ym9vbQo=' },
    ]);
    const set = await maas.scripts.current(ID, 'commissioning', { output: true });
    expect(set).toMatchObject({
      kind: 'commissioning',
      state: 'failed',
      scripts: [
        { name: '00-maas-01-lshw.out', state: 'passed', exitCode: 0, output: '<list/>' },
        { name: '99-maas-02.err', state: 'failed', exitCode: 2, output: 'boom\n' },
      ],
    });
    expect([...(stub.requests.at(-1)?.query ?? [])]).toEqual([
      ['op', 'list'],
      ['system_id', ID],
      ['result_type', '0'],
    ]);
    expect(await maas.scripts.current(ID, 'testing')).toBeUndefined();
    expect(await maas.scripts.log(ID, 'installation')).toBe('<list/>boom\n');
  });

  test('deleting asks here as well whether the machine is ours', async () => {
    const { maas, stub } = await scene(({ method }, response) =>
      method === 'DELETE' ? refuse(response, 204, '') : node(),
    );
    const other = maas.machines.remove(ID, { macs: ['00:50:56:ff:ff:ff'] });
    expect((await errorOf(other)).code).toBe('maas-not-ours');
    await maas.machines.remove(ID, { macs: ['00:50:56:01:02:03'] });
    expect(stub.calls.at(-1)).toBe(`DELETE api/1.0/nodes/${ID}/`);
  });
});
