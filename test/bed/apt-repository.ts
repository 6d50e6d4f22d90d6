// A signed apt repository, built afresh and served from memory at the bed's address.

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { bedPackages, buildPackage } from './apt-packages.ts';
import { type HttpPlace, listenInBed } from './http-place.ts';
import type { SigningKey } from './signing-key.ts';

export interface AptRepository {
  url: string;
  sourceLine: string;
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
  const stanzas: string[] = [];
  const specs = await bedPackages(imageKey);
  const built = await Promise.all(specs.map((spec) => buildPackage(spec, workFolder)));
  for (const { fileName, control, content } of built) {
    const path = `pool/main/${fileName}`;
    files.set(`/${path}`, content);
    stanzas.push(
      `${control}Filename: ${path}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`,
    );
  }
  const packages = Buffer.from(stanzas.join('\n'));
  const listPath = 'main/binary-amd64/Packages';
  files.set(`/dists/bed/${listPath}`, packages);
  const release = [
    'Origin: Labwright bed',
    'Label: Labwright bed test doubles',
    'Suite: bed',
    'Codename: bed',
    `Date: ${new Date().toUTCString()}`,
    'Architectures: all amd64',
    'Components: main',
    'SHA256:',
    ` ${sha256(packages)} ${packages.length} ${listPath}`,
    '',
  ].join('\n');
  files.set('/dists/bed/InRelease', Buffer.from(await key.clearsign(release)));

  const place: HttpPlace = await listenInBed(
    createServer((request, response) => {
      const file = files.get(decodeURIComponent(request.url ?? ''));
      response.writeHead(file ? 200 : 404, { 'content-length': file?.length ?? 0 });
      response.end(request.method === 'HEAD' ? undefined : file);
    }),
  );
  return {
    url: place.url,
    sourceLine: `deb [signed-by=/usr/share/keyrings/labwright-bed.gpg] ${place.url} bed main\n`,
    close: place.close,
  };
}
