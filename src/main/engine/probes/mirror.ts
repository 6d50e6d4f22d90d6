import { createHash } from 'node:crypto';
import { message } from '../../../contract/message.ts';
import { type Mirror, type ProxySettings, wantsBootloaders } from '../../../contract/plan.ts';
import { quote } from '../../../contract/shell-quote.ts';
import {
  BOOTLOADER_FILTERS,
  type ItemFilter,
  imageFilters,
} from '../../drivers/simplestreams/filters.ts';
import { selectInWorker } from '../../drivers/simplestreams/select-in-worker.ts';
import {
  productPaths,
  type SelectedFile,
  type Selection,
} from '../../drivers/simplestreams/streams.ts';
import { costly, type Probe, ProbeAnswerError, ProbeFailed, quick } from '../probe.ts';
import { addressShown, proxyExports } from './proxy.ts';
import { sourceFailure } from './source-failure.ts';

/** Where sstream-mirror looks and writes by default; ending in sjson, so it is verified. */
const INDEX = 'streams/v1/index.sjson';
const HOUR = 3600;

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The passes that the plan asks for, each with its filters. */
export function mirrorPasses(mirror: Mirror): (readonly ItemFilter[])[] {
  return wantsBootloaders(mirror)
    ? [imageFilters(mirror), BOOTLOADER_FILTERS]
    : [imageFilters(mirror)];
}

export function sourceUrl(mirror: Mirror): string {
  return mirror.source.replace(/\/+$/, '');
}

function selectionKey(mirror: Mirror): string {
  return short(JSON.stringify([mirrorPasses(mirror), mirror.max]));
}

const FAIL_MARK = '@@labwright-failed ';
/** Exit status of our own scripts. */
const NO_TOOL = 90;

/** curl where it is, else wget: a fresh Ubuntu server has one of them. What fails says why. */
const FETCH = `t=curl; command -v curl >/dev/null || t=wget
command -v $t >/dev/null || exit ${NO_TOOL}
fetch() { if [ $t = curl ]; then curl -fsSL --max-time 60 "$1"; else wget -q -T 60 -O - "$1"; fi || { r=$?; echo "${FAIL_MARK}$t $r $1" >&2; return $r; }; }
`;

const FILE_MARK = '@@labwright-file ';

function splitFiles(text: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const part of text.split(`${FILE_MARK}`).slice(1)) {
    const end = part.indexOf('\n');
    files[part.slice(0, end)] = part.slice(end + 1);
  }
  return files;
}

async function parseSelection(mirror: Mirror, text: string): Promise<Selection> {
  const files = splitFiles(text);
  const index = files[INDEX];
  if (index === undefined) throw new ProbeAnswerError(INDEX);
  let paths: string[];
  try {
    paths = productPaths(index);
  } catch {
    throw new ProbeAnswerError('a simplestreams index');
  }
  const missing = paths.find((path) => files[path] === undefined);
  if (missing) throw new ProbeAnswerError(missing);
  const products = Object.fromEntries(paths.map((path) => [path, files[path] ?? '']));
  return selectInWorker({ files: products, passes: mirrorPasses(mirror), max: mirror.max });
}

/** Paths named in an index, by the means that every shell has; none that leads out of the stream. */
const EACH_PRODUCT = `grep -o '"path": *"[^"]*"' | sed 's/.*"\\([^"]*\\)"$/\\1/' | grep -v -e '^/' -e '\\.\\.' | sort -u`;

/** What the source offers now for the plan's filters: the forecast, before anything is downloaded. */
export function sourceSelection(mirror: Mirror, proxy: ProxySettings): Probe<Selection> {
  const url = sourceUrl(mirror);
  return costly({
    key: `source ${addressShown(proxy, url)} ${selectionKey(mirror)}`,
    seconds: 300,
    maxAgeSeconds: HOUR,
    shown: `curl ${url}/${INDEX}`,
    script: `${proxyExports(proxy)}${FETCH}i=$(fetch ${quote(`${url}/${INDEX}`)}) || exit 91
printf '%s\\n' ${quote(FILE_MARK + INDEX)}; printf '%s\\n' "$i"
printf '%s\\n' "$i" | ${EACH_PRODUCT} | while read -r p; do
  printf '%s%s\\n' ${quote(FILE_MARK)} "$p"; fetch ${quote(`${url}/`)}"$p" || exit 92; echo
done`,
    parse: ({ exitCode, text }) => {
      if (exitCode === NO_TOOL) throw new ProbeFailed(message('mirror.fail.no-fetcher'));
      if (exitCode !== 0) {
        const failed = new RegExp(`^${FAIL_MARK}(\\w+) (\\d+) (\\S+)$`, 'm').exec(text);
        const [, tool = '', code, at = url] = failed ?? [];
        const why = sourceFailure(proxy, { url: at, tool, code: Number(code) }, text);
        if (why !== undefined) throw new ProbeFailed(why);
        throw new ProbeAnswerError(addressShown(proxy, `${url}/${INDEX}`));
      }
      return parseSelection(mirror, text);
    },
  });
}

