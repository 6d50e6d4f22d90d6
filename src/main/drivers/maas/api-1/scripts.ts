import type { MaasScriptKind } from '../../../../contract/maas.ts';
import type { MaasEvents, MaasScripts, MaasServers } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';
import { notInVersion } from '../not-in-version.ts';

/** MAAS's numbers for the kinds of results. */
const TYPES: Readonly<Record<MaasScriptKind, number | undefined>> = {
  commissioning: 0,
  installation: 1,
  testing: undefined,
};

/** Results are there only when everything has run: there is nothing to follow. */
export function scripts(link: MaasLink): MaasScripts {
  const results = async (
    machine: string,
    kind: MaasScriptKind,
    only: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ) => {
    const type = TYPES[kind];
    if (type === undefined) return [];
    const query = { system_id: machine, name: only, result_type: type };
    const path = 'commissioning-results/';
    return (await link.list('node results', { path, op: 'list', query, signal })).items;
  };
  return {
    current: async (machine, kind, { output, only } = {}, { signal } = {}) => {
      const found = await results(machine, kind, only, signal);
      if (found.length === 0) return;
      const failed = found.some(({ script_result }) => script_result !== 0);
      return {
        id: 0,
        kind,
        machine,
        state: failed ? 'failed' : 'passed',
        scripts: found.map(({ name, script_result, data }, index) => ({
          id: index,
          name,
          state: script_result === 0 ? 'passed' : 'failed',
          exitCode: script_result,
          expectedSeconds: 0,
          ...(output === true ? { output: data } : {}),
        })),
      };
    },
    history: () => notInVersion(link, 'results'),
    log: async (machine, kind, { signal } = {}) =>
      (await results(machine, kind, undefined, signal)).map(({ data }) => data).join(''),
    known: () => notInVersion(link, 'results'),
  };
}

/** They came with 1.8; what happens is seen in the states of machines alone. */
export function events(link: MaasLink): MaasEvents {
  return {
    recent: () => notInVersion(link, 'events'),
    // biome-ignore lint/correctness/useYield: it ends before there could be anything to give.
    follow: async function* () {
      await notInVersion(link, 'events');
    },
  };
}

export function servers(link: MaasLink): MaasServers {
  return {
    racks: ({ signal } = {}) => link.list('clusters', { path: 'nodegroups/', op: 'list', signal }),
    acceptRack: (id, { signal } = {}) =>
      link.send('POST', { path: 'nodegroups/', op: 'accept', form: { uuid: id }, signal }),
    notifications: () => notInVersion(link, 'notifications'),
  };
}
