import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { LabwrightError } from '../../contract/error.ts';
import { quote } from '../../contract/shell-quote.ts';
import type { RawDisk } from '../images/raw-disk.ts';
import { flatName, vmdkDescriptor } from '../images/vmdk-descriptor.ts';
import { assertMachine, OTHER_MACHINE } from './durable-job.ts';
import { BEST_DIGEST } from './host-dialect.ts';
import type { HostLink } from './host-link.ts';
import type { ScriptResult } from './run-script.ts';

export interface DiskUpload {
  /** The descriptor, in a folder that is there and ours. */
  readonly path: string;
  readonly open: () => Promise<RawDisk>;
  readonly machineId?: string;
  readonly signal: AbortSignal;
  readonly onAmount: (doneBytes: number, totalBytes: number) => void;
}

const QUICK_MS = 60_000;
/** Gigabytes over a slow line; a link that is dead is noticed by itself. */
const TRANSFER_MS = 12 * 3600 * 1000;
/** Gigabytes are read back from a slow disk. */
const PROOF_MS = 3600 * 1000;
/** Zeros shrink to nothing and the rest was packed well before: more effort brings little. */
const LEVEL = 1;
const CORRUPT = 98;
const NO_DIGEST = 95;

/**
 * Makes a disk of an image on an ESXi host, through its shell: the bytes go over packed, are read back
 * there and compared, and only then are put in their place with their descriptor. One that has its
 * descriptor is whole already. Throws `disk-full`, `upload-corrupt`, `cancelled`, and what the image
 * and the link throw.
 */
export async function putDisk(link: HostLink, upload: DiskUpload): Promise<void> {
  const { path, machineId } = upload;
  const flat = flatName(path);
  const head = `${assertMachine(machineId)}umask 077
d=${quote(path)}; f=${quote(flat)}; t=$f.labwright-new
`;
  const looked = await link.run({
    script: `${head}[ ! -e "$d" ] || [ ! -e "$f" ] || { echo there; exit; }
rm -f "$d" "$f" "$t"
${BEST_DIGEST}
[ $h != no ] || exit ${NO_DIGEST}
echo "digest $h"
! command -v gunzip >/dev/null 2>&1 || echo unpacks
`,
    sudo: false,
    deadlineMs: QUICK_MS,
    signal: upload.signal,
  });
  check(link, path, looked);
  const said = looked.stdout.toString('utf8');
  if (/^there$/m.test(said)) return;
  const algorithm = /^digest (\w+)$/m.exec(said)?.[1] ?? '';
  // Every ESXi that we know of has it (unverified); without it the bytes go as they are.
  const unpacks = /^unpacks$/m.test(said);
  const disk = await upload.open();
  try {
    const hash = createHash(algorithm);
    const bytes = read(disk, hash, upload.onAmount);
    // What is cut off in the middle fails to unpack, and is removed by whoever sees that first.
    const script = `${head}trap 'rm -f "$t"; exit 1' HUP INT TERM
${unpacks ? 'gunzip -c' : 'cat'} >"$t" || { rm -f "$t"; exit 1; }
`;
    const sent = await link.runApart({
      script,
      sudo: false,
      stdin: unpacks ? pack(bytes) : bytes,
      deadlineMs: TRANSFER_MS,
      signal: upload.signal,
    });
    check(link, path, sent);
    const proved = await link.run({
      script: `${head}set -e
[ "$(${algorithm}sum <"$t" | cut -d' ' -f1)" = ${hash.digest('hex')} ] || { rm -f "$t"; exit ${CORRUPT}; }
cat >"$d.labwright-new" <<'LABWRIGHT_VMDK'
${vmdkDescriptor(path, disk.size)}LABWRIGHT_VMDK
mv -f "$t" "$f"
mv -f "$d.labwright-new" "$d"
`,
      sudo: false,
      deadlineMs: PROOF_MS,
      signal: upload.signal,
    });
    check(link, path, proved);
  } catch (error) {
    await link
      .run({ script: `${head}rm -f "$t"\n`, sudo: false, deadlineMs: QUICK_MS })
      .catch(() => {});
    throw error;
  } finally {
    await disk.close();
  }
}

/** The disk as a stream; what has been read of it is hashed and told. */
function read(
  disk: RawDisk,
  hash: ReturnType<typeof createHash>,
  onAmount: DiskUpload['onAmount'],
): Readable {
  let done = 0;
  const seen = new Transform({
    transform(piece: Uint8Array, _encoding, next) {
      hash.update(piece);
      done += piece.length;
      onAmount(done, disk.size);
      next(null, piece);
    },
  });
  const source = Readable.from(disk.pieces(), { highWaterMark: 2 });
  // Whoever reads it is told of the error, and ends it when they want no more.
  return pipeline(source, seen, () => {});
}

const pack = (bytes: Readable): Readable => pipeline(bytes, createGzip({ level: LEVEL }), () => {});

function check(link: HostLink, path: string, { exitCode, stderr }: ScriptResult): void {
  if (exitCode === 0) return;
  const where = { host: link.name, path };
  const detail = stderr.trim();
  if (exitCode === OTHER_MACHINE) throw new LabwrightError('host-identity-changed', where);
  if (exitCode === CORRUPT) throw new LabwrightError('upload-corrupt', where);
  if (exitCode === NO_DIGEST) {
    const expected = 'sha256sum, sha1sum, md5sum';
    throw new LabwrightError('output-unexpected', { ...where, expected });
  }
  if (/No space left/i.test(detail)) throw new LabwrightError('disk-full', where, { detail });
  throw new LabwrightError('job-failed', where, { detail });
}