export interface IndexStamp {
  /** `undefined` when no signed index is published. */
  readonly stamp: string | undefined;
  /** SHA-256 of the index file, to compare with what is served. */
  readonly indexSha256: string | undefined;
  /** An unsigned index.json without a signed twin: it was mirrored without verification. */
  readonly unsigned: boolean;
}

/** Identity of the published index: changes when anything about it does. */
export function indexStamp(mirror: Mirror): Probe<IndexStamp> {
  const dir = quote(mirror.directory);
  return quick({
    key: `index-stamp ${mirror.directory}`,
    sudo: true,
    script: `cd ${dir} 2>/dev/null || exit 0
if [ -e ${INDEX} ]; then stat -c '%n %s %Y %i' streams/v1/*.sjson; echo "sha $(sha256sum <${INDEX} | cut -c1-64)"; fi
[ -e streams/v1/index.json ] && echo unsigned
exit 0`,
    parse: ({ text }) => {
      const lines = text.split('\n').filter((line) => /\.sjson \d+ \d+ \d+$/.test(line));
      const unsigned = /^unsigned$/m.test(text) && lines.length === 0;
      const indexSha256 = /^sha ([0-9a-f]{64})$/m.exec(text)?.[1];
      return {
        stamp: lines.length > 0 ? short(lines.join('\n')) : undefined,
        indexSha256,
        unsigned,
      };
    },
  });
}

/** What the published index promises for the plan's filters. Kept as long as the stamp is the same. */
export function publishedSelection(mirror: Mirror, stamp: string): Probe<Selection> {
  return costly({
    key: `published ${mirror.directory} ${stamp} ${selectionKey(mirror)}`,
    seconds: 60,
    maxAgeSeconds: 365 * 24 * HOUR,
    shown: `cat ${mirror.directory}/${INDEX}`,
    script: `cd ${quote(mirror.directory)} || exit 91
printf '%s\\n' ${quote(FILE_MARK + INDEX)}; cat ${INDEX} || exit 91
${EACH_PRODUCT.replace('grep', `grep -h`).replace(' |', ` ${INDEX} |`)} | while read -r p; do
  printf '\\n%s%s\\n' ${quote(FILE_MARK)} "$p"; cat "$p" || exit 92
done`,
    parse: ({ exitCode, text }) => {
      if (exitCode !== 0) throw new ProbeAnswerError(`${mirror.directory}/${INDEX}`);
      return parseSelection(mirror, text);
    },
  });
}

export interface Listing {
  /** Size of each file below the directory, by relative path; bookkeeping of the tool left out. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Changes when any file does: size, time or inode. */
  readonly stamp: string;
  /** Bytes of unfinished downloads. */
  readonly partialBytes: number;
}

/** All files of the mirror with their sizes. */
export function listing(mirror: Mirror): Probe<Listing> {
  return quick({
    key: `listing ${mirror.directory}`,
    sudo: true,
    seconds: 30,
    shown: `find ${mirror.directory} -type f`,
    script: `cd ${quote(mirror.directory)} 2>/dev/null || exit 0
find . -type f -exec stat -c '%s %Y %i %n' {} +`,
    parse: ({ text }) => {
      const sizes: Record<string, number> = {};
      let partialBytes = 0;
      const lines = text.split('\n').sort();
      for (const line of lines) {
        const match = /^(\d+) \d+ \d+ \.\/(.+)$/.exec(line);
        if (!match?.[2]) continue;
        const size = Number(match[1]);
        if (match[2].startsWith('.data/')) continue;
        if (match[2].endsWith('.part')) partialBytes += size;
        else sizes[match[2]] = size;
      }
      return { sizes, stamp: short(lines.join('\n')), partialBytes };
    },
  });
}

