import { bareJson, deleted, json, refused, text } from './answer.ts';
import {
  domainJson,
  enlistedJson,
  machineJson,
  poolJson,
  type RegionMachine,
  statusName,
  zoneJson,
} from './machine.ts';
import { subnetJson, vlanJson } from './networks.ts';
import { powerTypes } from './power-types-data.ts';
import { rackJson, rackNics } from './rack.ts';
import type { Region } from './region.ts';
import { scriptDate } from './region-time.ts';
import type { Call, Handler, Route } from './routes.ts';
import { KIND, type Kind, setJson } from './script-sets.ts';
import { commissioningScripts } from './scripts-data.ts';
import { keyJson, newKeyJson } from './ssh-keys.ts';
import { userJson } from './users.ts';

const RESERVED = 'This method is reserved for admin users.';
const NOT_ALLOWED = 'User is not allowed access to this API.';

/** For administrators; others are told so in one of MAAS's three ways. */
const admin =
  (handler: Handler, said = RESERVED): Handler =>
  (call) => {
    if (!call.user.admin) throw refused(403, said);
    return handler(call);
  };

const shown = (region: Region, machine: RegionMachine): object =>
  machineJson(machine, region.events.message(machine.id));

/** Something done to a machine, which is then shown. */
const act =
  (work: (call: Call, machine: RegionMachine) => void): Handler =>
  (call) => {
    const machine = call.region.machines.one(call.params[0] ?? '');
    work(call, machine);
    return json(shown(call.region, machine));
  };

const list = (region: Region, machines: readonly RegionMachine[]) =>
  json(machines.map((machine) => shown(region, machine)));

const param = ({ params }: Call, index = 0): string => params[index] ?? '';

const tagJson = ({ name, comment }: { readonly name: string; readonly comment: string }) => ({
  name,
  definition: '',
  comment,
  kernel_opts: '',
  resource_uri: `/MAAS/api/2.0/tags/${name}/`,
});

const account: readonly Route[] = [
  {
    path: 'users/',
    calls: {
      GET: ({ region }) => json(region.users.all.map(userJson)),
      'GET?whoami': ({ user }) => json(userJson(user)),
      POST: admin(({ region, form }) => json(userJson(region.users.create(form)))),
    },
  },
  {
    path: 'account/',
    calls: {
      'POST?create_authorisation_token': ({ region, user, form }) => {
        const key = region.users.newKey(user, form.get('name') ?? 'MAAS consumer');
        return json({
          token_key: key.token,
          token_secret: key.secret,
          consumer_key: key.consumer,
          name: key.label,
        });
      },
      'GET?list_authorisation_tokens': ({ region, user }) =>
        json(
          region.users.keysOf(user).map(({ label, consumer, token, secret }) => ({
            name: label,
            token: `${consumer}:${token}:${secret}`,
          })),
        ),
    },
  },
  {
    path: 'account/prefs/sshkeys/',
    calls: {
      GET: ({ region, user }) => json(region.keys.of(user).map(keyJson)),
      POST: ({ region, user, form }) => json(newKeyJson(region.keys.add(user, form)), 201),
    },
  },
  {
    path: 'account/prefs/sshkeys/{}/',
    calls: {
      GET: (call) => json(keyJson(call.region.keys.one(call.user, param(call)))),
      DELETE: (call) => {
        call.region.keys.remove(call.user, param(call));
        return deleted;
      },
    },
  },
  {
    path: 'maas/',
    calls: {
      'GET?get_config': ({ region, query }) => bareJson(region.settings.get(query.get('name'))),
      'POST?set_config': admin(({ region, form }) => {
        region.settings.set(form.get('name'), form.get('value'));
        return text('OK');
      }),
    },
  },
];

