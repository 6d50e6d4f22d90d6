import type { ProxySettings } from '../../../contract/plan.ts';
import { quote } from '../../../contract/shell-quote.ts';
import { costly, type Probe, ProbeAnswerError, quick } from '../probe.ts';
import { addressShown, proxyExports } from './proxy.ts';

const HOUR = 3600;

/** What was fetched and proved, a line each: SHA-256, size, time, inode, path, address. */
export const IMAGE_RECORDS = '/var/lib/labwright/images';

/** An image as the plan wants it. */
export interface WantedImage {
  readonly url: string;
  /** When it is given, it vouches for the image and no signature is asked for. */
  readonly sha256: string | undefined;
  readonly keyring: string;
}

export interface StoredImage {
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
  readonly path: string;
  /** Bytes of the disk that it stands for, where that is known. */
  readonly diskBytes?: number;
}

/**
 * Images on a host that were proved when they came and are the same file since then: size, time and
 * inode. One that was touched is not listed, so it is proved again.
 */
export const storedImages = quick<{ images: StoredImage[] }>({
  key: 'stored-images',
  sudo: true,
  script: `[ -e ${IMAGE_RECORDS} ] || exit 0
while read -r h s m i p u; do
  [ "$(stat -c '%s %Y %i' "$p" 2>/dev/null)" = "$s $m $i" ] && echo "image $h $s $p $u"
done <${IMAGE_RECORDS}
exit 0`,
  shown: `stat (files named in ${IMAGE_RECORDS})`,
  parse: ({ text }) => ({
    images: [...text.matchAll(/^image ([0-9a-f]{64}) (\d+) (\S+) (\S+)$/gm)].map(
      ([, sha256 = '', size, path = '', url = '']) => ({ url, sha256, size: Number(size), path }),
    ),
  }),
});

/** What the publisher says about an image, and whether it can be believed. */
export type Offer =
  | { readonly state: 'offered'; readonly sha256: string; readonly size: number | undefined }
  /** curl's exit code (curl(1)) and last words. */
  | { readonly state: 'unreachable'; readonly exitCode: number; readonly detail: string }
  | { readonly state: 'status'; readonly status: number; readonly file: string }
  | {
      readonly state:
        | 'keyring-absent'
        | 'keyring-armored'
        | 'keyring-unreadable'
        | 'wrong-key'
        | 'future'
        | 'tampered';
    }
  | { readonly state: 'unproved'; readonly why: string }
  | { readonly state: 'unlisted' };

/** The folder of an address, and what lies in it. */
export function splitUrl(url: string): { readonly folder: string; readonly file: string } {
  const at = url.lastIndexOf('/');
  return { folder: url.slice(0, at), file: url.slice(at + 1) };
}

/** Size, hash and signature as they are published beside the image; the image itself stays there. */
export function offeredImage(image: WantedImage, proxy: ProxySettings): Probe<Offer> {
  const { url, sha256, keyring } = image;
  const { folder, file } = splitUrl(url);
  const ring = quote(keyring);
  const proof =
    sha256 !== undefined
      ? `echo "sum ${sha256}"`
      : `if [ ! -r ${ring} ]; then echo "keyring absent"; exit 0; fi
if head -c 10 ${ring} | grep -q -e '-----BEGIN'; then echo "keyring armored"; exit 0; fi
get SHA256SUMS; get SHA256SUMS.gpg
gpgv --keyring ${ring} "$t/SHA256SUMS.gpg" "$t/SHA256SUMS" 2>&1; echo "gpgv $?"
echo "sum $(awk -v f=${quote(file)} '$2 == f || $2 == "*" f { print $1; exit }' "$t/SHA256SUMS")"`;
  return costly({
    key: `offered-image ${addressShown(proxy, url)} ${sha256 ?? keyring}`,
    seconds: 120,
    maxAgeSeconds: HOUR,
    shown: `curl ${folder}/SHA256SUMS; gpgv --keyring ${keyring} SHA256SUMS.gpg SHA256SUMS`,
    script: `${proxyExports(proxy)}t=$(mktemp -d) || exit 1
trap 'rm -rf "$t"' EXIT
get() {
  c=$(curl -sSL --max-time 60 -o "$t/$1" -w '%{http_code}' ${quote(`${folder}/`)}"$1" 2>"$t/said"); r=$?
  [ $r -eq 0 ] || { echo "curl $r $(tail -n 1 "$t/said")"; exit 0; }
  [ "$c" = 200 ] || { echo "status $c $1"; exit 0; }
}
${proof}
curl -sSLI --max-time 60 ${quote(url)} >"$t/head" 2>"$t/said"; r=$?
[ $r -eq 0 ] || { echo "curl $r $(tail -n 1 "$t/said")"; exit 0; }
tr -d '\\r' <"$t/head" | sed -n 's/^HTTP[^ ]* \\([0-9]*\\).*/head \\1/p; s/^[Cc]ontent-[Ll]ength: */size /p'`,
    parse: ({ exitCode, text }) => parseOffer(exitCode, text, file),
  });
}

function parseOffer(exitCode: number, text: string, file: string): Offer {
  const curl = /^curl (\d+) ?(.*)$/m.exec(text);
  if (curl) return { state: 'unreachable', exitCode: Number(curl[1]), detail: curl[2] ?? '' };
  const status = /^status (\d+) (.*)$/m.exec(text);
  if (status) return { state: 'status', status: Number(status[1]), file: status[2] ?? '' };
  const keyring = /^keyring (absent|armored)$/m.exec(text)?.[1];
  if (keyring === 'absent') return { state: 'keyring-absent' };
  if (keyring === 'armored') return { state: 'keyring-armored' };
  // gpgv: 1 is a bad signature, 2 no key for it; its words are English (LC_ALL=C in the loader).
  const gpgv = Number(/^gpgv (\d+)$/m.exec(text)?.[1] ?? 0);
  if (gpgv !== 0) {
    if (/in the future|newer than the signature/.test(text)) return { state: 'future' };
    return { state: gpgv === 1 ? 'tampered' : 'wrong-key' };
  }
  const sum = /^sum ([0-9a-f]{64})?$/m.exec(text);
  if (exitCode !== 0 || sum === null) throw new ProbeAnswerError('what is published of an image');
  const head = [...text.matchAll(/^head (\d+)$/gm)].at(-1)?.[1];
  if (head !== undefined && Number(head) >= 400) {
    return { state: 'status', status: Number(head), file };
  }
  if (sum[1] === undefined) return { state: 'unlisted' };
  const size = [...text.matchAll(/^size (\d+)$/gm)].at(-1)?.[1];
  return { state: 'offered', sha256: sum[1], size: size === undefined ? undefined : Number(size) };
}