/** At most this many lost files are looked up in the tool's notes; one is enough to act. */
const NOTED_FILES = 50;

/**
 * Which of these lost files the tool believes to have, by its notes in `.data`: it would not fetch
 * those again. Files of a pass that never ran are not noted, and need nothing but that pass.
 */
export function notedFiles(mirror: Mirror, lost: readonly string[]): Probe<{ noted: string[] }> {
  const list = lost.slice(0, NOTED_FILES).join('\n');
  return quick({
    key: `noted ${mirror.directory} ${short(list)}`,
    sudo: true,
    shown: `grep -F PATH ${mirror.directory}/.data/*`,
    script: `cd ${quote(mirror.directory)} 2>/dev/null || exit 0
while read -r p; do
  for f in .data/*; do
    [ "$f" != .data/references.json ] && grep -qF -e "\\"$p\\"" "$f" 2>/dev/null && echo "noted $p"
  done
done <<'LABWRIGHT_FILES'
${list}
LABWRIGHT_FILES
exit 0`,
    parse: ({ text }) => ({ noted: [...text.matchAll(/^noted (.+)$/gm)].map((m) => m[1] ?? '') }),
  });
}

export interface Signatures {
  readonly good: boolean;
  /** gpgv's exit status: 1 a bad signature, 2 no key or an unreadable keyring. */
  readonly exitCode: number;
  readonly keyring: 'binary' | 'armored' | 'absent';
  /** The key or the signature is newer than the host's clock. */
  readonly fromFuture: boolean;
  readonly file: string;
}

/** Checks every signed file of the index against the keyring (gpgv(1)). */
export function signatures(mirror: Mirror): Probe<Signatures> {
  const keyring = quote(mirror.keyring);
  return quick({
    key: `signatures ${mirror.directory} ${mirror.keyring}`,
    sudo: true,
    seconds: 30,
    shown: `gpgv --keyring ${mirror.keyring} ${mirror.directory}/${INDEX}`,
    script: `k=binary; [ -r ${keyring} ] || k=absent
if [ $k = binary ] && head -c 10 ${keyring} | grep -q -e '-----BEGIN'; then k=armored; fi
echo "keyring $k"
cd ${quote(mirror.directory)} 2>/dev/null || { echo "result 0 none"; exit 0; }
for f in streams/v1/*.sjson; do
  [ -e "$f" ] || continue
  gpgv --keyring ${keyring} "$f" 2>&1 >/dev/null; r=$?
  if [ $r -ne 0 ]; then echo "result $r $f"; exit 0; fi
done
echo "result 0 all"`,
    parse: ({ text }) => {
      const keyring = /^keyring (binary|armored|absent)$/m.exec(text)?.[1];
      const result = /^result (\d+) (.+)$/m.exec(text);
      if (!keyring || !result?.[2]) throw new ProbeAnswerError('the result of gpgv');
      const exitCode = Number(result[1]);
      return {
        good: exitCode === 0 && result[2] === 'all',
        exitCode,
        keyring: keyring as Signatures['keyring'],
        // GnuPG's words (g10/sig-check.c), in English: the loader pins LC_ALL=C.
        fromFuture: exitCode !== 0 && /in the future|newer than the signature/.test(text),
        file: result[2],
      };
    },
  });
}

export interface FileTrouble {
  readonly path: string;
  readonly what: 'missing' | 'size' | 'hash';
}

/**
 * Sizes and SHA-256 of the selected files. Hashes are remembered on the host by path, size, time
 * and inode, so that only what changed is read again.
 */
