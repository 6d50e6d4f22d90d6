import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DIST } from './launch.ts';

const ROOT = resolve(DIST, '..');
const REPOSITORY = join(import.meta.dirname, '../..');

/** Where Electron keeps its fuses: this text, a version, a count, then a byte each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Fuses of wire version 1, in their order there. */
const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
];
/** As in a fresh Electron: all can be set, and are on where that is less safe. */
const FRESH = '10110001';
const WANTED = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
};

/** Left out in scripts/build.ts: commands of the practice lab's shell that are not offered. */
const NEVER_LOADED = ['sql.js', 'quickjs-emscripten', '@mongodb-js/zstd', 'node-liblzma'];

let folder: string;

/** A folder that looks enough like an Electron distribution to be packaged. */
async function stubDistribution(path: string): Promise<void> {
  await mkdir(join(path, 'resources'), { recursive: true });
  const wire = Buffer.from([1, FUSES.length]);
  const binary = Buffer.concat([Buffer.from(SENTINEL), wire, Buffer.from(FRESH)]);
  await writeFile(join(path, 'electron'), binary);
  await chmod(join(path, 'electron'), 0o755);
  await writeFile(join(path, 'chrome-sandbox'), '');
  await writeFile(join(path, 'LICENSE'), 'Electron');
}

async function packageApp(output: string, electronDist: string): Promise<void> {
  const builder = spawn(
    process.execPath,
    [
      join(REPOSITORY, 'node_modules/electron-builder/cli.js'),
      '--linux',
      'dir',
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${output}`,
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said: Buffer[] = [];
  builder.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  builder.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(builder, 'exit')) as [number];
  if (code !== 0) throw new Error(Buffer.concat(said).toString());
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));
}

describe('the package', { timeout: 120_000 }, () => {
  const unpacked = () => join(folder, 'release/linux-unpacked');
  const archive = () => join(unpacked(), 'resources/app.asar');
  let packed: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labwright-package-'));
    await stubDistribution(join(folder, 'electron'));
    await packageApp(join(folder, 'release'), join(folder, 'electron'));
    packed = listPackage(archive(), { isPack: false }).map((path) => path.replace(/^\//, ''));
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('holds the whole build', async () => {
    const left = /\.map$|^cli\.js$|^THIRD-PARTY-NOTICES\.txt$/;
    const built = (await filesIn(DIST)).filter((file) => !left.test(file));
    expect(built).toContain('desktop.js');
    expect(built).toContain('preload.cjs');
    expect(built).toContain('renderer/index.html');
    expect(packed).toEqual(expect.arrayContaining(built.map((file) => `dist/${file}`)));
  });

  test('holds nothing else', () => {
    const others = packed.filter((path) => !/^dist(\/|$)/.test(path));
    expect(others.sort()).toEqual([
      'assets',
      'assets/icons',
      'assets/icons/256x256.png',
      'package.json',
    ]);
    const unwanted = /node_modules|\.tsx?$|\.map$|\.node$|\.test\.|(^|\/)(src|test|seed)\//;
    expect(packed.filter((path) => unwanted.test(path))).toEqual([]);
  });

  test('needs no package: the bundles import only Node, Electron and each other', async () => {
    const { metafile } = await build({
      entryPoints: [join(DIST, 'desktop.js')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'silent',
      outdir: folder,
    });
    const imports = Object.values(metafile.inputs)
      .flatMap((input) => input.imports)
      .filter(({ kind, external }) => kind === 'import-statement' && external === true)
      .map(({ path }) => path);
    expect(imports).toContain('electron');
    const packages = imports.filter((path) => path !== 'electron' && !isBuiltin(path));
    expect(packages.filter((path) => !NEVER_LOADED.includes(path))).toEqual([]);
  });

  test('starts with the desktop bundle and says nothing about how it was made', () => {
    const text = extractFile(archive(), 'package.json').toString('utf8');
    const manifest = JSON.parse(text) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: 'labwright', main: 'dist/desktop.js', type: 'module' });
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  test('carries the licences of what it contains, readable without unpacking', async () => {
    const notices = await readFile(join(unpacked(), 'resources/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(notices).toMatch(/^\[LGPL\] @canonical\/react-components /m);
    expect(notices).toMatch(/^\[LGPL\] vanilla-framework /m);
    expect(notices).toMatch(/^ {7}react-dom /m);
    expect(notices).toMatch(/^ {7}ssh2 \S+ \(MIT\)/m);
    expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(notices).toMatch(/GNU GENERAL PUBLIC LICENSE\s+Version 3/);
  });

  test('has its fuses set in the binary', async () => {
    const binary = await readFile(join(unpacked(), 'labwright'));
    const start = binary.indexOf(SENTINEL) + SENTINEL.length + 2;
    const state = FUSES.map((name, index) => [name, binary[start + index] === '1'.charCodeAt(0)]);
    expect(Object.fromEntries(state)).toEqual(WANTED);
  });
});

describe('what goes around the package', () => {
  test('every size of the icon is there and is what its name says', async () => {
    for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) {
      const png = await readFile(join(REPOSITORY, `assets/icons/${size}x${size}.png`));
      expect(png.toString('latin1', 1, 4)).toBe('PNG');
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
  });

  test('the Windows and macOS icons hold those images', async () => {
    const ico = await readFile(join(REPOSITORY, 'assets/icon.ico'));
    const sizes = [];
    for (let at = 6; sizes.length < ico.readUInt16LE(4); at += 16) {
      const image = ico.subarray(ico.readUInt32LE(at + 12)).subarray(0, ico.readUInt32LE(at + 8));
      expect(image.readUInt32BE(16) % 256).toBe(ico[at]);
      sizes.push(image.readUInt32BE(16));
    }
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);

    const icns = await readFile(join(REPOSITORY, 'assets/icon.icns'));
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const images: Record<string, number> = {};
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      images[icns.toString('latin1', at, at + 4)] = icns.readUInt32BE(at + 8 + 16);
    }
    expect(images).toMatchObject({ ic11: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 });
  });

  test('the desktop entry for packagers is the one that electron-builder writes', async () => {
    const text = await readFile(join(REPOSITORY, 'electron-builder.yml'), 'utf8');
    const { linux } = parse(text) as { linux: { desktop: { entry: Record<string, string> } } };
    const entry = await readFile(join(REPOSITORY, 'assets/labwright.desktop'), 'utf8');
    for (const [key, value] of Object.entries(linux.desktop.entry)) {
      expect(entry.split('\n')).toContain(`${key}=${value}`);
    }
  });
});
