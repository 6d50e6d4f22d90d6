import { badForm, noSuch, required } from './answer.ts';
import type { Fields } from './request-form.ts';
import type { RegionUser } from './users.ts';

interface Key {
  readonly id: number;
  readonly user: RegionUser;
  readonly key: string;
}

/** Whether ssh-keygen, which MAAS asks, would take it: what is encoded says its own type. */
function sound(key: string): boolean {
  const [type = '', data = ''] = key.split(' ');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length < 8) return false;
  const length = bytes.readUInt32BE(0);
  return bytes.length > length + 4 && bytes.subarray(4, 4 + length).toString() === type;
}

/** Public keys of people, which a deployed machine gets. */
export class SshKeys {
  readonly #keys: Key[] = [];
  #next = 1;

  of(user: RegionUser): readonly Key[] {
    return this.#keys.filter((key) => key.user === user);
  }

  add(user: RegionUser, form: Fields): Key {
    const text = form.get('key');
    if (text === undefined || text === '') throw badForm({ key: [required] });
    if (!sound(text)) {
      const said = 'Invalid SSH public key: Key could not be converted to RFC4716 form.';
      throw badForm({ key: [said] });
    }
    if (this.of(user).some(({ key }) => key === text))
      throw badForm({ __all__: ['This key has already been added for this user.'] });
    const key = { id: this.#next, user, key: text };
    this.#next += 1;
    this.#keys.push(key);
    return key;
  }

  one(user: RegionUser, id: string): Key {
    const found = this.of(user).find((key) => String(key.id) === id);
    if (found === undefined) throw noSuch('SSHKey');
    return found;
  }

  remove(user: RegionUser, id: string): void {
    this.#keys.splice(this.#keys.indexOf(this.one(user, id)), 1);
  }
}

/** As a list shows it. */
export const keyJson = ({ id, key }: Key) => ({
  key,
  id,
  keysource: '',
  resource_uri: `/MAAS/api/2.0/account/prefs/sshkeys/${id}/`,
});

/** As it is shown when it was added. */
export const newKeyJson = ({ id, key }: Key) => ({ key, keysource: null, id });