export function verifiedFiles(
  mirror: Mirror,
  files: readonly SelectedFile[],
  stamp: string,
): Probe<{ checked: number; trouble: FileTrouble[] }> {
  const list = files.map(({ sha256, size, path }) => `${sha256} ${size} ${path}`).join('\n');
  return costly({
    key: `verified ${mirror.directory} ${short(list)} ${stamp}`,
    seconds: 4 * HOUR,
    maxAgeSeconds: 24 * HOUR,
    shown: `sha256sum (${files.length} files in ${mirror.directory})`,
    script: `cd ${quote(mirror.directory)} || exit 91
c=/var/lib/labwright/hashes; [ -e $c ] || : >$c
n=0
while read -r h s p; do
  n=$((n + 1))
  if [ ! -f "$p" ]; then echo "missing $p"; continue; fi
  t=$(stat -c '%s %Y %i' "$p")
  if [ "\${t%% *}" != "$s" ]; then echo "size $p"; continue; fi
  if grep -qxF -e "$h $t $PWD/$p" $c; then continue; fi
  if [ "$(sha256sum <"$p" | cut -c1-64)" = "$h" ]; then echo "$h $t $PWD/$p" >>$c
  else echo "hash $p"; fi
done <<'LABWRIGHT_FILES'
${list}
LABWRIGHT_FILES
echo "checked $n"`,
    parse: ({ text }) => {
      const checked = /^checked (\d+)$/m.exec(text)?.[1];
      if (checked === undefined) throw new ProbeAnswerError('checked …');
      const trouble = [...text.matchAll(/^(missing|size|hash) (.+)$/gm)].map(([, what, path]) => ({
        what: what as FileTrouble['what'],
        path: path ?? '',
      }));
      return { checked: Number(checked), trouble };
    },
  });
}

export interface Served {
  /** HTTP status of the index; 0 when nothing answered. */
  readonly status: number;
  /** SHA-256 of the index as it arrived, to be held against the file's own. */
  readonly indexSha256: string | undefined;
  /** Files that the web server does not give, or not with their size. */
  readonly trouble: string[];
  readonly detail: string;
}

/**
 * Fetches the index and asks for every selected file by HEAD, without a proxy: a cache or another
 * server in between would show as a different index.
 */
export function served(url: string, files: readonly SelectedFile[], from: string): Probe<Served> {
  const list = files.map(({ size, path }) => `${size} ${path}`).join('\n');
  return quick({
    key: `served ${url} ${short(list)} ${from}`,
    seconds: 60,
    shown: `curl -I ${url}/${INDEX}`,
    script: `u=${quote(url)}
if command -v curl >/dev/null; then
  status() { curl -sS --noproxy '*' --max-time 10 -o /dev/null -w 'status %{http_code}\\n' "$1" 2>&1; }
  get() { curl -fsS --noproxy '*' --max-time 10 "$1"; }
  head_of() { curl -fsSI --noproxy '*' --max-time 10 "$1"; }
elif command -v wget >/dev/null; then
  head_of() { wget -q -S --spider --no-proxy -T 10 -t 1 "$1" 2>&1; }
  status() { head_of "$1" | sed -n 's/^ *HTTP[^ ]* \\([0-9]*\\).*/status \\1/p' | tail -n 1; }
  get() { wget -q --no-proxy -T 10 -t 1 -O - "$1"; }
else exit ${NO_TOOL}; fi
a=$(status "$u/${INDEX}"); printf '%s\\n' "$a"
# Who does not answer for the index would keep us waiting for every single file.
case $a in *"status "[1-9]*) ;; *) echo end; exit 0 ;; esac
echo "sha $(get "$u/${INDEX}" 2>/dev/null | sha256sum | cut -c1-64)"
while read -r s p; do
  g=$(head_of "$u/$p" 2>/dev/null | tr -d '\\r' | sed -n 's/^ *[Cc]ontent-[Ll]ength: *//p' | tail -n 1)
  [ "$g" = "$s" ] || echo "bad $p"
done <<'LABWRIGHT_FILES'
${list}
LABWRIGHT_FILES
echo end`,
    parse: ({ exitCode, text }) => {
      if (exitCode === NO_TOOL) {
        throw new ProbeFailed(message('mirror.served.no-fetcher', { from }));
      }
      if (!/^end$/m.test(text)) throw new ProbeAnswerError('the answer of curl');
      const sha = /^sha ([0-9a-f]{64})$/m.exec(text)?.[1];
      return {
        status: Number(/^status (\d+)$/m.exec(text)?.[1] ?? 0),
        indexSha256: sha === EMPTY_SHA256 ? undefined : sha,
        trouble: [...text.matchAll(/^bad (.+)$/gm)].map((match) => match[1] ?? ''),
        detail: /^curl: .*$/m.exec(text)?.[0] ?? '',
      };
    },
  });
}

/** SHA-256 of nothing: what a failed fetch gives. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
