import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const ci = process.env.CI === 'true';
const bin = join(root, 'node_modules');
const asRoot = process.getuid?.() === 0;

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

interface Tier {
  readonly name: string;
  readonly run: () => Outcome;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function node(args: readonly string[], env: Record<string, string> = {}): number {
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return result.status ?? 1;
}

/** A check that is one test: it passes or fails. */
function once(args: readonly string[]): () => Outcome {
  return () => {
    const failed = node(args) === 0 ? 0 : 1;
    return { passed: 1 - failed, failed, skipped: 0 };
  };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  success: boolean;
}

/** Runs vitest and counts; a file that could not even be loaded counts as a failure. */
function vitest(project: string, before: readonly string[] = []): () => Outcome {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'labwright-test-'));
    const report = join(folder, 'report.json');
    try {
      const code = node([
        ...before,
        join(bin, 'vitest/vitest.mjs'),
        'run',
        `--project=${project}`,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ]);
      if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
      const found = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
      const { numPassedTests: passed, numPendingTests, numTodoTests } = found;
      const failed = found.numFailedTests || (code === 0 ? 0 : 1);
      return { passed, failed, skipped: numPendingTests + numTodoTests };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** Debian packages that the browser and the real tier need, by a command or a file of theirs. */
const PACKAGES: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  'fc-list': 'fontconfig',
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  zstd: 'zstd',
  ssh: 'openssh-client',
  ip: 'iproute2',
  gpg: 'gnupg',
  gpgv: 'gpgv',
  'apt-ftparchive': 'apt-utils',
  python3: 'python3',
  go: 'golang-go',
  '/usr/share/gocode/src/github.com/vmware/govmomi': 'golang-github-vmware-govmomi-dev',
  '/usr/lib/python3/dist-packages/pyVmomi': 'python3-pyvmomi',
  virsh: 'libvirt-clients',
  xorriso: 'xorriso',
  blkid: 'util-linux',
  mke2fs: 'e2fsprogs',
  'qemu-img': 'qemu-utils',
};

function onPath(command: string): boolean {
  if (command.startsWith('/')) return existsSync(command);
  const folders = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`.split(
    delimiter,
  );
  return folders.some((folder) => existsSync(join(folder, command)));
}

/** On Debian as root, brings what is missing; elsewhere says what would be needed. */
function installPackages(): string[] {
  const missing = Object.keys(PACKAGES).filter((command) => !onPath(command));
  const names = [...new Set(missing.map((command) => PACKAGES[command] ?? command))];
  const fonts = existsSync('/usr/share/fonts/opentype/noto') ? [] : ['fonts-noto-cjk'];
  const wanted = [...names, ...fonts];
  if (wanted.length === 0 || !asRoot || !onPath('apt-get')) return names;
  say(`installing for the tests: ${wanted.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-q', '-y', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
      .status;
  apt('update');
  apt('install', '--no-install-recommends', ...wanted);
  return Object.keys(PACKAGES)
    .filter((command) => !onPath(command))
    .map((command) => PACKAGES[command] ?? command);
}

function skippedTier(why: string): () => Outcome {
  return () => {
    say(`skipped: ${why}`);
    return { passed: 0, failed: 0, skipped: 1 };
  };
}

const wanted = process.argv.slice(2);
const wants = (name: string) => wanted.length === 0 || wanted.includes(name);
const needsMachine = ['e2e', 'shim', 'real'].some(wants);
const startedAt = Date.now();
const lacking = needsMachine ? installPackages() : [];
const noBrowser = lacking.includes('chromium') ? 'chromium is not installed' : undefined;
const noBed = !asRoot
  ? 'the real tier needs root (it starts containers)'
  : lacking.length > 0
    ? `not installed: ${lacking.join(', ')}`
    : undefined;

const tiers: Tier[] = [
  { name: 'lint', run: once([join(bin, '@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings']) },
  { name: 'types', run: () => types() },
  {
    name: 'walls',
    run: once([
      join(bin, 'dependency-cruiser/bin/dependency-cruise.mjs'),
      'src',
      '--output-type',
      'err',
    ]),
  },
  { name: 'unused', run: once([join(bin, 'knip/bin/knip.js')]) },
  { name: 'unit', run: vitest('unit') },
  { name: 'walk', run: vitest('walk') },
  { name: 'build', run: once(['scripts/build.ts']) },
  { name: 'e2e', run: noBrowser ? skippedTier(noBrowser) : vitest('e2e') },
  { name: 'shim', run: noBrowser ? skippedTier(noBrowser) : vitest('shim') },
  { name: 'electron', run: vitest('electron') },
  { name: 'real', run: noBed ? skippedTier(noBed) : vitest('real', ['test/bed/run-in-bed.ts']) },
];

/** TypeScript 7 is a native program behind a small launcher. */
function types(): Outcome {
  return once([join(bin, 'typescript-7/bin/tsc'), '-p', '.'])();
}

const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
for (const { name, run } of tiers) {
  // What is built is tested: a tier that needs the build brings it along.
  const pulled = name === 'build' && ['e2e', 'shim', 'electron', 'real'].some(wants);
  if (!wants(name) && !pulled) continue;
  say(`\n── ${name}`);
  const from = Date.now();
  const outcome = run();
  if (ci && outcome.skipped > 0 && name !== 'electron') {
    say(`${name}: nothing may be skipped under CI`);
    outcome.failed += 1;
  }
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
  const seconds = ((Date.now() - from) / 1000).toFixed(1).padStart(7);
  lines.push(
    `${name.padEnd(9)}${seconds} s  ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`,
  );
}
say(`\n${lines.join('\n')}`);
say(`total    ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(7)} s`);
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
