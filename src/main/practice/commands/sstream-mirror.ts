import { createHash } from 'node:crypto';
import { Ended, type Io, type Program, parseArgs, pause } from '../program.ts';
import {
  badChecksum,
  badSignature,
  cannotOpen,
  diskFull,
  noConnection,
  notPermitted,
} from '../python-traceback.ts';
import { verify } from '../signing.ts';
import { VfsError } from '../vfs-error.ts';
import { request } from '../web.ts';
import { check } from './gpgv.ts';
import { Failure, type Filter, parseFilter } from './stream-filter.ts';

/**
 * sstream-mirror of simplestreams 0.1.0, after recorded runs of the real one: what it prints and where,
 * exit 0 when a filter matches nothing, exit 1 with a Python traceback for every failure, `.part` files
 * resumed by Range, products verbatim and signed, the index last, older serials pruned with --max.
 */
interface Wanted {
  readonly product: string;
  readonly serial: string;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

type Items = Record<
  string,
  { path: string; size: number; sha256: string } & Record<string, unknown>
>;
type Products = Record<
  string,
  Record<string, unknown> & { versions: Record<string, { items: Items }> }
>;

interface MirrorOptions {
  readonly keyring: string;
  readonly verify: boolean;
  readonly max: number;
  readonly progress: boolean;
  readonly verbose: boolean;
  readonly filters: readonly Filter[];
  readonly dryRun: boolean;
}

/** Size of one read(): also the granularity of the dots. */
const CHUNK = 10_240;
const MEGABYTE = 1024 * 1024;

/** The state of one run. */
class Mirror {
  readonly #io: Io;
  readonly #base: string;
  readonly #folder: string;
  readonly #options: MirrorOptions;
  #done = 0;
  #total = 0;
  #owed = 0;

  constructor(io: Io, base: string, folder: string, options: MirrorOptions) {
    this.#io = io;
    this.#base = base;
    this.#folder = folder;
    this.#options = options;
  }

  #url(path: string): URL {
    return new URL(
      this.#base +
        path
          .split('/')
          .map((part) => encodeURIComponent(part).replaceAll('%3A', ':'))
          .join('/'),
    );
  }

