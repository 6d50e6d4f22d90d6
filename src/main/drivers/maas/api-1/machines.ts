import { LabwrightError } from '../../../../contract/error.ts';
import type { MaasMachines, PowerSettings } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';
import { notInVersion } from '../not-in-version.ts';
import { mayBeRemoved } from '../ours.ts';
import { powerForm } from '../power-form.ts';

const NODES = 'nodes/';

/** 1.7 has no word for "by hand": it is the power type that is not set. */
const spoken = (power: PowerSettings): PowerSettings =>
  power.type === 'manual' ? { ...power, type: '' } : power;

export function machines(link: MaasLink): MaasMachines {
  const path = (id: string) => `${NODES}${id}/`;
  const tag = (name: string) => `tags/${encodeURIComponent(name)}/`;
  return {
    list: async ({ ids, hostnames, macs, status } = {}, { signal } = {}) => {
      const query = { id: ids, hostname: hostnames, mac_address: macs };
      const found = await link.list('nodes', { path: NODES, op: 'list', query, signal });
      if (status === undefined) return found;
      return { ...found, items: found.items.filter((node) => node.status === status) };
    },
    one: (id, { signal } = {}) => link.one('node', { path: path(id), signal }),
    create: ({ hostname, architecture, macs, power, commission }, { signal } = {}) => {
      // What an administrator adds, 1.x commissions at once; there is no way to say otherwise.
      if (!commission) return notInVersion(link, 'commission=false');
      const { form, secrets } = powerForm(spoken(power));
      return link.write('node', 'POST', {
        path: NODES,
        op: 'new',
        form: {
          architecture,
          mac_addresses: macs,
          hostname,
          autodetect_nodegroup: '1',
          ...form,
        },
        ...(secrets ? { secrets } : {}),
        signal,
      });
    },
    change: (id, { hostname, pool, power }, { signal } = {}) => {
      if (pool !== undefined) return notInVersion(link, 'resourcepools');
      const { form, secrets } = powerForm(power === undefined ? undefined : spoken(power));
      return link.write('node', 'PUT', {
        path: path(id),
        form: { hostname, ...form },
        ...(secrets ? { secrets } : {}),
        signal,
      });
    },
    remove: async (id, ours, { signal } = {}) => {
      try {
        mayBeRemoved(link.maas, await link.one('node', { path: path(id), signal }), ours);
        await link.send('DELETE', { path: path(id), signal });
      } catch (error) {
        if (!(error instanceof LabwrightError) || error.code !== 'maas-object-missing') throw error;
      }
    },
    accept: (ids, { signal } = {}) =>
      link.send('POST', { path: NODES, op: 'accept', form: { nodes: ids }, signal }),
    tags: ({ signal } = {}) => link.list('names', { path: 'tags/', op: 'list', signal }),
    createTag: (name, comment, { signal } = {}) =>
      link.send('POST', { path: 'tags/', op: 'new', form: { name, comment }, signal }),
    tag: (name, { add, remove }, { signal } = {}) =>
      link.send('POST', { path: tag(name), op: 'update_nodes', form: { add, remove }, signal }),
    tagged: (name, { signal } = {}) => link.list('nodes', { path: tag(name), op: 'nodes', signal }),
    pools: () => notInVersion(link, 'resourcepools'),
    createPool: () => notInVersion(link, 'resourcepools'),
  };
}
