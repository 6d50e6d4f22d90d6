import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const TOOL = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = '.dependency-cruiser.cjs';

interface Cruised {
  readonly modules: number;
  /** `rule: from → to` */
  readonly violations: string[];
}

async function cruise(folder: string): Promise<Cruised> {
  const words = [TOOL, '--config', CONFIG, '--output-type', 'json', 'src'];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { summary } = JSON.parse(stdout) as {
    summary: {
      totalCruised: number;
      violations: { rule: { name: string }; from: string; to: string }[];
    };
  };
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}

/** One file that breaks each rule; `core` stands for what is allowed. */
const PLANTED: Readonly<Record<string, Record<string, string>>> = {
  'no-cycles': {
    'src/main/app/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
    'src/main/app/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
  },
  'renderer-imports-only-itself-contract-and-messages': {
    // Only a type: it leaves no trace in the built files, and is a wall all the same.
    'src/renderer/a.ts': "import type { One } from '../main/app/type.ts';\nexport type A = One;\n",
    'src/main/app/type.ts': 'export interface One { readonly one: 1 }\n',
  },
  'renderer-has-no-node': {
    'src/renderer/b.ts':
      "import { readFile } from 'node:fs/promises';\nexport const b = readFile;\n",
  },
  'contract-and-messages-stand-alone': {
    'src/contract/c.ts': "import { ssh } from '../main/ssh/ssh.ts';\nexport const c = ssh;\n",
    'src/main/ssh/ssh.ts': 'export const ssh = 1;\n',
  },
  'electron-only-in-desktop-and-preload': {
    'src/main/app/d.ts': "import { app } from 'electron';\nexport const d = app;\n",
    'src/main/desktop/allowed.ts': "import { app } from 'electron';\nexport const d = app;\n",
  },
  'guide-and-doctor-are-pure': {
    'src/main/guide/e.ts': "import { ssh } from '../ssh/ssh.ts';\nexport const e = ssh;\n",
    'src/main/doctor/e.ts': "import { m } from '../drivers/maas/m.ts';\nexport const e = m;\n",
    'src/main/drivers/maas/m.ts': 'export const m = 1;\n',
    'src/main/guide/allowed.ts':
      "import { f } from '../drivers/simplestreams/filters.ts';\nexport const e = f;\n",
    'src/main/drivers/simplestreams/filters.ts': 'export const f = 1;\n',
  },
  'guide-and-doctor-do-no-io': {
    'src/main/guide/f.ts':
      "import { readFileSync } from 'node:fs';\nexport const f = readFileSync;\n",
  },
  'only-shells-know-the-shell': {
    'src/main/engine/g.ts': "import { cli } from '../cli/cli.ts';\nexport const g = cli;\n",
    'src/main/cli/cli.ts': 'export const cli = 1;\n',
    'src/main/server/allowed.ts': "import { cli } from '../cli/cli.ts';\nexport const g = cli;\n",
  },
  'preload-imports-nothing-of-ours': {
    'src/preload/h.ts': "import { c } from '../contract/plain.ts';\nexport const h = c;\n",
    'src/contract/plain.ts': 'export const c = 1;\n',
  },
};

describe('a house with one planted fault for each wall', () => {
  let folder: string;
  let found: Cruised;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labwright-walls-'));
    for (const [path, text] of Object.values(PLANTED).flatMap((files) => Object.entries(files))) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    for (const name of [CONFIG, 'tsconfig.json', 'package.json']) {
      await cp(join(ROOT, name), join(folder, name));
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    found = await cruise(folder);
  }, 30_000);

  afterAll(() => rm(folder, { recursive: true }));

  test.each(Object.keys(PLANTED))('%s is noticed, in the file that breaks it', (rule) => {
    const [path = ''] = Object.keys(PLANTED[rule] ?? {});
    expect(found.violations.join('\n')).toContain(`${rule}: ${path} → `);
  });

  test('what is allowed is not taken for a fault', () => {
    expect(found.violations.filter((line) => line.includes('allowed.ts →'))).toEqual([]);
  });

  test('every rule of the configuration has its planted fault', () => {
    const { forbidden } = createRequire(import.meta.url)(join(ROOT, CONFIG)) as {
      forbidden: { name: string; severity: string }[];
    };
    expect(forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(PLANTED).sort());
    expect(forbidden.every(({ severity }) => severity === 'error')).toBe(true);
  });
});

test('our own house stands, and all of it was looked at', { timeout: 60_000 }, async () => {
  const { modules, violations } = await cruise(ROOT);
  expect(violations).toEqual([]);
  expect(modules).toBeGreaterThan(100);
});
