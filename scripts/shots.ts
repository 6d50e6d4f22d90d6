import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ssh2 from 'ssh2';
import { startEsxiApiLab } from '../src/main/practice/esxi/esxi-api-lab.ts';
import { startPracticeHost } from '../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../src/main/practice/practice-source.ts';
import { type KvmLabOptions, makeKvmLab } from '../test/e2e/kvm-lab.ts';
import { LabwrightApp } from '../test/e2e/labwright-app.ts';
import { MIRROR_STEPS, Screens } from '../test/e2e/screens.ts';
import { startServerLab } from '../test/e2e/server-lab.ts';
import { startEsxiPairLab } from '../test/unit/support/esxi-pair.ts';

const folder = resolve(process.argv[2] ?? 'shots');
mkdirSync(folder, { recursive: true });

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;

/** One state of one screen, in both themes and sizes. */
async function shot(screens: Screens, name: string): Promise<void> {
  const { page, language } = screens;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      // Layout and fonts settle in the next frames.
      await page.evaluate(() =>
        document.fonts.ready
          .then(() => new Promise(requestAnimationFrame))
          .then(() => {
            // Colours fade for a moment after the theme has changed; a spinner never ends.
            const fading = document.getAnimations().filter((each) => each instanceof CSSTransition);
            return Promise.all(fading.map(({ finished }) => finished.catch(() => undefined)));
          }),
      );
      const file = `${name}-${language}-${colorScheme}-${width}x${height}.png`;
      await page.screenshot({ path: join(folder, file) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  process.stderr.write(`${name} (${language})\n`);
}

async function walkPractice(language: 'en' | 'ja'): Promise<void> {
  const app = await LabwrightApp.open({ language });
  const screens = new Screens(app.page, language);
  try {
    await screens.button('start.practiceOpen').waitFor();
    await shot(screens, 'start');
    await app.page.getByRole('tab', { name: screens.text('start.fromExisting') }).click();
    await shot(screens, 'start-from-what-exists');
    await screens.openPractice();
    await screens.stepIs('mirror.disk', 'done');
    await screens.openStep('mirror.packages');
    await screens.button('guide.apply').waitFor();
    await shot(screens, 'guide-to-do');
    await screens.button('guide.applyAll').click();
    const panel = app.page.getByRole('complementary', { name: screens.text('nav.side') });
    const apply = panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }) });
    await apply.waitFor();
    await shot(screens, 'guide-preview');
    await apply.click();
    await screens.openStep('mirror.images');
    await app.page.getByRole('progressbar').first().waitFor();
    await shot(screens, 'guide-running');
    await screens.allDone(MIRROR_STEPS);
    await screens.openStep('mirror.files');
    await shot(screens, 'guide-done');
    await screens.openStep('mirror.images');
    await screens.button('guide.openTerminal').click();
    await screens.terminalShows('ubuntu@mirror');
    await app.page.locator('.xterm-helper-textarea').last().focus();
    await app.page.keyboard.press('Control+c');
    await screens.type('sudo find /var/www/html -name boot-initrd -delete; ls /var/www/html');
    await screens.stepIs('mirror.images', 'drifted');
    await shot(screens, 'guide-drifted-with-terminal');
    // Without a keyring the mirror run cannot succeed: what a failure looks like.
    await screens.type('sudo rm /usr/share/keyrings/ubuntu-cloudimage-keyring.gpg; echo gone');
    await screens.stepIs('mirror.images', 'drifted');
    await screens.button('dock.hide').click();
    await screens.openStep('mirror.images');
    await screens.button('guide.apply').click();
    await app.page.getByText(screens.text('failure.next')).first().waitFor();
    await shot(screens, 'guide-failed');
    for (const name of ['hosts', 'journal', 'plan', 'settings'] as const) {
      await screens.go(name);
      await app.page.waitForLoadState('networkidle');
      await shot(screens, name);
    }
    await screens.go('journal');
    await screens.button('undo.open').first().click();
    await app.page.getByRole('heading', { name: screens.text('undo.title') }).waitFor();
    await shot(screens, 'journal-undo');
    await app.page.keyboard.press('Escape');
    await screens.button('bundle.open').click();
    await app.page.getByRole('complementary').or(app.page.getByRole('dialog')).first().waitFor();
    await shot(screens, 'journal-support-bundle');
    await app.page.keyboard.press('Escape');
    await screens.go('plan');
    const editor = app.page.getByRole('main').locator('textarea').first();
    await editor.fill(`${await editor.inputValue()}mirors: 2\n`);
    await app.page
      .getByText(screens.text('plan.problems', { n: 1 }))
      .first()
      .waitFor();
    await shot(screens, 'plan-with-a-problem');
    await screens.go('guide');
    await app.page.locator('h1').click();
    await app.page.keyboard.press('?');
    await app.page.getByRole('dialog').waitFor();
    await shot(screens, 'keys');
  } catch (error) {
    await app.page.screenshot({ path: join(folder, `stuck-${language}.png`) });
    throw error;
  } finally {
    await app.close();
  }
}