const images: readonly Route[] = [
  {
    path: 'boot-sources/',
    calls: {
      GET: admin(({ region }) => json(region.images.sources()), NOT_ALLOWED),
      POST: admin(({ region, form }) => json(region.images.addSource(form), 201), NOT_ALLOWED),
    },
  },
  {
    path: 'boot-sources/{}/',
    calls: {
      GET: admin((call) => json(call.region.images.source(param(call))), NOT_ALLOWED),
      PUT: admin(
        (call) => json(call.region.images.changeSource(param(call), call.form)),
        NOT_ALLOWED,
      ),
    },
  },
  {
    path: 'boot-sources/{}/selections/',
    calls: {
      GET: admin((call) => json(call.region.images.selections(param(call))), NOT_ALLOWED),
      POST: admin((call) => json(call.region.images.select(param(call), call.form)), NOT_ALLOWED),
    },
  },
  {
    path: 'boot-sources/{}/selections/{}/',
    calls: {
      DELETE: admin((call) => {
        call.region.images.removeSelection(param(call), param(call, 1));
        return deleted;
      }, NOT_ALLOWED),
    },
  },
  {
    path: 'boot-resources/',
    calls: {
      GET: ({ region }) => json(region.images.resources()),
      POST: admin(({ region, form }) => json(region.images.upload(form), 201)),
      'GET?is_importing': ({ region }) => json(region.images.importing),
      'POST?import': admin(({ region }) => {
        region.images.startImport();
        return text('Import of boot resources started', 'text/plain; charset=utf-8');
      }),
    },
  },
  {
    path: 'boot-resources/{}/',
    calls: { GET: (call) => json(call.region.images.resource(param(call))) },
  },
];

const networks: readonly Route[] = [
  {
    path: 'fabrics/',
    calls: {
      GET: ({ region }) => json(region.networks.fabrics()),
      POST: admin(({ region, form }) => json(region.networks.createFabric(form)), ''),
    },
  },
  {
    path: 'fabrics/{}/vlans/',
    calls: { GET: (call) => json(call.region.networks.vlans(param(call))) },
  },
  {
    path: 'fabrics/{}/vlans/{}/',
    calls: {
      GET: (call) => json(vlanJson(call.region.networks.vlan(param(call), param(call, 1)))),
      PUT: admin(
        (call) => json(call.region.networks.changeVlan(param(call), param(call, 1), call.form)),
        '',
      ),
    },
  },
  {
    path: 'subnets/',
    calls: {
      GET: ({ region }) => json(region.networks.list()),
      POST: admin(({ region, form }) => json(region.networks.createSubnet(form)), ''),
    },
  },
  {
    path: 'subnets/{}/',
    calls: {
      GET: (call) => json(subnetJson(call.region.networks.subnet(param(call)))),
      PUT: admin((call) => json(call.region.networks.changeSubnet(param(call), call.form)), ''),
      'GET?reserved_ip_ranges': (call) => json(call.region.networks.reserved(param(call))),
      'GET?unreserved_ip_ranges': (call) => json(call.region.networks.unreserved(param(call))),
      'GET?statistics': (call) => json(call.region.networks.statistics(param(call))),
    },
  },
  {
    path: 'ipranges/',
    calls: {
      GET: ({ region }) => json(region.networks.ranges()),
      POST: ({ region, form, user }) => json(region.networks.addRange(form, user)),
    },
  },
  {
    path: 'ipranges/{}/',
    calls: {
      GET: (call) => json(call.region.networks.range(param(call))),
      PUT: (call) => json(call.region.networks.changeRange(param(call), call.form)),
      DELETE: (call) => {
        call.region.networks.removeRange(param(call));
        return deleted;
      },
    },
  },
];

const power: Readonly<Record<string, Handler>> = {
  'GET?query_power_state': (call) => {
    const machine = call.region.machines.one(param(call));
    return json({ state: call.region.lifecycle.query(machine) });
  },
  'GET?power_parameters': admin((call) =>
    json(call.region.machines.one(param(call)).powerParameters),
  ),
  'POST?power_on': act(({ region }, machine) => region.lifecycle.power(machine, 'on')),
  'POST?power_off': act(({ region }, machine) => region.lifecycle.power(machine, 'off')),
};

