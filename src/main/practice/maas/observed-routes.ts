import { json, refused, text } from './answer.ts';
import { param } from './handlers.ts';
import { powerTypes } from './power-types-data.ts';
import { rackJson, rackNics } from './rack.ts';
import { scriptDate } from './region-time.ts';
import type { Call, Route } from './routes.ts';
import { KIND, type Kind, setJson } from './script-sets.ts';
import { commissioningScripts } from './scripts-data.ts';

export const observedRoutes: readonly Route[] = [
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
