// Reads which archive this machine's own apt uses. The archive's name is different on every
// machine and is nobody's business but apt's, so it is looked up each time and never stored here.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { BedError } from './bed-error.ts';

export interface AptArchive {
  uri: string;
  suite: string;
  components: string[];
  signedBy?: string;
}

export const suite = 'bookworm';
const wanted = new Set([suite, `${suite}-updates`, `${suite}-security`]);

function fromOneLine(text: string): AptArchive[] {
  const found: AptArchive[] = [];
  for (const line of text.split('\n')) {
    const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line.trim());
    if (match === null) continue;
    const [, flags = '', uri = '', name = '', components = ''] = match;
    const signedBy = /signed-by=(\S+)/i.exec(flags)?.[1];
    found.push({
      uri,
      suite: name,
      components: components.trim().split(/\s+/),
      ...(signedBy === undefined ? {} : { signedBy }),
    });
  }
  return found;
}

function fromDeb822(text: string): AptArchive[] {
  const found: AptArchive[] = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    for (const line of stanza.split('\n')) {
      const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
      if (match?.[1] !== undefined) fields.set(match[1].toLowerCase(), (match[2] ?? '').trim());
    }
    if (!(fields.get('types') ?? '').split(/\s+/).includes('deb')) continue;
    if (/^no$/i.test(fields.get('enabled') ?? 'yes')) continue;
    const signedBy = fields.get('signed-by');
    for (const uri of (fields.get('uris') ?? '').split(/\s+/)) {
      for (const name of (fields.get('suites') ?? '').split(/\s+/)) {
        found.push({
          uri,
          suite: name,
          components: (fields.get('components') ?? '').split(/\s+/),
          ...(signedBy?.startsWith('/') ? { signedBy } : {}),
        });
      }
    }
  }
  return found;
}

/** The machine's archives of Debian 12, its updates and its security fixes. */
export function readAptArchives(): AptArchive[] {
  const all: AptArchive[] = [];
  const main = '/etc/apt/sources.list';
  if (existsSync(main)) all.push(...fromOneLine(readFileSync(main, 'utf8')));
  const parts = '/etc/apt/sources.list.d';
  for (const name of existsSync(parts) ? readdirSync(parts).sort() : []) {
    const text = () => readFileSync(`${parts}/${name}`, 'utf8');
    if (name.endsWith('.list')) all.push(...fromOneLine(text()));
    if (name.endsWith('.sources')) all.push(...fromDeb822(text()));
  }
  // A third-party archive may use the same suite name; only Debian's own has "main".
  const archives = all.filter((a) => wanted.has(a.suite) && a.components.includes('main'));
  if (!archives.some((a) => a.suite === suite)) {
    throw new BedError('no-apt-source', `apt on this machine has no source for Debian ${suite}`);
  }
  return archives.map((a) => ({ ...a, components: ['main'] }));
}

const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The archives as one-line sources; the keyring path is the same on machine and host. */
export function aptSourceLines(archives: readonly AptArchive[]): string {
  return archives
    .map((a) => `deb [signed-by=${debianKeyring}] ${a.uri} ${a.suite} ${a.components.join(' ')}\n`)
    .join('');
}
