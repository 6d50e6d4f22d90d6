import type { CallOptions, MaasLifecycle, MaasPowerControl } from '../../../engine/maas.ts';
import type { Form } from '../form.ts';
import type { MaasLink } from '../link.ts';
import { withoutSecrets } from '../power-form.ts';

export function lifecycle(link: MaasLink): MaasLifecycle {
  const act = (id: string, op: string, form: Form, { signal }: CallOptions = {}) =>
    link.send('POST', { path: `machines/${id}/`, op, form, signal });
  return {
    commission: (id, how = {}, options) =>
      act(
        id,
        'commission',
        {
          enable_ssh: how.keepSshOpen,
          skip_bmc_config: how.skipBmcConfig,
          skip_networking: how.skipNetworking,
          skip_storage: how.skipStorage,
          commissioning_scripts: how.scripts?.join(','),
          testing_scripts: how.tests?.join(','),
        },
        options,
      ),
    allocate: ({ id }, { signal } = {}) =>
      link.write('machine', 'POST', {
        path: 'machines/',
        op: 'allocate',
        form: { system_id: id },
        signal,
      }),
    deploy: ({ id }, { series, kernel, userData } = {}, options) =>
      act(
        id,
        'deploy',
        {
          distro_series: series,
          hwe_kernel: kernel,
          user_data: userData === undefined ? undefined : Buffer.from(userData).toString('base64'),
        },
        options,
      ),
    release: (id, comment, options) => act(id, 'release', said(comment), options),
    abort: (id, comment, options) => act(id, 'abort', said(comment), options),
    markBroken: (id, comment, options) => act(id, 'mark_broken', said(comment), options),
    markFixed: (id, comment, options) => act(id, 'mark_fixed', said(comment), options),
    enterRescue: (id, options) => act(id, 'rescue_mode', {}, options),
    leaveRescue: (id, options) => act(id, 'exit_rescue_mode', {}, options),
  };
}

const said = (comment: string): Form => ({ comment: comment === '' ? undefined : comment });

export function power(link: MaasLink): MaasPowerControl {
  const machine = (id: string) => `machines/${id}/`;
  return {
    types: ({ signal } = {}) =>
      link.list('power types', { path: 'rackcontrollers/', op: 'describe_power_types', signal }),
    settings: async (id, { signal } = {}) =>
      withoutSecrets(
        await link.one('power parameters', { path: machine(id), op: 'power_parameters', signal }),
      ),
    query: (id, { signal } = {}) =>
      link.one('power', { path: machine(id), op: 'query_power_state', signal }, 'power'),
    on: (id, { signal } = {}) => link.send('POST', { path: machine(id), op: 'power_on', signal }),
    off: (id, how, { signal } = {}) =>
      link.send('POST', { path: machine(id), op: 'power_off', form: { stop_mode: how }, signal }),
  };
}
