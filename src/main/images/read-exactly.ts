import type { FileHandle } from 'node:fs/promises';

/** Bytes from a place in a file; fewer only where the file ends. */
export async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer> {
  // No file is so long, and Node takes no such number.
  if (!Number.isSafeInteger(at + length)) return Buffer.alloc(0);
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
