import { accountRoutes } from './account-routes.ts';
import { badText, bareJson, deleted, json, refused, text } from './answer.ts';
import { admin, param } from './handlers.ts';
import { imageRoutes } from './image-routes.ts';
import type { RegionMachine } from './machine.ts';
import { tagJson } from './machine-routes.ts';
import { nodeJson } from './node-json.ts';
import { powerTypes } from './power-types-data.ts';
import type { Region } from './region.ts';
import { isoDate } from './region-time.ts';
import { Fields } from './request-form.ts';
import type { Call, Handler, Route } from './routes.ts';
import { STATE } from './script-sets.ts';
import { keyJson } from './ssh-keys.ts';
import { userJson } from './users.ts';

/*
 * API 1.0 as MAAS 1.7's source has it. Nobody could record one, so what is not in the source or in its
 * documentation is not here.
 */

/** The cluster on the region's own server. */
const CLUSTER = '5977f6ab-9160-4352-b4db-d71a99066c4f';
/** Power types that came later than 1.7. */
const LATER = new Set(['vmware', 'manual', 'webhook', 'redfish', 'proxmox', 'lxd', 'openbmc']);

const shown = (machine: RegionMachine) => nodeJson(machine);
const list = (machines: readonly RegionMachine[]) => json(machines.map(shown));

const act =
  (work: (call: Call, machine: RegionMachine) => void): Handler =>
  (call) => {
    const machine = call.region.machines.one(param(call));
    work(call, machine);
    return json(shown(machine));
  };

/** Nothing of 3.x's options for what has none in 1.7. */
const NOTHING = new Fields([]);

function create(region: Region, form: Fields): RegionMachine {
  if (!form.has('nodegroup') && !form.has('autodetect_nodegroup'))
    throw badText("'autodetect_nodegroup' must be specified if 'nodegroup' parameter missing");
  return region.machines.create(form);
}

const nodes: readonly Route[] = [
  {
    path: 'nodes/',
    calls: {
      'GET?list': ({ region, query }) => list(region.machines.filtered(query, () => '')),
      'POST?new': ({ region, user, form }) => {
        const machine = create(region, form);
        if (user.admin) region.lifecycle.commission(machine, user.name, NOTHING);
        return json(shown(machine));
      },
      'POST?accept': admin(({ region, user, form }) => {
        const found = region.machines.those(form.all('nodes'));
        for (const machine of found) region.lifecycle.commission(machine, user.name, NOTHING);
        return list(found);
      }),
      'POST?acquire': ({ region, user, form }) => {
        const name = form.get('name');
        const machine = region.machines.all.find(
          (one) => one.status === 'ready' && (name === undefined || one.hostname === name),
        );
        if (machine === undefined) throw refused(409, 'No matching node is available.');
        region.lifecycle.allocate(machine, user.name);
        return json(shown(machine));
      },
    },
    anonymous: { 'POST?new': ({ region, form }) => json(shown(create(region, form))) },
  },
  {
    path: 'nodes/{}/',
    calls: {
      GET: act(() => {}),
      PUT: (call) => json(shown(call.region.machines.change(param(call), call.form))),
      DELETE: admin((call) => {
        call.region.machines.remove(param(call));
        return deleted;
      }, ''),
      'POST?commission': act(({ region, user }, machine) =>
        region.lifecycle.commission(machine, user.name, NOTHING),
      ),
      // Deploys what is allocated; anything else it only switches on.
      'POST?start': act(({ region, user, form }, machine) => {
        if (machine.status === 'allocated') region.lifecycle.deploy(machine, user.name, form);
        else region.lifecycle.power(machine, 'on');
      }),
      'POST?stop': act(({ region }, machine) => region.lifecycle.power(machine, 'off')),
      'POST?release': act(({ region, user }, machine) =>
        region.lifecycle.release(machine, user.name, ''),
      ),
      'POST?mark_broken': act(({ region }, machine) => region.lifecycle.markBroken(machine)),
      'POST?mark_fixed': act(({ region }, machine) => region.lifecycle.markFixed(machine)),
      'GET?query_power_state': (call) =>
        json({ state: call.region.lifecycle.query(call.region.machines.one(param(call))) }),
      'GET?power_parameters': admin((call) =>
        json(call.region.machines.one(param(call)).powerParameters),
      ),
    },
  },
  {
    path: 'commissioning-results/',
    calls: { 'GET?list': ({ region, query }) => json(results(region, query)) },
  },
];

