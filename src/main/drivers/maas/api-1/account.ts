import { LabwrightError } from '../../../../contract/error.ts';
import type { MaasAccount } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';

const KEYS = 'account/prefs/sshkeys/';

export function account(link: MaasLink): MaasAccount {
  return {
    whoAmI: async ({ signal } = {}) => {
      try {
        // There is no call that names the user; reading a setting is an administrator's right in 1.x.
        const query = { name: 'maas_name' };
        await link.one('setting', { path: 'maas/', op: 'get_config', query, signal });
        return { name: '', admin: true };
      } catch (error) {
        if (!(error instanceof LabwrightError) || error.code !== 'maas-admin-needed') throw error;
        return { name: '', admin: false };
      }
    },
    sshKeys: ({ signal } = {}) => link.list('SSH keys', { path: KEYS, op: 'list', signal }),
    addSshKey: (key, { signal } = {}) =>
      link.write('SSH key', 'POST', { path: KEYS, op: 'new', form: { key }, signal }),
    removeSshKey: (id, { signal } = {}) => link.send('DELETE', { path: `${KEYS}${id}/`, signal }),
  };
}
