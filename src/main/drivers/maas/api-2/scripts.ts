import { LabwrightError } from '../../../../contract/error.ts';
import type { MaasScripts, MaasServers } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';

export function scripts(link: MaasLink): MaasScripts {
  const results = (machine: string) => `nodes/${machine}/results/`;
  return {
    current: async (machine, kind, { output, only } = {}, { signal } = {}) => {
      const path = `${results(machine)}current-${kind}/`;
      const query = { include_output: output, filters: only?.join(',') };
      try {
        return await link.one('script set', { path, query, signal });
      } catch (error) {
        // Nothing of this kind has run yet; a machine that does not exist has none either.
        if (error instanceof LabwrightError && error.code === 'maas-object-missing') return;
        throw error;
      }
    },
    history: (machine, { signal } = {}) =>
      link.list('script sets', { path: results(machine), signal }),
    log: (machine, kind, { signal } = {}) =>
      link.text({
        path: `${results(machine)}current-${kind}/`,
        op: 'download',
        query: { filetype: 'txt' },
        signal,
      }),
    known: (kind, { signal } = {}) =>
      link.list('scripts', { path: 'scripts/', query: { type: kind }, signal }),
  };
}

export function servers(link: MaasLink): MaasServers {
  return {
    racks: ({ signal } = {}) => link.list('rack controllers', { path: 'rackcontrollers/', signal }),
    // Since 2.0 a rack joins by a shared secret; there is nobody to accept.
    acceptRack: async () => {},
    notifications: ({ signal } = {}) =>
      link.list('notifications', { path: 'notifications/', signal }),
  };
}
