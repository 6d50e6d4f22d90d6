// A signed simplestreams source at the bed's address: the tree, its signatures and its server.

import type { SigningKey } from './signing-key.ts';
import { imageBytes as bytesOf } from './source-content.ts';
import {
  type Content,
  fromBuffer,
  type ServerControls,
  startSourceServer,
} from './source-server.ts';
import { buildTree, type SourceFile, v2Base, v3Base } from './source-tree.ts';

export type { SourceFile } from './source-tree.ts';

export interface SourceOptions {
  /** Size of each root image and squashfs. Default 2 MiB. */
  imageBytes?: number;
  /** Size of each kernel, initrd and boot loader. Default 60 000. */
  smallBytes?: number;
  /** Adds "trusty-proposed", which an unanchored "trusty" catches too. Default true. */
  lookalikeRelease?: boolean;
  /** Default: any free port. */
  port?: number;
}

export interface Source extends ServerControls {
  /** Without a slash at the end. */
  readonly url: string;
  /** With one, as in the commands people type. */
  readonly v2Url: string;
  readonly v3Url: string;
  /** Every image file, with the path a request for it has. */
  readonly files: readonly SourceFile[];
  /** Which key the ".sjson" documents are signed with from now on. At first 'image'. */
  signWith(key: 'image' | 'other'): Promise<void>;
  close(): Promise<void>;
}

export interface SourceKeys {
  image: SigningKey;
  other: () => Promise<SigningKey>;
}

export async function startSource(options: SourceOptions, keys: SourceKeys): Promise<Source> {
  const { files, documents } = buildTree({
    imageBytes: options.imageBytes ?? 2 * 1024 * 1024,
    smallBytes: options.smallBytes ?? 60_000,
    lookalikeRelease: options.lookalikeRelease ?? true,
  });

  const sign = async (key: SigningKey): Promise<Map<string, Buffer>> => {
    const signed = [...documents].map(async ([path, text]): Promise<[string, Buffer]> => {
      // A signed index points at signed lists, an unsigned one at unsigned lists.
      const pointed = path.endsWith('/index.json')
        ? text.replace(/("path": "streams\/v1\/.*)\.json"/g, '$1.sjson"')
        : text;
      const clear = await key.clearsign(pointed);
      return [path.replace(/\.json$/, '.sjson'), Buffer.from(clear)];
    });
    return new Map(await Promise.all(signed));
  };

  const byKey = new Map([['image', await sign(keys.image)]]);
  let current = byKey.get('image');
  const images = new Map(files.map((file) => [file.path, file]));

  const find = (path: string): Content | undefined => {
    const image = images.get(path);
    if (image !== undefined) {
      return { size: image.size, read: (start, length) => bytesOf(path, start, length) };
    }
    const text = documents.get(path);
    const data = text === undefined ? current?.get(path) : Buffer.from(text);
    return data === undefined ? undefined : fromBuffer(data);
  };

  const { place, ...controls } = await startSourceServer(find, options.port ?? 0);
  return {
    ...controls,
    url: place.url,
    v2Url: `${place.url}${v2Base}`,
    v3Url: `${place.url}${v3Base}`,
    files,
    async signWith(name) {
      if (!byKey.has(name)) byKey.set(name, await sign(await keys.other()));
      current = byKey.get(name);
    },
    close: place.close,
  };
}
