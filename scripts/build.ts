import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

/** Native add-ons of ssh2 are left out on purpose: they are tied to one Node and one OpenSSL. */
const NATIVE = ['*.node', 'cpu-features', './crypto/build/Release/sshcrypto.node'];
/** Optional parts of the practice lab's shell that it loads only for commands we do not offer. */
const UNUSED = ['@mongodb-js/zstd', 'node-liblzma', 'sql.js', 'quickjs-emscripten'];

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: false,
  // ssh2 tells its channels apart by the name of their class; a renamed one ends the process.
  keepNames: true,
  sourcemap: false,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  external: ['electron', ...NATIVE, ...UNUSED],
  define: { LABWRIGHT_VERSION: JSON.stringify(version) },
};

// CommonJS packages inside an ES module bundle still call require and read __dirname.
const banner = {
  js: "import { createRequire as labwrightRequire } from 'node:module'; const require = labwrightRequire(import.meta.url); const __dirname = import.meta.dirname;",
};

const esm = await build({
  ...common,
  entryPoints: {
    cli: 'src/main/cli/main.ts',
    desktop: 'src/main/desktop/main.ts',
    'selection-worker': 'src/main/drivers/simplestreams/selection-worker.ts',
    'body-worker': 'src/main/drivers/maas/body-worker.ts',
    'signature-worker': 'src/main/images/signature-worker.ts',
  },
  outdir: 'dist',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner,
});
// Chunks of earlier builds go only now: a build that fails leaves the last good one whole.
const made = new Set(Object.keys(esm.metafile?.outputs ?? {}).map((path) => basename(path)));
for (const name of readdirSync(join(root, 'dist/chunks'))) {
  if (!made.has(name)) rmSync(join(root, 'dist/chunks', name));
}
const preload = await build({
  ...common,
  entryPoints: { preload: 'src/preload/preload.ts' },
  outdir: 'dist',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
});
for (const { metafile } of [esm, preload]) {
  for (const [path, { bytes }] of Object.entries(metafile?.outputs ?? {})) {
    if (bytes > 200_000) console.log(`  ${path}  ${Math.round(bytes / 1000)} kB`);
  }
}
const vite = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
  { cwd: root, stdio: 'inherit' },
);
const notices = spawnSync(process.execPath, [join(root, 'scripts/notices.ts')], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.exitCode = vite.status || notices.status || 0;
if (vite.status === null || notices.status === null) process.exitCode = 1;
