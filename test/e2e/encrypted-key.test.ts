import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../../src/main/practice/practice-source.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const PASSPHRASE = 'blue battery 7';
const key = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: PASSPHRASE,
  cipher: 'aes256-cbc',
  rounds: 4,
});
let host: PracticeHost;
let app: LabwrightApp;
let screens: Screens;

beforeAll(async () => {
  host = await startPracticeHost({
    hostname: 'rack-9',
    authorizedKeys: [key.public],
    sudo: 'no-password',
    source: makePracticeSource({ line: 'v3' }),
  });
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
});

afterAll(async () => {
  await app?.close();
  await host?.close();
});

const field = (label: string) => app.page.getByLabel(label, { exact: true });
const lab = () => decodeURIComponent(/lab\/([^/]+)\//.exec(app.page.url())?.[1] ?? '');

async function reach(): Promise<void> {
  await field(screens.text('form.address')).fill(host.address);
  await field(screens.text('form.port')).fill(String(host.port));
  await field(screens.text('form.user')).fill(host.user);
}

test('a pasted key and its passphrase go to the vault, and lab.yaml names them', async () => {
  await field(screens.text('form.name')).fill('Rack nine');
  await reach();
  await field(screens.text('form.auth')).selectOption('key');
  await field(screens.text('form.key')).fill(key.private);
  await field(screens.text('form.keyPassphrase')).fill('not this one');
  await screens.button('form.create').click();
  await app.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
  const text = await readFile(lab(), 'utf8');
  expect(text).toContain('key_passphrase: mirror-key-passphrase');
  expect(text).not.toContain('not this one');
  expect(text).not.toContain('PRIVATE KEY');
});

test('a wrong passphrase is asked for again, and the right one opens the key', async () => {
  await screens.go('hosts');
  await field(screens.text('hosts.secretValue', { name: 'mirror-key-passphrase' })).fill(
    PASSPHRASE,
  );
  await screens.button('hosts.secretSave').click();
  await screens.button('hosts.trust').click();
  await app.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
});

test('an encrypted key file is opened too, also after the host key was trusted on the way', async () => {
  const file = join(app.home, 'id_rack');
  await writeFile(file, key.private, { mode: 0o600 });
  await app.page.goto(new URL('/', app.page.url()).href);
  await app.page.getByRole('tab', { name: screens.text('start.fromExisting') }).click();
  await reach();
  await field(screens.text('form.auth')).selectOption('key_file');
  await field(screens.text('form.keyFile')).fill(file);
  await field(screens.text('form.keyPassphrase')).fill(PASSPHRASE);
  await screens.button('propose.look').click();
  // The field is empty now; the passphrase is in the vault for the second look.
  await screens.button('propose.trust', { address: host.address }).click();
  await app.page.getByText(screens.text('propose.found'), { exact: true }).waitFor();
  expect(app.pageErrors).toEqual([]);
});
