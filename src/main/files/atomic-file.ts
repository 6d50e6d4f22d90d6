import { randomBytes } from 'node:crypto';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file so that at any instant either the old or the new content is there: written beside
 * it, synced, renamed over it, and the folder synced (rename(2), fsync(2)). With `backup` the old
 * content stays beside it under that name.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  options: { mode?: number; backup?: string } = {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const mode = options.mode ?? 0o644;
    const file = await open(temporary, 'wx', mode);
    try {
      // The mode of open(2) is cut by the umask; one that was asked for is meant.
      if (options.mode !== undefined) await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.backup !== undefined) {
      await copyFile(path, options.backup).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  try {
    // Windows cannot sync a folder; the rename itself is what matters there.
    await folder.sync().catch(() => {});
  } finally {
    await folder.close();
  }
}
