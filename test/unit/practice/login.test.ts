import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { loaderFrame, sudoLoaderCommand } from '../../../src/main/ssh/loader.ts';
import {
  collect,
  connect,
  eventually,
  NONCE,
  PROMPT,
  PracticeClient,
  until,
} from './practice-client.ts';

let lab: PracticeClient | undefined;

afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

test('a login with the right key, password or keyboard-interactive answer is let in, others are not', async () => {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const other = ssh2.utils.generateKeyPairSync('ed25519');
  lab = await PracticeClient.start({ authorizedKeys: [pair.public] });
  const { host } = lab;
  (await connect(host, { privateKey: pair.private })).end();
  (await connect(host, { tryKeyboard: true })).end();
  await expect(connect(host, { privateKey: other.private })).rejects.toThrow(/authentication/);
  await expect(connect(host, { password: 'wrong' })).rejects.toThrow(/authentication/);
  await expect(connect(host, { password: 'secret', username: 'nobody' })).rejects.toThrow(
    /authentication/,
  );
});

test('the host key that a client sees has the announced fingerprint', async () => {
  lab = await PracticeClient.start();
  const { host } = lab;
  let seen = '';
  const client = await connect(host, {
    password: 'secret',
    hostHash: 'sha256',
    hostVerifier: (hash: string) => {
      seen = hash;
      return true;
    },
  });
  client.end();
  expect(host.hostKeyFingerprint).toBe(
    `SHA256:${Buffer.from(seen, 'hex').toString('base64').replace(/=+$/, '')}`,
  );
  expect(host.hostKeyPublic).toMatch(/^ssh-ed25519 AAAA/);
});

test('a command answers with its output, its errors and its exit status', async () => {
  lab = await PracticeClient.start();
  expect(await lab.exec('id -un; echo oops >&2; exit 4')).toEqual({
    stdout: 'ubuntu\n',
    stderr: 'oops\n',
    exitCode: 4,
  });
  expect((await lab.exec('wc -c', 'héllo')).stdout.trim()).toBe('6');
});

test('a loader without sudo runs the script as the login user, with its secrets unexported', async () => {
  lab = await PracticeClient.start();
  const ran = await lab.script('id -un; printf "[%s]\\n" "$TOKEN"; env | grep -c TOKEN; cat', {
    secrets: [{ variable: 'TOKEN', value: "it's\n$HOME" }],
    stdin: 'rest',
  });
  expect(ran.stdout).toBe("ubuntu\n[it's\n$HOME]\n0\nrest");
});

test('sudo that needs a password asks for it and then runs the script as root', async () => {
  lab = await PracticeClient.start({ sudo: 'password' });
  expect(await lab.sudo('id -un')).toEqual({ stdout: 'root\n', stderr: PROMPT, exitCode: 0 });
});

test('sudo that needs no password discards a password line that was sent all the same', async () => {
  lab = await PracticeClient.start({ sudo: 'no-password' });
  const channel = await lab.open(sudoLoaderCommand(NONCE, PROMPT));
  const ran = collect(channel);
  channel.write('touch /tmp/never\n');
  await until(channel, (out) => out.includes(NONCE));
  channel.end(loaderFrame(NONCE, 'id -un; ls /tmp'));
  expect(await ran).toEqual({ stdout: `${NONCE}\nroot\n`, stderr: '', exitCode: 0 });
});

test('sudo turns a wrong password away three times', async () => {
  lab = await PracticeClient.start({ sudo: 'password' });
  const ran = await lab.sudo('id', ['a', 'b', 'c']);
  expect(ran).toEqual({
    stdout: '',
    stderr: `${PROMPT}Sorry, try again.\n${PROMPT}Sorry, try again.\n${PROMPT}sudo: 3 incorrect password attempts\n`,
    exitCode: 1,
  });
  expect((await lab.sudo('id -un', ['wrong', 'secret'])).stdout).toBe('root\n');
  expect((await lab.sudo('id', [])).stderr).toContain('sudo: no password was provided');
});

test('sudo refuses a user who is not in the sudoers file', async () => {
  lab = await PracticeClient.start({ sudo: 'denied' });
  const ran = await lab.sudo('id');
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toBe(
    `${PROMPT}ubuntu is not in the sudoers file.  This incident will be reported.\n`,
  );
  expect(ran.stdout).toBe('');
});

test('a loader whose input ends before the frame exits with its own status', async () => {
  lab = await PracticeClient.start({ sudo: 'no-password' });
  const channel = await lab.open(sudoLoaderCommand(NONCE, PROMPT));
  const ran = collect(channel);
  channel.end('secret\n');
  expect((await ran).exitCode).toBe(96);
});

test('commands on several channels of one connection run at the same time', async () => {
  lab = await PracticeClient.start();
  const waiting = Array.from({ length: 8 }, (_, index) =>
    lab?.script(`while [ ! -e /tmp/go ]; do sleep 0.02; done; echo ${index}`),
  );
  await lab.script('touch /tmp/go');
  const all = await Promise.all(waiting);
  expect(all.map((ran) => ran?.stdout)).toEqual(all.map((_, index) => `${index}\n`));
});

test('closing a channel ends the script that runs on it', async () => {
  lab = await PracticeClient.start();
  const channel = await lab.open('echo begun; while :; do sleep 0.02; done; echo never >/tmp/end');
  const over = collect(channel);
  await until(channel, (out) => out.includes('begun'));
  channel.close();
  await over;
  const { host } = lab;
  await eventually(
    async () => (await host.run('ps -e -o tty=,args= | grep -c "^? *sh$"')).stdout.trim(),
    (count) => count === '1',
  );
  expect((await host.run('ls /tmp/end')).exitCode).toBe(2);
});

test('an unreachable host drops its connections and accepts none until it is back', async () => {
  lab = await PracticeClient.start();
  const { host } = lab;
  host.setReachable(false);
  await expect(connect(host, { password: 'secret' })).rejects.toThrow();
  host.setReachable(true);
  (await connect(host, { password: 'secret' })).end();
});