const machines: readonly Route[] = [
  {
    path: 'machines/',
    calls: {
      GET: ({ region, query }) =>
        list(
          region,
          region.machines.filtered(query, ({ status }) => statusName(status)),
        ),
      POST: ({ region, user, form }) => {
        const machine = region.machines.create(form);
        // Said or not, an administrator's machine is commissioned; anybody else's waits (recorded).
        if (user.admin && form.truth('commission') !== false)
          region.lifecycle.commission(machine, user.name, form);
        return json(shown(region, machine));
      },
      'GET?power_parameters': admin(({ region, query }) => {
        const wanted = query.all('id');
        const found = region.machines.all.filter(
          ({ id }) => wanted.length === 0 || wanted.includes(id),
        );
        return json(Object.fromEntries(found.map((one) => [one.id, one.powerParameters])));
      }),
      'POST?accept': admin(({ region, user, form }) => {
        const found = region.machines.those(form.all('machines'));
        for (const machine of found) region.lifecycle.commission(machine, user.name, form);
        return list(region, found);
      }),
      'POST?accept_all': admin(({ region, user, form }) => {
        const found = region.machines.all.filter(({ status }) => status === 'new');
        for (const machine of found) region.lifecycle.commission(machine, user.name, form);
        return list(region, found);
      }),
      'POST?allocate': allocate,
      'POST?release': ({ region, user, form }) => {
        const found = region.machines.those(form.all('machines'));
        for (const machine of found) region.lifecycle.release(machine, user.name, '');
        return json(found.map(({ id }) => id));
      },
    },
    anonymous: {
      POST: ({ region, form }) => json(enlistedJson(region.machines.create(form))),
      'GET?is_registered': ({ region, query }) =>
        json(region.machines.having(query.get('mac_address') ?? '') !== undefined),
    },
  },
  {
    path: 'machines/{}/',
    calls: {
      GET: act(() => {}),
      PUT: (call) => {
        const machine = call.region.machines.change(param(call), call.form);
        return json(shown(call.region, machine));
      },
      DELETE: admin((call) => {
        call.region.machines.remove(param(call));
        return deleted;
      }, ''),
      'POST?commission': act(({ region, user, form }, machine) =>
        region.lifecycle.commission(machine, user.name, form),
      ),
      'POST?abort': act(({ region, user, form }, machine) =>
        region.lifecycle.abort(machine, user.name, form.get('comment') ?? ''),
      ),
      'POST?deploy': act(({ region, user, form }, machine) =>
        region.lifecycle.deploy(machine, user.name, form),
      ),
      'POST?release': act(({ region, user, form }, machine) =>
        region.lifecycle.release(machine, user.name, form.get('comment') ?? ''),
      ),
      'POST?mark_broken': act(({ region }, machine) => region.lifecycle.markBroken(machine)),
      'POST?mark_fixed': act(({ region }, machine) => region.lifecycle.markFixed(machine)),
      ...power,
    },
  },
];

function allocate({ region, user, form }: Call) {
  const memory = form.get('mem');
  if (memory !== undefined && !/^[\d.]+$/.test(memory))
    throw refused(400, JSON.stringify({ mem: ['Invalid memory: number of MiB required.'] }), {
      'Content-Type': 'application/json; charset=utf-8',
    });
  const [id, name] = [form.get('system_id'), form.get('name')];
  const machine = region.machines.all.find(
    (one) =>
      one.status === 'ready' &&
      (id === undefined || one.id === id) &&
      (name === undefined || one.hostname === name),
  );
  if (machine === undefined) {
    if (id !== undefined) throw refused(409, `No machine with system ID ${id} available.`);
    const said = `No available machine matches constraints: [('name', ['${name}'])] (resolved to "name=${name}")`;
    throw refused(409, said);
  }
  if (form.truth('dry_run') !== true) region.lifecycle.allocate(machine, user.name);
  const why = form.truth('verbose') ? { verbose_storage: {}, verbose_interfaces: {} } : {};
  return json({ ...shown(region, machine), constraints_by_type: why });
}

const sorting: readonly Route[] = [
  {
    path: 'tags/',
    calls: {
      GET: ({ region }) => json(region.machines.tags.map(tagJson)),
      POST: admin(({ region, form }) => json(tagJson(region.machines.createTag(form)))),
    },
  },
  {
    path: 'tags/{}/',
    calls: {
      GET: (call) => json(tagJson(call.region.machines.tag(param(call)))),
      'GET?machines': (call) => {
        const { name } = call.region.machines.tag(param(call));
        const found = call.region.machines.all.filter(({ tags }) => tags.includes(name));
        return list(call.region, found);
      },
      'POST?update_nodes': admin((call) =>
        json(call.region.machines.changeTag(param(call), call.form)),
      ),
    },
  },
  {
    path: 'resourcepools/',
    calls: {
      GET: ({ region }) => json(region.machines.pools.map(poolJson)),
      POST: admin(({ region, form }) => json(poolJson(region.machines.createPool(form))), ''),
    },
  },
  { path: 'zones/', calls: { GET: () => json([zoneJson]) } },
  { path: 'domains/', calls: { GET: () => json([domainJson]) } },
];