/** A host that is new, then wants another password, then shows another key. */
async function walkTrust(language: 'en' | 'ja'): Promise<void> {
  const options = {
    hostname: 'rack-7',
    password: 'right',
    source: makePracticeSource({ line: 'v3' }),
  } as const;
  const host = await startPracticeHost({ ...options, sudo: 'password' });
  const app = await LabwrightApp.open({ language });
  const screens = new Screens(app.page, language);
  const field = (label: string) => app.page.getByLabel(label, { exact: true });
  try {
    await field(screens.text('form.name')).fill('Rack 7');
    await field(screens.text('form.address')).fill(host.address);
    await field(screens.text('form.port')).fill(String(host.port));
    await field(screens.text('form.password')).fill('wrong');
    await screens.button('form.create').click();
    await app.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
    await screens.stepIs('mirror.reachable', 'unknown');
    await shot(screens, 'guide-unknown');
    await screens.go('hosts');
    await screens.button('hosts.trust').waitFor();
    await shot(screens, 'hosts-new-key');
    await screens.button('hosts.trust').click();
    await app.page.locator('input[type=password]').waitFor();
    await shot(screens, 'hosts-wrong-password');
    await app.page.locator('input[type=password]').fill('right');
    await screens.button('hosts.secretSave').click();
    await app.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
    // As if the machine had been reinstalled: what is trusted is not what it shows now.
    const lab = decodeURIComponent(/lab\/([^/]+)\//.exec(app.page.url())?.[1] ?? '');
    const other = ssh2.utils.generateKeyPairSync('ed25519').public.split(' ').slice(0, 2).join(' ');
    const known = join(dirname(lab), '.labwright', 'known_hosts');
    writeFileSync(known, `[${host.address}]:${host.port} ${other}\n`);
    await screens.button('hosts.reconnect').click();
    await screens.button('hosts.replaceOpen').click();
    await app.page.getByRole('dialog').waitFor();
    await shot(screens, 'hosts-changed-key-replace');
    await app.page.keyboard.press('Escape');
    await shot(screens, 'hosts-changed-key');
  } catch (error) {
    await app.page.screenshot({ path: join(folder, `stuck-trust-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await host.close();
  }
}

/** What is rarely seen, and must be right when it is. */
async function walkTrouble(language: 'en' | 'ja'): Promise<void> {
  const host = await startPracticeHost({
    hostname: 'rack-7',
    password: 'right',
    sudo: 'password',
    source: makePracticeSource({ line: 'v3' }),
    bytesPerSecond: 300_000,
  });
  const app = await LabwrightApp.open({ language });
  const { page } = app;
  const screens = new Screens(page, language);
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const guide = () =>
    page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
  const open = async (where: Screens, path: string) => {
    await where.page.getByLabel(where.text('start.openPath'), { exact: true }).fill(path);
    await where.button('start.open').click();
    const title = where.text('nav.guide');
    await where.page.getByRole('heading', { name: title, level: 1 }).waitFor();
  };
  try {
    await field(screens.text('form.name')).fill('Rack 7');
    await field(screens.text('form.address')).fill(host.address);
    await field(screens.text('form.port')).fill(String(host.port));
    await field(screens.text('form.auth')).selectOption('key');
    await shot(screens, 'start-new-lab-with-key');
    await field(screens.text('form.auth')).selectOption('password');
    await field(screens.text('form.password')).fill('right');
    await screens.button('form.create').click();
    await guide();
    const lab = decodeURIComponent(/lab\/([^/]+)\//.exec(page.url())?.[1] ?? '');
    await screens.go('hosts');
    await screens.button('hosts.trust').click();
    await page.getByText(screens.text('hosts.state.connected')).first().waitFor();

    await screens.go('settings');
    await page.getByText(screens.text('vault.protect')).click();
    await field(screens.text('vault.passphrase')).fill('long enough');
    await field(screens.text('vault.again')).fill('long enough');
    await shot(screens, 'settings-vault-protecting');
    await screens.button('vault.protectButton').click();
    await page.getByText(screens.text('vault.store.passphrase')).waitFor();
    await shot(screens, 'settings-vault-protected');

    await screens.go('guide');
    await screens.openStep('mirror.packages');
    await screens.button('guide.apply').click();
    await screens.stepIs('mirror.packages', 'done');
    await page.getByTestId('run-banner').waitFor({ state: 'detached' });
    // Behind the app's back, twice: before the preview and after it.
    await host.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y apache2');
    await screens.button('top.checkAll').click();
    await screens.stepIs('mirror.packages', 'drifted');
    await screens.button('guide.apply').waitFor();
    await host.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y simplestreams');
    await screens.button('guide.apply').click();
    await page.getByText(screens.text('run.paused')).first().waitFor();
    await shot(screens, 'guide-paused');
    await screens.button('run.showDifference').click();
    await screens.button('run.acceptChange').waitFor();
    await shot(screens, 'guide-paused-difference');
    await screens.button('run.acceptChange').click();
    await screens.stepIs('mirror.packages', 'done');
    await page.getByTestId('run-banner').waitFor({ state: 'detached' });

    await screens.button('guide.applyAll').click();
    const panel = page.getByRole('complementary', { name: screens.text('nav.side') });
    await panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 3 }) }).click();
    await screens.openStep('mirror.images');
    await page.getByRole('progressbar').first().waitFor();
    const second = await app.openSecond();
    const reader = new Screens(second.page, language);
    await open(reader, lab);
    await reader.stepIs('mirror.packages', 'done');
    await shot(reader, 'guide-read-only');
    await reader.go('plan');
    await shot(reader, 'plan-read-only');
    await second.close();

    await app.startAgain();
    await open(screens, lab);
    await screens.go('settings');
    await screens.button('vault.unlock').waitFor();
    await shot(screens, 'settings-vault-locked');
    await screens.go('hosts');
    await screens.button('vault.unlock').waitFor();
    await shot(screens, 'hosts-vault-locked');
    await page.locator('input[type=password]').first().fill('long enough');
    await screens.button('vault.unlock').click();
    await page.getByText(screens.text('hosts.state.connected')).first().waitFor();
    await screens.go('guide');
    await page.getByText(screens.text('run.interrupted')).first().waitFor();
    await screens.openStep('mirror.images');
    await shot(screens, 'guide-interrupted');
    await screens.button('run.dismiss').click();

    host.setReachable(false);
    await screens.go('hosts');
    await screens.button('hosts.connect').click();
    await page.getByText(screens.text('hosts.state.failed')).first().waitFor();
    await shot(screens, 'hosts-unreachable');
    await screens.go('guide');
    await screens.button('top.checkAll').click();
    await screens.stepIs('mirror.reachable', 'unknown');
    await screens.openStep('mirror.reachable');
    await shot(screens, 'guide-unreachable');

    await screens.go('plan');
    const editor = page.getByRole('textbox', { name: 'lab.yaml' });
    await editor.fill(`${(await editor.inputValue()).trimEnd()}\n  `);
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Control+Space');
    await page.getByRole('listbox').waitFor();
    await shot(screens, 'plan-completion-keys');
    await editor.fill((await editor.inputValue()).replace(/refresh: \w+/, 'refresh: '));
    await page.keyboard.press('Escape');
    await editor.evaluate((area: HTMLTextAreaElement) => {
      const at = area.value.indexOf('refresh: ') + 'refresh: '.length;
      area.setSelectionRange(at, at);
    });
    await page.keyboard.press('Control+Space');
    await page.getByRole('listbox').waitFor();
    await shot(screens, 'plan-completion-values');

    const bare = join(app.home, 'bare', 'lab.yaml');
    mkdirSync(dirname(bare));
    writeFileSync(bare, 'version: 1\nname: Bare lab\n');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.goto(new URL('/', page.url()).href);
    await page.reload();
    await open(screens, bare);
    await shot(screens, 'guide-empty');
    for (const name of ['hosts', 'journal'] as const) {
      await screens.go(name);
      await shot(screens, `${name}-empty`);
    }
  } catch (error) {
    await page.screenshot({ path: join(folder, `stuck-trouble-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await host.close();
  }
}

/** Machines and the map, from what a host that does not answer now had an hour ago. */
async function walkMachines(language: 'en' | 'ja'): Promise<void> {
  const app = await LabwrightApp.open({ language });
  const screens = new Screens(app.page, language);
  const at = (screen: 'map' | 'nodes', options: KvmLabOptions) =>
    screens.openAt(makeKvmLab(app.home, options), screen);
  const grid = app.page.getByRole('grid');
  const row = (name: string) => grid.getByRole('row').filter({ hasText: name });
  try {
    await screens.button('start.practiceOpen').waitFor();
    await at('nodes', { heldByAnother: true });
    await row('node-2').waitFor();
    await shot(screens, 'nodes');
    await row('node-2').click();
    await app.page.getByRole('heading', { name: 'node-2', level: 2 }).waitFor();
    await shot(screens, 'nodes-details');
    await app.page.keyboard.press('Escape');
    await row('node-3').click();
    await app.page.getByRole('heading', { name: 'node-3', level: 2 }).waitFor();
    await shot(screens, 'nodes-details-planned');
    await app.page.keyboard.press('Escape');
    await app.page.getByLabel(screens.text('nodes.filter')).fill('zzz');
    await app.page.getByText(screens.text('nodes.nothing')).waitFor();
    await shot(screens, 'nodes-nothing-found');
    await at('nodes', { strangers: 2000, nodes: 50, heldByAnother: true });
    await row('node-2').first().waitFor();
    await shot(screens, 'nodes-many');
    await at('nodes', { nodes: 4 });
    await row('node-1').click();
    await screens.button('nodes.powerTo.off').click();
    await app.page.getByText(screens.text('risk.agree')).waitFor();
    await shot(screens, 'nodes-power');
    for (const [name, options] of [
      ['map', { heldByAnother: true }],
      ['map-trouble', { trouble: true, heldByAnother: true }],
      ['map-many', { strangers: 2000, nodes: 50, heldByAnother: true }],
    ] as const) {
      await at('map', options);
      await app.page.locator('.react-flow__node-lab').first().waitFor();
      await shot(screens, name);
    }
    await at('map', { trouble: true, heldByAnother: true });
    await screens.button('map.list').click();
    await shot(screens, 'map-list');
    await app.page.goto(`${new URL(app.page.url()).origin}/#/`);
    await screens.openPractice();
    const practice = decodeURIComponent(/lab\/([^/]+)\//.exec(app.page.url())?.[1] ?? '');
    await screens.openAt(practice, 'nodes');
    await app.page.getByText(screens.text('nodes.empty')).waitFor();
    await shot(screens, 'nodes-empty');
    await screens.go('map');
    await app.page.locator('.react-flow__node-lab').first().waitFor();
    await shot(screens, 'map-practice');
  } catch (error) {
    await app.page.screenshot({ path: join(folder, `stuck-machines-${language}.png`) });
    throw error;
  } finally {
    await app.close();
  }
}

/** An ESXi: its certificate, its licence, its network and machines, and another certificate. */
async function walkSite(language: 'en' | 'ja'): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'labwright-shots-'));
  const lab = await startEsxiApiLab({ directory, now: Date.now });
  const pins = join(directory, '.labwright', 'certificates.json');
  await rm(pins);
  const app = await LabwrightApp.open({ language });
  const { page } = app;
  const screens = new Screens(page, language);
  try {
    await page.getByLabel(screens.text('start.openPath'), { exact: true }).fill(lab.path);
    await screens.button('start.open').click();
    await page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
    await screens.stepIs('site.reachable', 'unknown');
    await shot(screens, 'guide-site-unknown');
    await screens.go('hosts');
    await screens.button('hosts.trustCertificate').waitFor();
    await shot(screens, 'hosts-new-certificate');
    await screens.button('hosts.trustCertificate').click();
    await page.getByText('Evaluation Mode').waitFor();
    await shot(screens, 'hosts-site');
    await screens.go('guide');
    lab.site.host.licence = 'free';
    await screens.button('top.checkAll').click();
    await screens.stepIs('site.licence', 'manual');
    await screens.openStep('site.licence');
    await shot(screens, 'guide-site-reads-only');
    await screens.go('hosts');
    await shot(screens, 'hosts-site-reads-only');
    lab.site.host.licence = 'evaluation';
    await screens.button('top.checkAll').click();
    await page.getByText('Evaluation Mode').waitFor();
    await screens.go('guide');
    await screens.stepIs('network.portgroup', 'todo');
    await screens.button('guide.applyAll').click();
    const panel = page.getByRole('complementary', { name: screens.text('nav.side') });
    const apply = panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }) });
    await apply.waitFor();
    await shot(screens, 'guide-site-preview');
    await apply.click();
    await page.locator('a[data-step="nodes.machine@node-3"][data-state="done"]').waitFor();
    await shot(screens, 'guide-site-done');
    const { address, port } = lab.site;
    const other = Array.from({ length: 32 }, () => 'A5').join(':');
    writeFileSync(pins, JSON.stringify({ [`${address}:${port}`]: other }));
    await app.startAgain();
    await page.getByLabel(screens.text('start.openPath'), { exact: true }).fill(lab.path);
    await screens.button('start.open').click();
    await page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
    await screens.go('hosts');
    await screens.button('hosts.replaceCertificateOpen').waitFor();
    await shot(screens, 'hosts-changed-certificate');
  } catch (error) {
    await page.screenshot({ path: join(folder, `stuck-site-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await lab.close();
  }
}

/** One ESXi with a free licence, by its API and its shell: which driver works, why, and a patch. */
async function walkBothDoors(language: 'en' | 'ja'): Promise<void> {
  const lab = await startEsxiPairLab({ patch: true });
  lab.site.host.build = lab.shell.esxi.build;
  lab.site.host.services.find(({ key }) => key === 'TSM-SSH')!.running = true;
  const app = await LabwrightApp.open({ language });
  const { page } = app;
  const screens = new Screens(page, language);
  try {
    await page.getByLabel(screens.text('start.openPath'), { exact: true }).fill(lab.path);
    await screens.button('start.open').click();
    await page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
    await screens.stepIs('site.shell', 'done');
    await screens.openStep('site.shell');
    await shot(screens, 'guide-site-by-shell');
    await screens.openStep('site.version');
    await shot(screens, 'guide-site-version');
    await screens.stepIs('esxi.update', 'todo');
    await screens.openStep('esxi.update');
    await shot(screens, 'guide-esxi-update');
    await screens.go('hosts');
    await shot(screens, 'hosts-site-by-shell');
  } catch (error) {
    await page.screenshot({ path: join(folder, `stuck-doors-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await lab.close();
  }
}

/** A server machine on ESXi, from what is published to the machine that is waited for. */
async function walkServers(language: 'en' | 'ja'): Promise<void> {
  const lab = await startServerLab();
  const app = await LabwrightApp.open({ language });
  const { page } = app;
  const screens = new Screens(page, language);
  const panel = page.getByRole('complementary', { name: screens.text('nav.side') });
  try {
    await screens.openAt(lab.path, 'guide');
    await screens.stepIs('servers.image', 'todo');
    await screens.openStep('servers.image');
    await shot(screens, 'servers-image');
    await screens.button('guide.applyAll').click();
    await panel.getByText(lab.publisher.sha256).first().waitFor();
    await panel.getByText(screens.text('guide.byHand')).first().click();
    await shot(screens, 'servers-preview');
    lab.publisher.troubles.push('hangs');
    await panel.getByRole('checkbox').check({ force: true });
    await panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 3 }) }).click();
    await page.getByRole('progressbar').first().waitFor();
    await shot(screens, 'servers-fetching');
    lab.publisher.hangUp();
    await screens.stepIs('servers.machine', 'done');
    await screens.openStep('servers.started');
    await shot(screens, 'servers-waiting');
  } catch (error) {
    await page.screenshot({ path: join(folder, `stuck-servers-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await lab.close();
  }
}

/** What a person says instead of a check, what they write at once with another, and what is searched. */
async function walkHands(language: 'en' | 'ja'): Promise<void> {
  const options = {
    hostname: 'old-mirror',
    password: 'right',
    source: makePracticeSource({ line: 'v2' }),
  } as const;
  const host = await startPracticeHost({ ...options, sudo: 'password' });
  const folderOfImages = '/var/www/html/images/ephemeral-v2/releases';
  await host.run(
    `mkdir -p ${folderOfImages}/streams/v1 && echo '{}' > ${folderOfImages}/streams/v1/index.sjson`,
  );
  const app = await LabwrightApp.open({ language });
  const { page } = app;
  const screens = new Screens(page, language);
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const say = async (what: 'claimed' | 'skipped', why: string) => {
    await screens.button(what === 'claimed' ? 'claim.claim' : 'claim.skip').click();
    await field(screens.text('claim.why')).fill(why);
    await screens.button(`claim.${what}.button`).click();
  };
  try {
    await page.getByRole('tab', { name: screens.text('start.fromExisting') }).click();
    await field(screens.text('form.address')).fill(host.address);
    await field(screens.text('form.port')).fill(String(host.port));
    await field(screens.text('form.user')).fill(host.user);
    await field(screens.text('form.password')).fill('right');
    await screens.button('propose.look').click();
    await screens.button('propose.trust', { address: host.address }).click();
    await page.getByText(screens.text('propose.directory')).first().waitFor();
    await shot(screens, 'start-proposal');

    await screens.openAt(makeKvmLab(app.home, { heldByAnother: true, manual: true }), 'guide');
    await screens.stepIs('network.bridge', 'manual');
    await screens.openStep('network.bridge');
    await shot(screens, 'guide-manual');

    await page.goto(`${new URL(page.url()).origin}/#/`);
    await screens.openPractice();
    const lab = decodeURIComponent(/lab\/([^/]+)\//.exec(page.url())?.[1] ?? '');
    await screens.stepIs('mirror.packages', 'todo');
    await screens.openStep('mirror.packages');
    await screens.button('guide.apply').click();
    await screens.stepIs('mirror.packages', 'done');
    await page.getByTestId('run-banner').waitFor({ state: 'detached' });
    await screens.openStep('mirror.web-root');
    await say(
      'claimed',
      language === 'ja' ? '別のディスクを割り当て済み' : 'Another disk is mounted there',
    );
    await screens.stepIs('mirror.web-root', 'claimed');
    await shot(screens, 'guide-claimed');
    await screens.openStep('mirror.images');
    await say(
      'skipped',
      language === 'ja' ? '外部に接続できないネットワーク' : 'This network has no way out',
    );
    await screens.stepIs('mirror.images', 'skipped');
    await shot(screens, 'guide-skipped');
    await screens.button('top.jobs', { n: 0 }).click();
    await page.getByRole('heading', { name: screens.text('jobs.title') }).waitFor();
    await shot(screens, 'jobs');
    await page.keyboard.press('Escape');

    await screens.openStep('mirror.packages');
    await screens.button('guide.openTerminal').click();
    await screens.terminalShows('ubuntu@mirror');
    await screens.type('ls /var/www /usr/share/keyrings; echo searched');
    await screens.terminalShows('searched');
    await page.getByRole('button', { name: screens.text('dock.search'), exact: true }).click();
    await page.getByRole('searchbox').fill('ubuntu');
    await shot(screens, 'terminal-search');
    await page.keyboard.press('Escape');
    await screens.button('dock.hide').click();

    await screens.go('plan');
    const editor = page.getByRole('textbox', { name: 'lab.yaml' });
    const text = await editor.inputValue();
    await editor.fill(text.replace('max: 1', 'max: 2'));
    writeFileSync(lab, `${text}# the same evening\n`);
    await page.getByText(screens.text('plan.changedOutside')).waitFor();
    await page.getByText('mirror.max').first().waitFor();
    await shot(screens, 'plan-changed-outside');
  } catch (error) {
    await page.screenshot({ path: join(folder, `stuck-hands-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await host.close();
  }
}

/** A snapshot first, what left the plan, a machine of somebody else, and the lab taken down. */
async function walkChanges(language: 'en' | 'ja'): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'labwright-shots-'));
  const lab = await startEsxiApiLab({ directory, now: Date.now });
  const { host } = lab.site;
  const app = await LabwrightApp.open({ language });
  const { page } = app;
  const screens = new Screens(page, language);
  const panel = page.getByRole('complementary', { name: screens.text('nav.side') });
  const row = (name: string) => page.getByRole('grid').getByRole('row').filter({ hasText: name });
  const inPanel = (name: string) => panel.getByRole('button', { name, exact: true });
  const step = (name: string, state: string) =>
    page.locator(`a[data-step="nodes.machine@${name}"][data-state="${state}"]`);
  try {
    await screens.openAt(lab.path, 'guide');
    await screens.stepIs('network.portgroup', 'todo');
    await screens.button('guide.applyAll').click();
    await inPanel(screens.text('guide.applySteps', { n: 4 })).click();
    await step('node-3', 'done').waitFor({ timeout: 60_000 });
    await page.getByTestId('run-banner').waitFor({ state: 'detached' });
    host.machine('node-1')!.memoryMb = 1024;
    host.changed();
    await step('node-1', 'drifted').waitFor();
    await step('node-1', 'drifted').click();
    await page.getByText(screens.text('snapshot.first', { machines: 'node-1' })).click();
    const action = screens.text('snapshot.take', { name: 'node-1' });
    await page.getByText(action, { exact: true }).waitFor();
    await shot(screens, 'guide-snapshot-first');
    await screens.button('guide.applyAll').click();
    await panel.getByText(screens.text('snapshot.first', { machines: 'node-1' })).click();
    await panel.getByText(action, { exact: true }).waitFor();
    await shot(screens, 'guide-preview-snapshot-first');
    await inPanel(screens.text('guide.applySteps', { n: 2 })).click();
    await step('node-1', 'done').waitFor({ timeout: 60_000 });
    await page.getByTestId('run-banner').waitFor({ state: 'detached' });
    await shot(screens, 'guide-snapshot-stays');
    await screens.go('nodes');
    await row('node-1').click();
    await panel.getByText(screens.text('nodes.snapshots')).waitFor();
    await shot(screens, 'nodes-snapshot');
    await inPanel(screens.text('nodes.snapshot.dropOpen')).click();
    await inPanel(screens.text('nodes.snapshot.dropButton')).waitFor();
    await shot(screens, 'nodes-snapshot-remove');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await screens.go('journal');
    await screens.button('undo.open').first().click();
    await panel.getByLabel(screens.text('undo.way')).selectOption('snapshot');
    await panel.getByText(screens.text('risk.agree')).waitFor();
    await shot(screens, 'journal-undo-by-snapshot');
    await page.keyboard.press('Escape');
    writeFileSync(lab.path, readFileSync(lab.path, 'utf8').replace('count: 3', 'count: 2'));
    await screens.go('nodes');
    await row('node-3').getByText(screens.text('nodes.owner.leftover')).waitFor();
    await row('node-3').click();
    await shot(screens, 'nodes-leftover');
    await inPanel(screens.text('nodes.leftover.open')).click();
    await panel.getByText(screens.text('risk.agree')).waitFor();
    await shot(screens, 'nodes-leftover-remove');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await row('old-proxy').click();
    await inPanel(screens.text('adopt.open')).click();
    await panel.getByText('adopt:').waitFor();
    await panel.getByLabel(screens.text('nodes.column.role'), { exact: true }).selectOption('node');
    await panel.getByText(screens.text('adopt.departs')).waitFor();
    await shot(screens, 'nodes-adopt');
    await inPanel(screens.text('adopt.button')).click();
    await row('old-proxy').getByText(screens.text('nodes.owner.adopted')).waitFor();
    await page.getByText(screens.text('adopt.unmarked', { name: 'old-proxy' })).waitFor();
    await shot(screens, 'nodes-adopted');
    await inPanel(screens.text('adopt.markOpen')).click();
    await panel.getByText(screens.text('risk.agree')).waitFor();
    await shot(screens, 'nodes-mark');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await screens.go('journal');
    await screens.button('teardown.open').click();
    await panel.getByText(screens.text('risk.agree')).waitFor();
    await shot(screens, 'journal-teardown');
  } catch (error) {
    await page.screenshot({ path: join(folder, `stuck-changes-${language}.png`) });
    throw error;
  } finally {
    await app.close();
    await lab.close();
  }
}

const WALKS = {
  changes: walkChanges,
  hands: walkHands,
  trust: walkTrust,
  practice: walkPractice,
  trouble: walkTrouble,
  machines: walkMachines,
  site: walkSite,
  doors: walkBothDoors,
  servers: walkServers,
};
const wanted = process.argv.slice(3);

for (const language of ['en', 'ja'] as const) {
  for (const [name, walk] of Object.entries(WALKS)) {
    if (wanted.length === 0 || wanted.includes(name)) await walk(language);
  }
}
