import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../../src/main/practice/practice-source.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const PASSWORD = 'correct horse 42';
let host: PracticeHost;
let way: Server;
let connections = 0;
let app: LabwrightApp;
let screens: Screens;

beforeAll(async () => {
  host = await startPracticeHost({
    hostname: 'rack-7',
    password: PASSWORD,
    sudo: 'password',
    source: makePracticeSource({ line: 'v3' }),
  });
  // The way to it, on which it is seen how often somebody comes.
  way = createServer((client) => {
    connections += 1;
    const onward = connect(host.port, host.address);
    for (const end of [client, onward]) end.on('error', () => end.destroy());
    client.pipe(onward).pipe(client);
  });
  await new Promise<void>((done) => way.listen(0, host.address, done));
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
});

afterAll(async () => {
  await app?.close();
  way?.close();
  await host?.close();
});

const field = (label: string) => screens.page.getByLabel(label, { exact: true });

test('a form that is not complete says where, and writes nothing', async () => {
  await screens.button('form.create').click();
  await screens.page.getByText(screens.text('form.wrong.labName')).waitFor();
});

test('New lab writes a lab.yaml without the password in it', async () => {
  await field(screens.text('form.name')).fill('Rack seven');
  await field(screens.text('form.address')).fill(host.address);
  await field(screens.text('form.port')).fill(String((way.address() as AddressInfo).port));
  await field(screens.text('form.user')).fill(host.user);
  await field(screens.text('form.password')).fill('a wrong password');
  await screens.button('form.create').click();
  await screens.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
  const path = decodeURIComponent(/lab\/([^/]+)\//.exec(screens.page.url())?.[1] ?? '');
  const text = await readFile(path, 'utf8');
  expect(text).toContain(host.address);
  expect(text).not.toContain('a wrong password');
});

test('an unknown host asks for its fingerprint to be compared, and is trusted once', async () => {
  await screens.go('hosts');
  await screens.page.getByText(host.hostKeyFingerprint).first().waitFor();
  await screens.button('hosts.trust').click();
});

test('a wrong password is asked for again, right there', async () => {
  const answer = screens.page.locator('input[type=password]');
  await answer.waitFor();
  const before = connections;
  await answer.fill(PASSWORD);
  await screens.button('hosts.secretSave').click();
  await screens.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
  await screens.go('guide');
  await screens.stepIs('mirror.sudo', 'done');
  await screens.stepIs('mirror.packages', 'todo');
  // Connected once: a second look would have cut the first one off.
  expect(connections - before).toBe(1);
});

test('a plan that is edited outside simply is the text, while nothing is typed', async () => {
  const path = decodeURIComponent(/lab\/([^/]+)\//.exec(screens.page.url())?.[1] ?? '');
  await screens.go('plan');
  const { writeFile } = await import('node:fs/promises');
  const text = await readFile(path, 'utf8');
  const editor = screens.page.getByRole('textbox', { name: 'lab.yaml' });
  const notice = screens.page.getByText(screens.text('plan.changedOutside'));
  const shows = (wanted: string) =>
    expect.poll(() => editor.inputValue(), { timeout: 10_000 }).toBe(wanted);
  await writeFile(path, `${text}# edited elsewhere\n`);
  await shows(`${text}# edited elsewhere\n`);
  expect(await notice.count()).toBe(0);
  // Put back, and only then written on: nothing is lost, so nothing is said.
  await writeFile(path, text);
  await shows(text);
  await editor.fill(`${text}# typed\n`);
  await screens.page.getByText(screens.text('plan.unsaved')).waitFor();
  expect(await notice.count()).toBe(0);
  // Now there is something to lose.
  await writeFile(path, `${text}# edited again\n`);
  await notice.waitFor();
  expect(await editor.inputValue()).toBe(`${text}# typed\n`);
  await writeFile(path, text);
  await notice.waitFor({ state: 'detached' });
  await screens.button('plan.revert').click();
});

test('the window that is opened with the same one-time address again is refused', async () => {
  const page = await app.newPage();
  const answer = await page.goto(`${new URL(screens.page.url()).origin}/enter?ticket=used`);
  expect(answer?.status()).toBe(403);
  await page.close();
});

test('the lab folder keeps its own part out of git', async () => {
  const path = decodeURIComponent(/lab\/([^/]+)\//.exec(screens.page.url())?.[1] ?? '');
  expect(await readFile(join(path, '../.labwright/.gitignore'), 'utf8')).toBe('*\n');
});
