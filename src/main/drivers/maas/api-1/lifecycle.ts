import type { CallOptions, MaasLifecycle, MaasPowerControl } from '../../../engine/maas.ts';
import type { Form } from '../form.ts';
import type { MaasLink } from '../link.ts';
import { notInVersion } from '../not-in-version.ts';
import { withoutSecrets } from '../power-form.ts';

export function lifecycle(link: MaasLink): MaasLifecycle {
  const node = (id: string) => `nodes/${id}/`;
  const act = (id: string, op: string, form: Form, { signal }: CallOptions = {}) =>
    link.send('POST', { path: node(id), op, form, signal });
  const acquire = (hostname: string, { signal }: CallOptions = {}) =>
    link.write('node', 'POST', {
      path: 'nodes/',
      op: 'acquire',
      // There is no constraint on the ID; names are unique.
      form: { name: hostname },
      signal,
    });
  return {
    commission: (id, _how, options) => act(id, 'commission', {}, options),
    allocate: ({ hostname }, options) => acquire(hostname, options),
    deploy: async ({ id, hostname }, { series, userData } = {}, options = {}) => {
      const { status } = await link.one('node', { path: node(id), signal: options.signal });
      if (status === 'ready') await acquire(hostname, options);
      const data = userData === undefined ? undefined : Buffer.from(userData).toString('base64');
      await act(id, 'start', { distro_series: series, user_data: data }, options);
    },
    release: (id, _comment, options) => act(id, 'release', {}, options),
    abort: (id, _comment, options) => act(id, 'abort_operation', {}, options),
    markBroken: (id, comment, options) =>
      act(id, 'mark_broken', { error_description: comment === '' ? undefined : comment }, options),
    markFixed: (id, _comment, options) => act(id, 'mark_fixed', {}, options),
    enterRescue: () => notInVersion(link, 'rescue_mode'),
    leaveRescue: () => notInVersion(link, 'rescue_mode'),
  };
}

export function power(link: MaasLink): MaasPowerControl {
  const node = (id: string) => `nodes/${id}/`;
  return {
    types: ({ signal } = {}) =>
      link.list('power types', { path: 'nodegroups/', op: 'describe_power_types', signal }),
    settings: async (id, { signal } = {}) =>
      withoutSecrets(
        await link.one('power parameters', { path: node(id), op: 'power_parameters', signal }),
      ),
    query: (id, { signal } = {}) =>
      link.one('power', { path: node(id), op: 'query_power_state', signal }, 'power'),
    // The same call deploys a machine that is allocated; of any other it is its power alone.
    on: (id, { signal } = {}) => link.send('POST', { path: node(id), op: 'start', signal }),
    off: (id, how, { signal } = {}) =>
      link.send('POST', { path: node(id), op: 'stop', form: { stop_mode: how }, signal }),
  };
}
