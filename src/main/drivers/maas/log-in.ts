import { LabwrightError } from '../../../contract/error.ts';
import { detectMaas } from './detect.ts';
import { urlEncoded } from './form.ts';
import type { MaasServer } from './maas-server.ts';
import { readBody } from './read-body.ts';
import { refusalError } from './refusal.ts';

const THINK_MS = 30_000;
const SILENCE_MS = 10_000;
const ANSWER_LIMIT = 64 * 1024;

/**
 * Makes an API key from a user name and a password (since 2.2). Each call makes a new one, so call it
 * once and keep the key. `consumer` is the name that MAAS shows beside the key.
 */
export async function keyByLogin(
  server: MaasServer,
  login: { readonly user: string; readonly password: () => Promise<string> },
  consumer: string,
  signal?: AbortSignal,
): Promise<string> {
  const { http, api } = await detectMaas(server, signal);
  try {
    if (api === '1.0')
      throw new LabwrightError('maas-not-in-version', {
        maas: server.name,
        what: 'authenticate-api',
      });
    const password = await login.password();
    const answer = await http.send({
      method: 'POST',
      path: 'accounts/authenticate/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: urlEncoded({ username: login.user, password, consumer }),
      thinkMs: THINK_MS,
      silenceMs: SILENCE_MS,
      ...(signal ? { signal } : {}),
    });
    const { status, headers } = answer;
    if (status === 200) {
      const { items } = await readBody(server.name, 'key', answer.body, ANSWER_LIMIT);
      if (items[0] !== undefined) return items[0];
      throw new LabwrightError('maas-answer-unexpected', { maas: server.name, expected: 'key' });
    }
    answer.discard();
    if (status === 401 || status === 403)
      throw new LabwrightError('maas-login-refused', { maas: server.name, user: login.user });
    // Its text could repeat what was sent; the status says enough.
    throw refusalError(server.name, { what: 'login', status, headers, body: '' }, () => '');
  } finally {
    await http.close();
  }
}