/** Of what has run, each with its output, as far as it was asked for. */
function results(region: Region, query: Fields): readonly unknown[] {
  const [ids, names, kind] = [query.all('system_id'), query.all('name'), query.get('result_type')];
  return region.machines.all
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .flatMap(({ id }) => {
      const sets = (['commissioning', 'installation'] as const).map((name, type) => ({
        type,
        runs: region.scripts.last(id, name)?.runs ?? [],
      }));
      return sets
        .filter(({ type }) => kind === undefined || kind === String(type))
        .flatMap(({ type, runs }) =>
          runs
            .filter((run) => run.state === STATE.passed || run.state === STATE.failed)
            .filter((run) => names.length === 0 || names.includes(run.name))
            .map((run) => ({
              name: run.name,
              script_result: run.exit ?? 0,
              result_type: type,
              updated: isoDate(run.updated),
              created: isoDate(run.created),
              node: { system_id: id },
              data: Buffer.from(run.stdout + run.stderr).toString('base64'),
            })),
        );
    });
}

const clusters: readonly Route[] = [
  {
    path: 'nodegroups/',
    calls: {
      'GET?list': () => json([cluster]),
      'POST?accept': admin(() => text('Nodegroup(s) accepted.', 'text/plain; charset=utf-8')),
      'POST?import_boot_images': admin(() =>
        text(
          'Import of boot images started on all cluster controllers',
          'text/plain; charset=utf-8',
        ),
      ),
      'GET?describe_power_types': () => json(powerTypes.filter(({ name }) => !LATER.has(name))),
    },
  },
  {
    path: `nodegroups/${CLUSTER}/interfaces/`,
    calls: { 'GET?list': ({ region }) => json(region.interfaces.list()) },
  },
  {
    path: `nodegroups/${CLUSTER}/interfaces/{}/`,
    calls: {
      GET: (call) => json(call.region.interfaces.one(param(call))),
      PUT: admin((call) => json(call.region.interfaces.change(param(call), call.form, call.user))),
    },
  },
  {
    path: `nodegroups/${CLUSTER}/boot-images/`,
    calls: {
      GET: ({ region }) =>
        json(
          region.images.releases.flatMap((release) =>
            ['commissioning', 'install', 'xinstall'].map((purpose, id) => ({
              id,
              osystem: 'ubuntu',
              release,
              architecture: 'amd64',
              subarchitecture: 'generic',
              purpose,
              label: 'release',
            })),
          ),
        ),
    },
  },
];

const cluster = { uuid: CLUSTER, status: 1, name: 'master', cluster_name: 'Cluster master' };

const account: readonly Route[] = [
  { path: 'users/', calls: { GET: ({ region }) => json(region.users.all.map(userJson)) } },
  {
    path: 'account/prefs/sshkeys/',
    calls: {
      'GET?list': ({ region, user }) => json(region.keys.of(user).map(keyJson)),
      'POST?new': ({ region, user, form }) => json(keyJson(region.keys.add(user, form)), 201),
    },
  },
  {
    path: 'maas/',
    calls: {
      // Administrators alone, for reading as well.
      'GET?get_config': admin(({ region, query }) =>
        bareJson(region.settings.get(query.get('name'))),
      ),
      'POST?set_config': admin(({ region, form }) => {
        region.settings.set(form.get('name'), form.get('value'));
        return text('OK');
      }),
    },
  },
  {
    path: 'tags/',
    calls: {
      'GET?list': ({ region }) => json(region.machines.tags.map(tagJson)),
      'POST?new': admin(({ region, form }) => json(tagJson(region.machines.createTag(form)))),
    },
  },
  {
    path: 'tags/{}/',
    calls: {
      GET: (call) => json(tagJson(call.region.machines.tag(param(call)))),
      'GET?nodes': (call) => {
        const { name } = call.region.machines.tag(param(call));
        return list(call.region.machines.all.filter(({ tags }) => tags.includes(name)));
      },
      'POST?update_nodes': admin((call) =>
        json(call.region.machines.changeTag(param(call), call.form)),
      ),
    },
  },
];

/** There is no call that says whether images are being imported. */
const images: readonly Route[] = imageRoutes.map((route) => {
  const { 'GET?is_importing': _later, ...calls } = route.calls;
  return { ...route, calls };
});

const oneKey = accountRoutes.filter(({ path }) => path === 'account/prefs/sshkeys/{}/');

export const api1Routes: readonly Route[] = [
  ...nodes,
  ...clusters,
  ...account,
  ...oneKey,
  ...images,
];
