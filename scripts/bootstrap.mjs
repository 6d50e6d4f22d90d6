// Does all the set-up that the README's two commands need, with nothing but Node 20 and npm.
// Progress goes to stderr: the output of a command stays clean.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [task = 'start', ...rest] = process.argv.slice(2);
const say = (line) => process.stderr.write(`labwright: ${line}\n`);
const windows = process.platform === 'win32';
/** Node 24, as inside Electron 45, whatever this machine has. */
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

const FETCH_AGAIN_MS = 60 * 60 * 1000;

function stop(line) {
  say(line);
  process.exit(2);
}

/** Runs to the end; output of the step goes to stderr. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows && command === 'npm',
    ...options,
  });
  if (result.error) return { code: 1, why: result.error.message };
  return { code: result.status ?? 1, why: result.signal ?? `exit code ${result.status}` };
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function installDependencies() {
  const stamp = join(root, 'node_modules', '.labwright-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (readStamp(stamp) === wanted && existsSync(node)) return;
  say('installing what is missing (npm install); about a minute');
  // Not `npm ci`: it refuses a lock file that was made where some platforms' optional packages
  // could not be had. The locked versions are installed all the same, and nothing is written.
  // Electron's own binary is fetched later, and only where there is a use for it.
  const { code, why } = run('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  if (code !== 0)
    stop(`npm install failed (${why}). Check the network and the registry of your npm.`);
  if (!existsSync(node))
    stop('npm install did not bring Node 24 (package "node"). Run npm install by hand to see why.');
  writeFileSync(stamp, wanted);
}

function newestIn(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
}

function build() {
  const stamp = join(root, 'dist', '.built');
  const files = ['package-lock.json', 'package.json', 'vite.config.ts', 'scripts/build.ts'];
  const newest = Math.max(
    newestIn(join(root, 'src')),
    ...files.map((file) => statSync(join(root, file)).mtimeMs),
  );
  if (Number(readStamp(stamp)) >= newest) return;
  say('building; about 20 seconds');
  const { code, why } = run(node, ['scripts/build.ts']);
  if (code !== 0) stop(`the build failed (${why}).`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, String(newest));
}

/** Electron's executable, or why it is not to be had. */
function findElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { why: 'there is no display here' };
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return { why: 'Electron does not run as root with its sandbox on' };
  }
  const name =
    { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ??
    'electron';
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const path = join(override, name);
    return existsSync(path) ? { path } : { why: `ELECTRON_OVERRIDE_DIST_PATH has no ${name}` };
  }
  const path = join(root, 'node_modules', 'electron', 'dist', name);
  if (!existsSync(path)) {
    // Behind a wall that swallows packets a try takes minutes: not at every start.
    const failed = join(root, 'node_modules', 'electron', '.labwright-not-fetched');
    const tried = statSync(failed, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - tried < FETCH_AGAIN_MS) {
      return { why: 'its binary could not be fetched when it was last tried, within the hour' };
    }
    say('fetching Electron (once); three minutes at most');
    const { code } = run(node, [join('node_modules', 'electron', 'install.js')], {
      timeout: 180_000,
      stdio: 'ignore',
    });
    if (code !== 0 || !existsSync(path)) {
      writeFileSync(failed, '');
      return { why: 'its binary could not be fetched' };
    }
  }
  return { path };
}

/** Hands the terminal over to a command and ends as it ends. */
function become(command, args) {
  const child = spawn(command, args, {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.once('error', (error) => stop(error.message));
  child.once('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}

installDependencies();
switch (task) {
  case 'start': {
    build();
    const electron = findElectron();
    if (electron.path) {
      say('opening the desktop app');
      become(electron.path, [root, ...rest]);
    } else {
      say(`opening the browser shell, because ${electron.why}`);
      become(node, [join(root, 'dist', 'cli.js'), 'serve', ...rest]);
    }
    break;
  }
  case 'labwright':
    build();
    become(node, [join(root, 'dist', 'cli.js'), ...rest]);
    break;
  case 'test':
    become(node, [join(root, 'scripts', 'test.ts'), ...rest]);
    break;
  case 'shots':
    build();
    become(node, [join(root, 'scripts', 'shots.ts'), ...rest]);
    break;
  case 'bench': {
    const [name = '', ...options] = rest;
    const program = join(root, 'test', 'bench', `${name}.ts`);
    if (!/^[a-z][a-z-]*$/.test(name) || !existsSync(program)) stop(`no bench ${name}`);
    become(node, [program, ...options]);
    break;
  }
  default:
    stop(`no task ${task}`);
}
