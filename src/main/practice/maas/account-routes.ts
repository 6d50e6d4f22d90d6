import { bareJson, deleted, json, text } from './answer.ts';
import { admin, param } from './handlers.ts';
import type { Route } from './routes.ts';
import { keyJson, newKeyJson } from './ssh-keys.ts';
import { userJson } from './users.ts';

export const accountRoutes: readonly Route[] = [
  {
    path: 'users/',
    calls: {
      GET: ({ region }) => json(region.users.all.map(userJson)),
      'GET?whoami': ({ user }) => json(userJson(user)),
      POST: admin(({ region, form }) => json(userJson(region.users.create(form)))),
    },
  },
  {
    path: 'account/',
    calls: {
      'POST?create_authorisation_token': ({ region, user, form }) => {
        const key = region.users.newKey(user, form.get('name') ?? 'MAAS consumer');
        return json({
          token_key: key.token,
          token_secret: key.secret,
          consumer_key: key.consumer,
          name: key.label,
        });
      },
      'GET?list_authorisation_tokens': ({ region, user }) =>
        json(
          region.users.keysOf(user).map(({ label, consumer, token, secret }) => ({
            name: label,
            token: `${consumer}:${token}:${secret}`,
          })),
        ),
    },
  },
  {
    path: 'account/prefs/sshkeys/',
    calls: {
      GET: ({ region, user }) => json(region.keys.of(user).map(keyJson)),
      POST: ({ region, user, form }) => json(newKeyJson(region.keys.add(user, form)), 201),
    },
  },
  {
    path: 'account/prefs/sshkeys/{}/',
    calls: {
      GET: (call) => json(keyJson(call.region.keys.one(call.user, param(call)))),
      DELETE: (call) => {
        call.region.keys.remove(call.user, param(call));
        return deleted;
      },
    },
  },
  {
    path: 'maas/',
    calls: {
      'GET?get_config': ({ region, query }) => bareJson(region.settings.get(query.get('name'))),
      'POST?set_config': admin(({ region, form }) => {
        region.settings.set(form.get('name'), form.get('value'));
        return text('OK');
      }),
    },
  },
];
