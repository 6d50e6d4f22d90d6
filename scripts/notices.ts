/**
 * Writes dist/THIRD-PARTY-NOTICES.txt: every npm package of which something is really in the
 * bundles, with its licence texts. Run after scripts/build.ts.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const MODULES = `node_modules${sep}`;
const LICENCE_FILE = /^(licen[cs]e|copying|notice|unlicense|third.?party)/i;
const RULE = `${'='.repeat(80)}\n`;

/** The same entries as in scripts/build.ts. */
const MAIN = [
  'src/main/cli/main.ts',
  'src/main/desktop/main.ts',
  'src/main/drivers/simplestreams/selection-worker.ts',
  'src/main/images/signature-worker.ts',
  'src/preload/preload.ts',
];
const RENDERER = 'src/renderer/main.tsx';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** As npm wrote it before 2014; ssh2 still does. */
  readonly licenses?: readonly { readonly type: string }[];
  readonly author?: string | { readonly name?: string };
  readonly repository?: string | { readonly url?: string };
}

interface Package {
  readonly manifest: Manifest;
  readonly folder: string;
}

/** Files of the bundles of which at least a byte is left after dead code was removed. */
async function bundledFiles(entryPoints: string[], platform: 'node' | 'browser') {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    platform,
    format: 'esm',
    jsx: 'automatic',
    logLevel: 'error',
    plugins: [
      {
        name: 'only-what-is-shipped',
        setup({ onResolve }) {
          const optional =
            /^(electron|cpu-features|@mongodb-js\/zstd|node-liblzma|sql\.js|quickjs-emscripten)$/;
          onResolve({ filter: optional }, ({ path }) => ({ path, external: true }));
          onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
        },
      },
    ],
    loader: { '.woff2': 'file', '.woff': 'file', '.svg': 'file', '.png': 'file', '.scss': 'file' },
  });
  const outputs = Object.values(metafile.outputs);
  return outputs.flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
}

/** Packages that Sass files import; esbuild does not look into those. */
function styledFiles(): string[] {
  const sheets = readdirSync(join(ROOT, 'src/renderer'), { recursive: true, encoding: 'utf8' });
  return sheets
    .filter((file) => file.endsWith('.scss') && !file.includes(MODULES))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, 'src/renderer', file), 'utf8');
      return [...text.matchAll(/@(?:import|use|forward)\s+['"]([^'".][^'"]*)['"]/g)];
    })
    .map(([, path]) => join(MODULES, path!.replace(/^pkg:/, '')));
}

/** The package that a file belongs to: the innermost folder below node_modules that has a name. */
function packageOf(file: string): Package | undefined {
  const at = file.lastIndexOf(MODULES);
  if (at === -1) return undefined;
  const depth = file.startsWith('@', at + MODULES.length) ? 2 : 1;
  const name = file
    .slice(at + MODULES.length)
    .split(sep)
    .slice(0, depth);
  const folder = join(ROOT, file.slice(0, at + MODULES.length), ...name);
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    return { manifest, folder };
  } catch {
    // A Sass file of ours with a plain name.
    return undefined;
  }
}

function licenceTexts(entry: Package): string {
  const { folder } = entry;
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length > 0) return texts.join('\n\n');
  return `The package carries no licence file; its manifest says: ${licence(entry)}.`;
}

const licence = ({ manifest: { license, licenses = [] } }: Package) =>
  license ?? licenses.map(({ type }) => type).join(' or ');

function title(entry: Package): string {
  return `${entry.manifest.name} ${entry.manifest.version} (${licence(entry)})`;
}

function heading(entry: Package): string {
  const { author, repository } = entry.manifest;
  const by = typeof author === 'string' ? author : author?.name;
  const source = typeof repository === 'string' ? repository : repository?.url;
  const lines = [title(entry)];
  if (by !== undefined) lines.push(`Author: ${by}`);
  if (source !== undefined) lines.push(`Source: ${source}`);
  return lines.join('\n');
}

const isLgpl = (entry: Package) => licence(entry).startsWith('LGPL');

function section(entry: Package): string {
  return `${RULE}${heading(entry)}\n\n${licenceTexts(entry)}\n\n`;
}

/** The LGPL asks that its text and the GPL's come along, and that the library can be replaced. */
function lgplNote(packages: readonly Package[]): string {
  const names = packages.map(({ manifest }) => `${manifest.name} ${manifest.version}`).join(', ');
  const texts = ['LGPL-3.0', 'GPL-3.0'].map((name) =>
    readFileSync(join(ROOT, `assets/licenses/${name}.txt`), 'utf8'),
  );
  return [
    `${RULE}LGPL-3.0 packages: ${names}\n\n`,
    'Labwright uses these packages unchanged, under the GNU Lesser General Public License,\n',
    'version 3. You may use a changed version of them: take the source code of Labwright,\n',
    'install the changed package into node_modules, and build it anew (npm start does).\n',
    'Both licence texts follow.\n\n',
    ...texts.map((text) => `${RULE}${text}\n`),
  ].join('');
}

const files = [
  ...(await bundledFiles(MAIN, 'node')),
  ...(await bundledFiles([RENDERER], 'browser')),
  ...styledFiles(),
];
const found = files.map(packageOf).filter((entry) => entry !== undefined);
const packages = [...new Map(found.map((entry) => [entry.folder, entry])).values()].sort((a, b) =>
  `${a.manifest.name} ${a.manifest.version}`.localeCompare(
    `${b.manifest.name} ${b.manifest.version}`,
    'en',
  ),
);
const lgpl = packages.filter(isLgpl);
const text = [
  'Labwright contains the packages below, each under its own licence. Electron and Chromium\n',
  'carry their notices in LICENSE.electron.txt and LICENSES.chromium.html beside the program.\n\n',
  ...packages.map((entry) => `${isLgpl(entry) ? '[LGPL] ' : '       '}${title(entry)}\n`),
  '\n',
  ...packages.filter((entry) => !isLgpl(entry)).map(section),
  ...lgpl.map(section),
  lgpl.length > 0 ? lgplNote(lgpl) : '',
].join('');
const target = join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt');
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, text);
console.log(`  ${packages.length} packages, of them ${lgpl.length} under the LGPL → ${target}`);
