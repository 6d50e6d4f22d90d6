import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LabwrightError } from '../../contract/error.ts';
import type { ProxySettings } from '../../contract/plan.ts';
import { ask, Unreachable } from './http-source.ts';

/** A link that breaks is tried so often without a byte of news; then it is a person's turn. */
const TRIES = 5;
const TRY_AGAIN_MS = 2000;

export interface DownloadOptions {
  readonly proxy: ProxySettings | undefined;
  readonly signal?: AbortSignal;
  /** Called with the bytes that are here. */
  readonly onAmount?: (doneBytes: number) => void;
  readonly retryMs?: number;
}

/** SHA-256 of a file, hex; it is read in pieces that hold nothing up. */
export async function fileHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, signal ? { signal } : {})) hash.update(chunk);
  return hash.digest('hex');
}

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Fetches into a file, going on behind what is in it. Throws `image-status`, `image-unreachable`,
 * `image-cache-full`; whether the bytes are right is for the caller to see.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { signal, retryMs = TRY_AGAIN_MS } = options;
  let failures = 0;
  for (;;) {
    const before = await sizeOf(path);
    try {
      if (await fetchRest(url, path, before, options)) return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Unreachable)) throw inOurWords(error, path);
      failures = (await sizeOf(path)) > before ? 1 : failures + 1;
      if (failures >= TRIES) {
        throw new LabwrightError('image-unreachable', { url, why: error.code }, { cause: error });
      }
      await pause(retryMs, undefined, signal ? { signal } : {});
    }
  }
}

/** False when it has to be begun anew. */
async function fetchRest(
  url: string,
  path: string,
  have: number,
  { proxy, signal, onAmount }: DownloadOptions,
): Promise<boolean> {
  const answer = await ask(url, { proxy, from: have, ...(signal ? { signal } : {}) });
  const { statusCode: status = 0, headers } = answer;
  try {
    const goesOn = status === 206 && headers['content-range']?.startsWith(`bytes ${have}-`);
    if (have > 0 && (status === 416 || (status === 206 && !goesOn))) {
      // What is here is longer than what is there, or the server means another place.
      await rm(path, { force: true });
      return false;
    }
    if (status !== 200 && !goesOn) throw new LabwrightError('image-status', { url, status });
    const file = await open(path, goesOn ? 'a' : 'w', 0o600);
    try {
      await write(file, answer, goesOn ? have : 0, onAmount);
    } finally {
      await file.close();
    }
    return true;
  } finally {
    answer.destroy();
  }
}

async function write(
  file: FileHandle,
  answer: AsyncIterable<Buffer>,
  have: number,
  onAmount: DownloadOptions['onAmount'],
): Promise<void> {
  let done = have;
  onAmount?.(done);
  const chunks = answer[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<Buffer>;
    try {
      next = await chunks.next();
    } catch (error) {
      // Cut off, silent, reset: what is here stays, and the rest is asked for.
      throw new Unreachable(error);
    }
    if (next.done) break;
    await file.write(next.value);
    done += next.value.length;
    onAmount?.(done);
  }
  await file.sync();
}

function inOurWords(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new LabwrightError('image-cache-full', { path }, { cause: error });
}