const observed: readonly Route[] = [
  {
    path: 'events/',
    calls: {
      'GET?query': ({ region, query }) =>
        json(region.events.query(query, region.machines.hostnames(query))),
    },
  },
  {
    path: 'nodes/{}/results/',
    calls: {
      GET: (call) => {
        const sets = call.region.scripts.of(call.region.machines.one(param(call)).id);
        return json(sets.map((set) => setJson(set, false, undefined)));
      },
    },
  },
  {
    path: 'nodes/{}/results/current-{}/',
    calls: {
      GET: (call) => {
        const filters = call.query.get('filters');
        const output = call.query.truth('include_output') ?? false;
        return json(setJson(currentSet(call), output, filters?.split(',')));
      },
      'GET?download': (call) => {
        const runs = currentSet(call).runs.map(({ stdout, stderr }) => stdout + stderr);
        return text(runs.join(''), 'application/binary');
      },
    },
  },
  {
    path: 'nodes/{}/interfaces/',
    calls: { GET: ({ region }) => json(rackNics(region.rack, region.networks)) },
  },
  {
    path: 'scripts/',
    calls: { GET: ({ region }) => json(scriptsJson(region.since)) },
  },
  {
    path: 'rackcontrollers/',
    calls: {
      GET: ({ region }) => json([rackJson(region.rack, region.networks)]),
      'GET?describe_power_types': () => json(powerTypes),
    },
  },
  {
    path: 'rackcontrollers/{}/',
    calls: {
      GET: ({ region }) => json(rackJson(region.rack, region.networks)),
      'GET?list_boot_images': ({ region }) => json(region.images.onRack()),
    },
  },
  { path: 'notifications/', calls: { GET: ({ region }) => json(region.notifications) } },
  { path: 'discovery/', calls: { GET: () => json([]) } },
  { path: 'dhcp-snippets/', calls: { GET: () => json([]) } },
  { path: 'package-repositories/', calls: { GET: () => json(repositories) } },
];

function currentSet(call: Call) {
  const machine = call.region.machines.one(param(call));
  const kind = param(call, 1);
  const found = kind in KIND ? call.region.scripts.last(machine.id, kind as Kind) : undefined;
  if (found === undefined) throw refused(404, 'No ScriptSet matches the given query.');
  return found;
}

const scriptsJson = (since: number) =>
  commissioningScripts.map((script, index) => ({
    name: script.name,
    title: script.title,
    description: script.description,
    tags: script.tags,
    hardware_type: 0,
    parallel: script.parallel ? 2 : 0,
    results: {},
    parameters: script.parameters,
    packages: script.packages,
    timeout: script.timeout,
    destructive: false,
    default: true,
    for_hardware: [],
    may_reboot: false,
    recommission: false,
    apply_configured_networking: false,
    type_name: 'Commissioning script',
    id: index + 1,
    hardware_type_name: 'Node',
    type: 0,
    history: [{ id: index + 1, comment: 'Created by maas-None', created: scriptDate(since) }],
    parallel_name: script.parallel ? 'Run along any other script.' : 'Disabled',
    resource_uri: `/MAAS/api/2.0/scripts/${script.name}`,
  }));

const repository = (id: number, name: string, url: string, arches: readonly string[]) => ({
  name,
  url,
  distributions: [],
  disabled_pockets: [],
  disabled_components: [],
  disable_sources: true,
  components: [],
  arches,
  key: '',
  enabled: true,
  id,
  resource_uri: `/MAAS/api/2.0/package-repositories/${id}/`,
});

const repositories = [
  repository(1, 'main_archive', 'http://archive.ubuntu.com/ubuntu', ['amd64', 'i386']),
  repository(2, 'ports_archive', 'http://ports.ubuntu.com/ubuntu-ports', [
    'armhf',
    'arm64',
    'ppc64el',
    's390x',
  ]),
];

/** API 2.0, as far as it was recorded. */
export const api2Routes: readonly Route[] = [
  ...account,
  ...images,
  ...networks,
  ...machines,
  ...sorting,
  ...observed,
];
