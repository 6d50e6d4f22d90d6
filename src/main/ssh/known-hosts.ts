import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HostKey } from '../../contract/lab-state.ts';
import { writeAtomic } from '../files/atomic-file.ts';

/**
 * OpenSSH known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain and hashed names, `*` and `?`,
 * negation, `[host]:port`, `@revoked`. `@cert-authority` lines are recognised and never count as a
 * match, because the SSH library cannot verify host certificates.
 */
export interface KnownHostLine {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly patterns: string;
  readonly type: string;
  readonly key: string;
}

export type Verdict = 'match' | 'unknown' | 'changed' | 'revoked';

export interface HostKeyVerdict {
  readonly verdict: Verdict;
  /** Keys known for this host, whatever was offered. */
  readonly known: readonly KnownHostLine[];
}

/** Reads what it understands; comments, blank and malformed lines are passed over as OpenSSH does. */
export function parseKnownHosts(text: string): KnownHostLine[] {
  const lines: KnownHostLine[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const fields = line.split(/\s+/);
    let marker: KnownHostLine['marker'];
    if (fields[0]?.startsWith('@')) {
      const word = fields.shift();
      if (word === '@revoked') marker = 'revoked';
      else if (word === '@cert-authority') marker = 'cert-authority';
      else continue;
    }
    const [patterns, type, key] = fields;
    if (patterns === undefined || type === undefined || key === undefined) continue;
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key)) continue;
    lines.push({ marker, patterns, type, key });
  }
  return lines;
}

/** How known_hosts names a host: bare for port 22, `[host]:port` otherwise, in lower case. */
export function hostToken(address: string, port: number): string {
  const host = address.toLowerCase();
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Without backtracking over earlier `*`, so that no pattern takes long (match.c of OpenSSH). */
function globMatches(pattern: string, token: string): boolean {
  const glob = pattern.toLowerCase();
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < token.length) {
    if (from < glob.length && glob[from] === '*') {
      star = from++;
      mark = at;
    } else if (from < glob.length && (glob[from] === '?' || glob[from] === token[at])) {
      from++;
      at++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++mark;
    } else return false;
  }
  while (glob[from] === '*') from++;
  return from === glob.length;
}

function hashMatches(pattern: string, token: string): boolean {
  const [, version, salt, digest] = pattern.split('|');
  if (version !== '1' || salt === undefined || digest === undefined) return false;
  const expected = Buffer.from(digest, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(token).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Whether a line's pattern list names the host; a negated pattern that matches rules the line out. */
export function namesHost(patterns: string, address: string, port: number): boolean {
  const token = hostToken(address, port);
  if (patterns.startsWith('|')) return hashMatches(patterns, token);
  let named = false;
  for (const pattern of patterns.split(',')) {
    if (pattern.startsWith('!')) {
      if (globMatches(pattern.slice(1), token)) return false;
    } else if (globMatches(pattern, token)) named = true;
  }
  return named;
}

/** The key's type, read from the first field of its blob (RFC 4253 6.6). */
export function keyTypeOfBlob(blob: Buffer): string {
  if (blob.length < 4) return '';
  const length = blob.readUInt32BE(0);
  return length > 64 || blob.length < 4 + length ? '' : blob.toString('latin1', 4, 4 + length);
}

export function describeKey(blob: Buffer): HostKey {
  const type = keyTypeOfBlob(blob);
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { type, fingerprint: `SHA256:${digest}`, line: `${type} ${blob.toString('base64')}` };
}

/**
 * Judges an offered key. A revoked key is refused wherever it stands. A host that is known by a
 * *different* key of any type counts as changed, as OpenSSH treats a key of the same type; of
 * another type too, since we offer known types first and the server chose not to use them.
 */
export function judgeHostKey(
  lines: readonly KnownHostLine[],
  address: string,
  port: number,
  blob: Buffer,
): HostKeyVerdict {
  const offered = blob.toString('base64');
  const naming = lines.filter((line) => namesHost(line.patterns, address, port));
  const known = naming.filter((line) => line.marker === undefined);
  if (naming.some((line) => line.marker === 'revoked' && line.key === offered)) {
    return { verdict: 'revoked', known };
  }
  if (known.some((line) => line.key === offered)) return { verdict: 'match', known };
  return { verdict: known.length > 0 ? 'changed' : 'unknown', known };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The lab's own file, which we write, and the user's, which we only read. */
export class KnownHosts {
  readonly #own: string;
  readonly #user: string | undefined;

  constructor(own: string, user?: string) {
    this.#own = own;
    this.#user = user;
  }

  async #lines(): Promise<{ line: KnownHostLine; file: 'lab' | 'user' }[]> {
    const own = parseKnownHosts(await readIfThere(this.#own));
    const user = this.#user === undefined ? [] : parseKnownHosts(await readIfThere(this.#user));
    return [
      ...own.map((line) => ({ line, file: 'lab' as const })),
      ...user.map((line) => ({ line, file: 'user' as const })),
    ];
  }

  async trusted(address: string, port: number): Promise<(HostKey & { file: 'lab' | 'user' })[]> {
    const lines = await this.#lines();
    return lines
      .filter(({ line }) => line.marker === undefined && namesHost(line.patterns, address, port))
      .map(({ line, file }) => ({ ...describeKey(Buffer.from(line.key, 'base64')), file }));
  }

  /**
   * Judges against the lab's own file first: a decision made for this lab (a replaced key) outranks
   * what the user's file still says. Revocations count from both.
   */
  async judge(address: string, port: number, blob: Buffer): Promise<HostKeyVerdict> {
    const lines = await this.#lines();
    const all = judgeHostKey(
      lines.map(({ line }) => line),
      address,
      port,
      blob,
    );
    if (all.verdict === 'revoked') return all;
    const own = judgeHostKey(
      lines.filter(({ file }) => file === 'lab').map(({ line }) => line),
      address,
      port,
      blob,
    );
    return own.verdict === 'unknown' ? all : own;
  }

  /** Adds a key, hashed so that the file does not list the hosts of a lab. */
  async add(address: string, port: number, key: HostKey): Promise<void> {
    const salt = randomBytes(20);
    const digest = createHmac('sha1', salt).update(hostToken(address, port)).digest('base64');
    await mkdir(dirname(this.#own), { recursive: true, mode: 0o700 });
    const line = `|1|${salt.toString('base64')}|${digest} ${key.line}\n`;
    // A file edited by hand may lack its last line end.
    const open = /[^\n]$/.test(await readIfThere(this.#own)) ? '\n' : '';
    await appendFile(this.#own, open + line, { mode: 0o600 });
  }

  /** Puts a new key in place of all that the lab's file held for the host. */
  async replace(address: string, port: number, key: HostKey): Promise<void> {
    const text = await readIfThere(this.#own);
    const kept = text.split('\n').filter((raw) => {
      const [line] = parseKnownHosts(raw);
      return !(line && line.marker === undefined && namesHost(line.patterns, address, port));
    });
    await mkdir(dirname(this.#own), { recursive: true, mode: 0o700 });
    await writeAtomic(this.#own, kept.join('\n'), { mode: 0o600 });
    await this.add(address, port, key);
  }
}
