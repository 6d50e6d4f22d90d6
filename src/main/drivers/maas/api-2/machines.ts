import { LabwrightError } from '../../../../contract/error.ts';
import type { MaasMachines, MachineFilter } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';
import { statusWord } from '../numbers.ts';
import { mayBeRemoved } from '../ours.ts';
import { powerForm } from '../power-form.ts';

const MACHINES = 'machines/';

export function machines(link: MaasLink): MaasMachines {
  const path = (id: string) => `${MACHINES}${id}/`;
  const tag = (name: string) => `tags/${encodeURIComponent(name)}/`;
  return {
    list: (filter = {}, { signal } = {}) =>
      link.list('machines', { path: MACHINES, query: queryOf(filter), signal }),
    one: (id, { signal } = {}) => link.one('machine', { path: path(id), signal }),
    create: ({ hostname, architecture, macs, power, commission, description }, { signal } = {}) => {
      const { form, secrets } = powerForm(power);
      return link.write('machine', 'POST', {
        path: MACHINES,
        form: { architecture, mac_addresses: macs, hostname, commission, description, ...form },
        ...(secrets ? { secrets } : {}),
        signal,
      });
    },
    change: (id, { hostname, description, pool, power }, { signal } = {}) => {
      const { form, secrets } = powerForm(power);
      return link.write('machine', 'PUT', {
        path: path(id),
        form: { hostname, description, pool, ...form },
        ...(secrets ? { secrets } : {}),
        signal,
      });
    },
    remove: async (id, ours, { signal } = {}) => {
      try {
        mayBeRemoved(link.maas, await link.one('machine', { path: path(id), signal }), ours);
        await link.send('DELETE', { path: path(id), signal });
      } catch (error) {
        if (!(error instanceof LabwrightError) || error.code !== 'maas-object-missing') throw error;
      }
    },
    accept: (ids, { signal } = {}) =>
      link.send('POST', { path: MACHINES, op: 'accept', form: { machines: ids }, signal }),
    tags: ({ signal } = {}) => link.list('names', { path: 'tags/', signal }),
    createTag: (name, comment, { signal } = {}) =>
      link.send('POST', { path: 'tags/', form: { name, comment: comment || undefined }, signal }),
    tag: (name, { add, remove }, { signal } = {}) =>
      link.send('POST', { path: tag(name), op: 'update_nodes', form: { add, remove }, signal }),
    tagged: (name, { signal } = {}) =>
      link.list('machines', { path: tag(name), op: 'machines', signal }),
    pools: ({ signal } = {}) => link.list('names', { path: 'resourcepools/', signal }),
    createPool: (name, description, { signal } = {}) =>
      link.send('POST', {
        path: 'resourcepools/',
        form: { name, description: description || undefined },
        signal,
      }),
  };
}

function queryOf({ ids, hostnames, macs, status }: MachineFilter) {
  return {
    id: ids,
    hostname: hostnames,
    mac_address: macs,
    status: status === undefined ? undefined : statusWord(status),
  };
}
