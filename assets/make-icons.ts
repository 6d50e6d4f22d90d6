/**
 * Makes every icon file from icon.svg: `node assets/make-icons.ts`. Its results are in the
 * repository, so that building needs no browser.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FOLDER = import.meta.dirname;
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
/** The ICO format has one byte for a size, where 0 means 256. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256] as const;
/** Types that hold PNG on every macOS since 10.7; the first two are 16 and 32 points at double size. */
const ICNS_TYPES = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const;

type Images = ReadonlyMap<number, Buffer>;

async function render(svg: string): Promise<Images> {
  const executablePath = process.env.LABWRIGHT_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const images = new Map<number, Buffer>();
  for (const size of SIZES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    images.set(size, await page.screenshot({ omitBackground: true }));
    await page.close();
  }
  await browser.close();
  return images;
}

function ico(images: Images): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(ICO_SIZES.length, 4);
  let offset = header.length + 16 * ICO_SIZES.length;
  const entries = ICO_SIZES.map((size) => {
    const { length } = images.get(size)!;
    const entry = Buffer.alloc(16);
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...ICO_SIZES.map((size) => images.get(size)!)]);
}

function icns(images: Images): Buffer {
  const block = (type: string, content: Buffer) => {
    const header = Buffer.alloc(8);
    header.write(type, 'latin1');
    header.writeUInt32BE(header.length + content.length, 4);
    return Buffer.concat([header, content]);
  };
  const blocks = ICNS_TYPES.map(([type, size]) => block(type, images.get(size)!));
  return block('icns', Buffer.concat(blocks));
}

const images = await render(await readFile(join(FOLDER, 'icon.svg'), 'utf8'));
await mkdir(join(FOLDER, 'icons'), { recursive: true });
for (const [size, image] of images) {
  await writeFile(join(FOLDER, `icons/${size}x${size}.png`), image);
}
await writeFile(join(FOLDER, 'icon.ico'), ico(images));
await writeFile(join(FOLDER, 'icon.icns'), icns(images));
