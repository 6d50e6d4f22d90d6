import { readFile, stat } from 'node:fs/promises';
import type { ProxySettings } from '../../contract/plan.ts';
import { type Offer, splitUrl, type WantedImage } from '../engine/probes/cloud-image.ts';
import { ask, read, Unreachable } from './http-source.ts';
import { proveInWorker } from './prove-in-worker.ts';

/** A list of hashes is a few KB; a keyring with every key of a distribution is less than this, too. */
const MAX_BYTES = 4 * 1024 * 1024;
const SMALL_FILE_MS = 60_000;

/** A page instead of what was asked for: an offer that is none. */
class NotOffered extends Error {
  readonly offer: Offer;

  constructor(offer: Offer) {
    super(offer.state);
    this.offer = offer;
  }
}

/** The same question that a KVM host is asked (probes/cloud-image.ts), answered by this computer. */
export async function offeredHere(
  image: WantedImage,
  proxy: ProxySettings | undefined,
  signal?: AbortSignal,
): Promise<Offer> {
  const asked = { proxy, silenceMs: SMALL_FILE_MS, ...(signal ? { signal } : {}) };
  const { folder, file } = splitUrl(image.url);
  try {
    const sha256 = image.sha256 ?? (await provedHash());
    if (sha256 === undefined) return { state: 'unlisted' };
    const answer = await ask(image.url, { ...asked, method: 'HEAD' });
    answer.destroy();
    const { statusCode: status = 0, headers } = answer;
    if (status >= 400) return { state: 'status', status, file };
    const size = Number(headers['content-length'] ?? Number.NaN);
    return { state: 'offered', sha256, size: Number.isSafeInteger(size) ? size : undefined };
  } catch (error) {
    if (error instanceof NotOffered) return error.offer;
    if (!(error instanceof Unreachable)) throw error;
    return { state: 'unreachable', exitCode: error.exitCode, detail: error.code };
  }

  async function get(name: string): Promise<Buffer> {
    const { status, bytes } = await read(`${folder}/${name}`, asked, MAX_BYTES);
    if (status !== 200) throw new NotOffered({ state: 'status', status, file: name });
    return bytes;
  }

  async function provedHash(): Promise<string | undefined> {
    const keyring = await keyringAt(image.keyring);
    const text = await get('SHA256SUMS');
    const proof = await proveInWorker({ keyring, text, signature: await get('SHA256SUMS.gpg') });
    if (proof.verdict === 'unproved') {
      throw new NotOffered({ state: 'unproved', why: proof.why });
    }
    if (proof.verdict !== 'good') throw new NotOffered({ state: proof.verdict });
    return hashIn(text.toString('utf8'), file);
  }
}

async function keyringAt(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size <= MAX_BYTES) return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new NotOffered({ state: 'keyring-absent' });
    }
  }
  throw new NotOffered({ state: 'keyring-unreadable' });
}

/** Of a list as sha256sum(1) writes it: the hash, a blank, a blank or `*`, the name. */
export function hashIn(list: string, file: string): string | undefined {
  for (const line of list.split('\n')) {
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line.trimEnd()) ?? [];
    if (name === file) return sha256;
  }
  return undefined;
}
