// The packages of the bed's own apt repository. Debian 12 has neither simplestreams nor Ubuntu's
// image keyring, so these are doubles, and each says so in its description.

import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from './run-command.ts';

export interface PackageFile {
  path: string;
  content: string | Buffer;
  mode?: number;
}

export interface PackageSpec {
  name: string;
  version: string;
  depends?: string;
  description: string;
  files: PackageFile[];
  postinst?: string;
  /** Suite of the repository that has it; 'bed' unless given. */
  suite?: string;
}

export interface BuiltPackage {
  /** Below `pool/`: two suites may have another package of the same name and version. */
  fileName: string;
  suite: string;
  /** The control fields, as the repository's index repeats them. */
  control: string;
  content: Buffer;
}

export const brokenPackage = 'labwright-bed-badpostinst';

export async function bedPackages(imageKey: Buffer): Promise<PackageSpec[]> {
  const script = (name: string) => readFile(new URL(name, import.meta.url));
  return [
    {
      name: 'simplestreams',
      version: '0.1.0-67bed1',
      depends: 'python3, gpgv',
      description: 'test double of sstream-mirror for the Labwright bed',
      files: [
        {
          path: 'usr/bin/sstream-mirror',
          content: await script('sstream-mirror.py'),
          mode: 0o755,
        },
        {
          path: 'usr/lib/python3/dist-packages/labwright_bed_sstream.py',
          content: await script('sstream-parts.py'),
        },
      ],
    },
    {
      name: 'ubuntu-cloudimage-keyring',
      version: '2013.11.11bed1',
      description: 'test double: the public key of the Labwright bed image source',
      files: [{ path: 'usr/share/keyrings/ubuntu-cloudimage-keyring.gpg', content: imageKey }],
    },
    {
      name: brokenPackage,
      version: '1.0',
      description: 'test double: a package whose configuration always fails',
      files: [],
      postinst: `#!/bin/sh\necho "${brokenPackage}: fails on purpose" >&2\nexit 1\n`,
    },
    {
      name: 'labwright-bed-unmet',
      version: '1.0',
      depends: 'labwright-bed-no-such-package (>= 9)',
      description: 'test double: a package that can never be installed',
      files: [],
    },
  ];
}

function controlOf(spec: PackageSpec): string {
  const fields = [
    `Package: ${spec.name}`,
    `Version: ${spec.version}`,
    'Architecture: all',
    'Maintainer: Labwright bed <bed@localhost>',
    'Section: admin',
    'Priority: optional',
    ...(spec.depends === undefined ? [] : [`Depends: ${spec.depends}`]),
    `Description: ${spec.description}`,
  ];
  return `${fields.join('\n')}\n`;
}

export async function buildPackage(spec: PackageSpec, workFolder: string): Promise<BuiltPackage> {
  const { suite = 'bed' } = spec;
  const tree = join(workFolder, suite, spec.name);
  const put = async (path: string, content: string | Buffer, mode: number) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), mode);
  };
  const control = controlOf(spec);
  await put('DEBIAN/control', control, 0o644);
  await chmod(join(tree, 'DEBIAN'), 0o755);
  if (spec.postinst !== undefined) await put('DEBIAN/postinst', spec.postinst, 0o755);
  for (const file of spec.files) await put(file.path, file.content, file.mode ?? 0o644);
  // An epoch is no part of a file's name (deb-version(7)).
  const fileName = `${suite}/${spec.name}_${spec.version.replace(/^\d+:/, '')}_all.deb`;
  const built = join(workFolder, fileName);
  await mustRun('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, built]);
  const content = await readFile(built);
  await rm(tree, { recursive: true });
  return { fileName, suite, control, content };
}
