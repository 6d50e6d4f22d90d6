// A signed apt repository, built afresh and served from memory at the bed's address.

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { bedPackages, buildPackage } from './apt-packages.ts';
import { type HttpPlace, listenInBed } from './http-place.ts';
import { type MaasSuite, maasPackages } from './maas-packages.ts';
import type { SigningKey } from './signing-key.ts';

export interface AptRepository {
  url: string;
  sourceLine: string;
  /** A line for /etc/apt/sources.list.d with one of the suites that hold doubles of MAAS. */
  maasLine(suite: MaasSuite): string;
  close(): Promise<void>;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

export async function serveAptRepository(
  workFolder: string,
  key: SigningKey,
  imageKey: Buffer,
): Promise<AptRepository> {
  await mkdir(workFolder, { recursive: true });
  const files = new Map<string, Buffer>();
  const specs = [...(await bedPackages(imageKey)), ...(await maasPackages())];
  const built = await Promise.all(specs.map((spec) => buildPackage(spec, workFolder)));
  for (const [suite, packages] of Map.groupBy(built, (each) => each.suite)) {
    const stanzas = packages.map(({ fileName, control, content }) => {
      const path = `pool/${fileName}`;
      files.set(`/${path}`, content);
      return `${control}Filename: ${path}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`;
    });
    const index = Buffer.from(stanzas.join('\n'));
    const listPath = 'main/binary-amd64/Packages';
    files.set(`/dists/${suite}/${listPath}`, index);
    const release = [
      'Origin: Labwright bed',
      'Label: Labwright bed test doubles',
      `Suite: ${suite}`,
      `Codename: ${suite}`,
      `Date: ${new Date().toUTCString()}`,
      'Architectures: all amd64',
      'Components: main',
      'SHA256:',
      ` ${sha256(index)} ${index.length} ${listPath}`,
      '',
    ].join('\n');
    files.set(`/dists/${suite}/InRelease`, Buffer.from(await key.clearsign(release)));
  }

  const place: HttpPlace = await listenInBed(
    createServer((request, response) => {
      const file = files.get(decodeURIComponent(request.url ?? ''));
      response.writeHead(file ? 200 : 404, { 'content-length': file?.length ?? 0 });
      response.end(request.method === 'HEAD' ? undefined : file);
    }),
  );
  const line = (suite: string) =>
    `deb [signed-by=/usr/share/keyrings/labwright-bed.gpg] ${place.url} ${suite} main\n`;
  return {
    url: place.url,
    sourceLine: line('bed'),
    maasLine: line,
    close: place.close,
  };
}
