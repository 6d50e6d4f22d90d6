import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import type { RawDisk } from '../../src/main/images/raw-disk.ts';
import { describedBytes } from '../../src/main/images/vmdk-descriptor.ts';
import { putDisk } from '../../src/main/ssh/put-disk.ts';
import { LocalHost } from './support/local-link.ts';
import { SHELLS } from './support/shells.ts';

const MEBIBYTE = 1024 ** 2;
const SIZE = 3 * MEBIBYTE;
const PIECE = 65_536;

/** A disk that is mostly zeros; `then` happens before its last piece. */
function someDisk(then: () => void = () => {}): RawDisk & { closed: boolean } {
  return {
    size: SIZE,
    closed: false,
    async *pieces() {
      for (let at = 0; at < SIZE; at += PIECE) {
        if (at === SIZE - PIECE) then();
        yield Buffer.alloc(PIECE, at % (5 * PIECE) === 0 ? at / PIECE : 0);
      }
    },
    async close() {
      this.closed = true;
    },
  };
}

async function bytesOf(disk: RawDisk): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of disk.pieces()) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  let host: LocalHost;
  let folder: string;
  let amounts: number[];

  beforeEach(async () => {
    host = await LocalHost.start();
    await host.program('sh', `exec ${shell.join(' ')} "$@"`);
    folder = join(host.home, 'my store', 'images');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'images.vmx'), '');
    amounts = [];
  });

  afterEach(() => host.close());

  const put = (disk: RawDisk = someDisk(), signal = new AbortController().signal) =>
    putDisk(host.link, {
      path: join(folder, 'images-9f86d081.vmdk'),
      open: async () => disk,
      signal,
      onAmount: (done) => amounts.push(done),
    });
  const codeOf = async (work: Promise<void>) => {
    const error = await work.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    return error instanceof LabwrightError ? error.code : error;
  };
  const files = async () => (await readdir(folder)).sort();

  test('the bytes are there with their descriptor, and are not sent twice', async () => {
    await put();
    expect(amounts.at(-1)).toBe(SIZE);
    expect(await files()).toEqual([
      'images-9f86d081-flat.vmdk',
      'images-9f86d081.vmdk',
      'images.vmx',
    ]);
    const flat = await readFile(join(folder, 'images-9f86d081-flat.vmdk'));
    expect(flat.equals(await bytesOf(someDisk()))).toBe(true);
    const descriptor = await readFile(join(folder, 'images-9f86d081.vmdk'), 'utf8');
    expect(describedBytes(descriptor)).toBe(SIZE);
    amounts = [];
    await put();
    expect(amounts).toEqual([]);
  });

  test('of a host with few programs the bytes are proved by what it has', async () => {
    const few = join(host.home, 'few');
    await mkdir(few);
    const have = 'cat cut dd gunzip gzip mv rm sha1sum uname wc'.split(' ');
    const of = (name: string) => execFileSync('which', [name], { encoding: 'utf8' }).trim();
    await Promise.all(have.map((name) => symlink(of(name), join(few, name))));
    await symlink(join(host.home, 'bin', 'sh'), join(few, 'sh'));
    const [program = '', ...words] = shell;
    await host.program('sh', `PATH=${few}; exec ${[of(program), ...words].join(' ')} "$@"`);
    await put();
    expect(await files()).toHaveLength(3);
    await rm(join(folder, 'images-9f86d081.vmdk'));
    // Without gunzip they go as they are.
    await rm(join(few, 'gunzip'));
    await put();
    const flat = await readFile(join(folder, 'images-9f86d081-flat.vmdk'));
    expect(flat.equals(await bytesOf(someDisk()))).toBe(true);
    await rm(join(few, 'sha1sum'));
    await rm(join(folder, 'images-9f86d081.vmdk'));
    expect(await codeOf(put())).toBe('output-unexpected');
  });

  test('damaged bytes are noticed by what is read back, and removed', async () => {
    await host.program('gunzip', 'PATH=${PATH#*:}; gunzip "$@"; printf x');
    expect(await codeOf(put())).toBe('upload-corrupt');
    expect(await files()).toEqual(['images.vmx']);
    await host.program('gunzip', 'PATH=${PATH#*:}; exec gunzip "$@"');
    await put();
    expect(await files()).toHaveLength(3);
  });

  test('a full disk is named, and what had come is removed', async () => {
    await host.program(
      'gunzip',
      'head -c 100000 >&1; echo "gunzip: write error: No space left on device" >&2; exit 1',
    );
    expect(await codeOf(put())).toBe('disk-full');
    expect(await files()).toEqual(['images.vmx']);
  });

  test('an image that cannot be read to its end is no half disk', async () => {
    const broken = someDisk(() => {
      throw new LabwrightError('image-damaged', { what: 'x' });
    });
    expect(await codeOf(put(broken))).toBe('image-damaged');
    expect(broken.closed).toBe(true);
    expect(await files()).toEqual(['images.vmx']);
  });

  test('what is cancelled in the middle is removed', async () => {
    const stop = new AbortController();
    const disk = someDisk(() => stop.abort());
    expect(await codeOf(put(disk, stop.signal))).toBe('cancelled');
    expect(disk.closed).toBe(true);
    expect(await files()).toEqual(['images.vmx']);
  });

  test('what a run that was killed left of it is no obstacle', async () => {
    await writeFile(join(folder, 'images-9f86d081-flat.vmdk'), 'half');
    await writeFile(join(folder, 'images-9f86d081-flat.vmdk.labwright-new'), 'half');
    await put();
    expect(await files()).toHaveLength(3);
    const flat = await readFile(join(folder, 'images-9f86d081-flat.vmdk'));
    expect(flat).toHaveLength(SIZE);
  });
});