  #fetch(path: string, isIndex: boolean): Uint8Array {
    const url = this.#url(path);
    const answer = request(this.#io.machine, url);
    if ('failure' in answer) throw new Failure(noConnection(url, answer.failure));
    if (answer.status !== 200) throw new Failure(cannotOpen(this.#base + path, isIndex));
    this.#io.machine.fetchLog.push({ path: url.pathname, bytes: answer.body.length });
    return answer.body;
  }

  #read(path: string, isIndex: boolean): { raw: Uint8Array; json: Record<string, unknown> } {
    const raw = this.#fetch(path, isIndex);
    const signed = Buffer.from(raw).toString('utf8');
    if (this.#options.verify) {
      const { status } = check(this.#io.machine, this.#options.keyring, signed);
      if (status !== 0) throw new Failure(badSignature(this.#options.keyring, status, isIndex));
    }
    const verdict = verify(signed, new Set());
    return {
      raw,
      json: JSON.parse(verdict.kind === 'not-signed' ? signed : verdict.text) as Record<
        string,
        unknown
      >,
    };
  }

  async run(): Promise<void> {
    const index = this.#read('streams/v1/index.sjson', true);
    const streams = Object.values(index.json.index as Record<string, { path: string }>).map(
      ({ path }) => ({ path, ...this.#read(path, false) }),
    );
    let change = 0;
    const plans = streams.map(({ path, raw, json }) => {
      const plan = this.#plan(json);
      for (const item of [...plan.remove, ...plan.add]) {
        const added = plan.add.includes(item);
        this.#io.out(
          `${added ? '+' : '-'} ${item.product} ${item.serial} ${item.name} ${item.path} ${Math.floor(item.size / MEGABYTE)} Mb\n`,
        );
        change += added ? item.size : -item.size;
      }
      this.#total += plan.add.reduce((sum, { size }) => sum + size, 0);
      return { path, raw, json, plan };
    });
    this.#io.out(`${Math.trunc(change / MEGABYTE)} Mb change\n`);
    if (this.#options.dryRun) return;
    for (const { path, raw, json, plan } of plans) {
      for (const item of plan.add) await this.#insert(item);
      for (const item of plan.remove) this.#remove(item, plan.keep);
      const id = String(json.content_id);
      this.#write(
        `.data/${id}`,
        JSON.stringify({ content_id: id, format: 'products:1.0', products: plan.products }),
      );
      this.#references(id, plan.keep);
      this.#write(path, raw);
    }
    this.#write('streams/v1/index.sjson', index.raw);
  }

  #plan(json: Record<string, unknown>) {
    const { max, filters } = this.#options;
    const add: Wanted[] = [];
    const remove: Wanted[] = [];
    const keep: Wanted[] = [];
    const products: Products = {};
    const before = this.#mirrored(String(json.content_id));
    for (const [product, facts] of Object.entries(json.products as Products).sort(
      ([one], [other]) => (one < other ? -1 : 1),
    )) {
      const { versions, ...shared } = facts;
      const serials = Object.keys(versions).sort().reverse();
      const chosen = new Map<string, Wanted[]>();
      for (const serial of serials) {
        const items = Object.entries((versions[serial] as { items: Items }).items)
          .filter(([name, item]) =>
            filters.every((filter) =>
              filter({
                ...shared,
                ...item,
                product_name: product,
                version_name: serial,
                item_name: name,
              }),
            ),
          )
          .map(([name, { path, size, sha256 }]) => ({ product, serial, name, path, size, sha256 }))
          .sort((one, other) => (one.name < other.name ? -1 : 1));
        if (items.length > 0 && chosen.size < max) chosen.set(serial, items);
      }
      const had = before[product]?.versions ?? {};
      for (const [serial, items] of chosen) {
        keep.push(...items);
        if (!had[serial]) add.push(...items);
      }
      for (const [serial, { items }] of Object.entries(had)) {
        if (chosen.has(serial)) continue;
        if (chosen.size > 0)
          for (const [name, { path, size, sha256 }] of Object.entries(items))
            remove.push({ product, serial, name, path, size, sha256 });
      }
      const earlier = before[product];
      if (chosen.size === 0 && earlier !== undefined) {
        // A pass with other filters leaves what an earlier one noted (simplestreams sync_products).
        products[product] = earlier;
        for (const [serial, { items }] of Object.entries(earlier.versions)) {
          for (const [name, { path, size, sha256 }] of Object.entries(items)) {
            keep.push({ product, serial, name, path, size, sha256 });
          }
        }
      }
      if (chosen.size > 0) {
        const kept = [...chosen].map(([serial, items]) => [
          serial,
          {
            items: Object.fromEntries(
              items.map(({ name, path, size, sha256 }) => [name, { path, size, sha256 }]),
            ),
          },
        ]);
        products[product] = {
          ...shared,
          versions: Object.fromEntries(kept) as Products[string]['versions'],
        };
      }
    }
    return { add, remove, keep, products };
  }

  #mirrored(id: string): Products {
    try {
      return (
        JSON.parse(this.#io.machine.fs.textSync(`${this.#folder}/.data/${id}`)) as {
          products: Products;
        }
      ).products;
    } catch {
      return {};
    }
  }

  #references(id: string, keep: readonly Wanted[]): void {
    const references: Record<string, string[][]> = {};
    for (const { path, product, serial, name } of keep) {
      references[path] = [...(references[path] ?? []), [id, product, serial, name]];
    }
    this.#write('.data/references.json', JSON.stringify(references));
  }

  #write(path: string, content: string | Uint8Array): void {
    const full = `${this.#folder}/${path}`;
    this.#folderOf(full);
    try {
      this.#io.machine.fs.writeSync(full, content);
    } catch (error) {
      throw this.#failed(error, full);
    }
  }

  #folderOf(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    try {
      this.#io.machine.fs.mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw this.#failed(error, this.#folder);
    }
  }

  #failed(error: unknown, path: string): unknown {
    if (!(error instanceof VfsError)) return error;
    if (error.code === 'ENOSPC') return new Failure(diskFull());
    return new Failure(notPermitted(path));
  }

  async #insert(item: Wanted): Promise<void> {
    const { fs } = this.#io.machine;
    const full = `${this.#folder}/${item.path}`;
    const url = this.#base + item.path;
    const { progress, verbose } = this.#options;
    if (verbose) this.#io.err(`inserting ${url} to ${item.path}\n`);
    if (fs.find(full) && digest(fs.readSync(full)) === item.sha256) return;
    this.#folderOf(full);
    const part = `${full}.part`;
    const answer = request(this.#io.machine, this.#url(item.path));
    if ('failure' in answer) throw new Failure(noConnection(this.#url(item.path), answer.failure));
    if (answer.status !== 200) throw new Failure(cannotOpen(url, false));
    const start = fs.find(part)?.size ?? 0;
    if (start > 0 && verbose)
      this.#io.err(`resuming partial (${start}) download of '${item.path}' from '${part}'\n`);
    // A server that ignores Range sends the file from its beginning, which lands behind what is there.
    let at = start > 0 && answer.ranges ? Math.min(start, answer.body.length) : 0;
    let read = start;
    if (progress)
      this.#io.err(
        `=> ${item.path} [${item.size}] ${String(Math.floor((this.#done / Math.max(1, this.#total)) * 100)).padStart(2)}%\n`,
      );
    const log = {
      path: this.#url(item.path).pathname,
      ...(start > 0 ? { range: `bytes=${start}-` } : {}),
      bytes: 0,
    };
    this.#io.machine.fetchLog.push(log);
    let dots = 0;
    try {
      if (start === 0) fs.writeSync(part, '');
      while (at < answer.body.length) {
        const bytes = answer.body.subarray(at, at + CHUNK);
        fs.appendSync(part, bytes);
        at += bytes.length;
        read += bytes.length;
        log.bytes += bytes.length;
        if (progress && read === item.size) this.#io.err('\n');
        else if (progress) {
          const wanted = Math.min(80, Math.floor((read * 80) / item.size));
          if (wanted > dots) this.#io.err('.'.repeat(wanted - dots));
          dots = Math.max(dots, wanted);
        }
        await this.#pace(bytes.length);
      }
    } catch (error) {
      throw this.#failed(error, full);
    }
    const found = digest(fs.readSync(part));
    if (found !== item.sha256) {
      fs.rmSync(part);
      if (start > 0) this.#io.err(`resumed download of '${item.path}' had bad checksum.\n`);
      throw new Failure(badChecksum(url, found, item.sha256, read, item.size));
    }
    fs.renameSync(part, full);
    this.#done += item.size;
  }

  /** Downloads no faster than the practice lab says, and lets others have their turn. */
  async #pace(bytes: number): Promise<void> {
    const { bytesPerSecond } = this.#io.machine.options;
    if (this.#io.signal.aborted) throw new Ended();
    this.#owed +=
      bytesPerSecond === undefined ? bytes / (64 * CHUNK) : (bytes / bytesPerSecond) * 1000;
    if (bytesPerSecond !== undefined ? this.#owed < 15 : this.#owed < 1) return;
    const wait = bytesPerSecond === undefined ? 0 : this.#owed;
    this.#owed = 0;
    await pause(wait, this.#io.signal);
  }

  #remove(item: Wanted, keep: readonly Wanted[]): void {
    if (keep.some(({ path }) => path === item.path)) return;
    const { fs } = this.#io.machine;
    let path = `${this.#folder}/${item.path}`;
    fs.rmSync(path, { force: true });
    // Folders that became empty go too, up to the mirror's own.
    for (;;) {
      path = path.slice(0, path.lastIndexOf('/'));
      const node = fs.find(path);
      if (path === this.#folder || !node || node.children.size > 0) return;
      fs.rmSync(path);
    }
  }
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const USAGE =
  'usage: sstream-mirror [-h] [--keep] [--max MAX_ITEMS] [--path PATH] [--no-item-download] [--dry-run] [--progress]\n' +
  '                      [--mirror MIRRORS] [--verbose] [--log-file LOG_FILE] [--keyring KEYRING] [--no-verify]\n' +
  '                      source_mirror output_d [filters ...]\n';

export const sstreamMirror: Program = async (args, io) => {
  const { flags, values, rest } = parseArgs(args, {
    flags: '-v --verbose --no-verify --dry-run --progress --keep --no-item-download -h --help',
    valued: '--keyring --max --path --mirror --log-file',
  });
  if (flags.has('-h') || flags.has('--help')) {
    io.out(USAGE);
    return 0;
  }
  const [source, output, ...filters] = rest;
  if (source === undefined || output === undefined) {
    const needed = source === undefined ? 'source_mirror, output_d' : 'output_d';
    io.err(`${USAGE}sstream-mirror: error: the following arguments are required: ${needed}\n`);
    return 2;
  }
  try {
    const mirror = new Mirror(
      io,
      source.endsWith('/') ? source : `${source}/`,
      io.machine.fs.resolvePath(io.cwd, output),
      {
        keyring: values.get('--keyring') ?? '/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg',
        verify: !flags.has('--no-verify'),
        max: values.has('--max') ? Number(values.get('--max')) : Number.POSITIVE_INFINITY,
        progress: flags.has('--progress'),
        verbose: flags.has('-v') || flags.has('--verbose'),
        filters: filters.map(parseFilter),
        dryRun: flags.has('--dry-run'),
      },
    );
    await mirror.run();
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    io.err(error.message);
    return 1;
  }
};
