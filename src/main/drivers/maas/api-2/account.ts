import type { MaasAccount, MaasSettings } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';

const KEYS = 'account/prefs/sshkeys/';

export function account(link: MaasLink): MaasAccount {
  return {
    whoAmI: ({ signal } = {}) => link.one('user', { path: 'users/', op: 'whoami', signal }),
    sshKeys: ({ signal } = {}) => link.list('SSH keys', { path: KEYS, signal }),
    addSshKey: (key, { signal } = {}) =>
      link.write('SSH key', 'POST', { path: KEYS, form: { key }, signal }),
    removeSshKey: (id, { signal } = {}) => link.send('DELETE', { path: `${KEYS}${id}/`, signal }),
  };
}

/** The same call in both families; what there is to set differs. */
export function settings(link: MaasLink): MaasSettings {
  return {
    get: (name, { signal } = {}) =>
      link.one('setting', { path: 'maas/', op: 'get_config', query: { name }, signal }),
    set: (name, value, { signal } = {}) =>
      link.send('POST', { path: 'maas/', op: 'set_config', form: { name, value }, signal }),
  };
}
