import { deleted, json, refused } from './answer.ts';
import { act, admin, list, param, shown } from './handlers.ts';
import { domainJson, enlistedJson, poolJson, statusName, zoneJson } from './machine.ts';
import type { Call, Handler, Route } from './routes.ts';

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

export const tagJson = ({
  name,
  comment,
}: {
  readonly name: string;
  readonly comment: string;
}) => ({
  name,
  definition: '',
  comment,
  kernel_opts: '',
  resource_uri: `/MAAS/api/2.0/tags/${name}/`,
});

export const machineRoutes: readonly Route[] = [
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

export const sortingRoutes: readonly Route[] = [
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
