import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mirror } from '../../src/contract/plan.ts';
import { type Probe, type ProbeFailed, quick } from '../../src/main/engine/probe.ts';
import { served, sourceSelection } from '../../src/main/engine/probes/mirror.ts';
import { guidePlan } from './support/guide-facts.ts';
import { pathOf } from './support/shells.ts';

/** What the scripts need beside the tool that fetches. */
const HELPERS = ['cat', 'cut', 'grep', 'head', 'sed', 'sh', 'sha256sum', 'sort', 'tail', 'tr'];
const TOOLS = ['curl', 'wget'].filter((name) => pathOf(name) !== undefined);
const FILE = { path: 'a/boot-kernel', size: 5, sha256: '', product: '', version: '' };

let server: Server;
let base: string;
let closed: number;
const folders: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/broken')) response.writeHead(503).end();
    else if (path === '/stream/streams/v1/index.sjson') response.end('{"index": {}}\n');
    else if (path === '/stream/a/boot-kernel')
      response.writeHead(200, { 'Content-Length': 5 }).end('12345');
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // A port that nobody listens at: this one just gave it back.
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  closed = (other.address() as AddressInfo).port;
  await new Promise((done) => other.close(done));
});

afterAll(() => {
  server.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A PATH that has the one tool, or none. */
function pathWith(...tools: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'labwright-tools-'));
  folders.push(folder);
  for (const name of [...HELPERS, ...tools]) symlinkSync(pathOf(name) ?? '', join(folder, name));
  return folder;
}

/** Runs the script of a probe as a host does and has the answer understood. */
async function ask<T>(probe: Probe<T>, PATH: string): Promise<T> {
  const { exitCode, text } = await new Promise<{ exitCode: number; text: string }>((done) => {
    const env = { PATH, LC_ALL: 'C' };
    execFile(pathOf('sh') ?? 'sh', ['-c', `exec 2>&1\n${probe.script}`], { env }, (error, out) => {
      done({ exitCode: typeof error?.code === 'number' ? error.code : 0, text: out });
    });
  });
  return await probe.parse({ exitCode, text });
}

function source(address: string): Mirror {
  return { ...guidePlan().mirror!, source: address };
}

async function failure(address: string, PATH: string) {
  const failed = (await ask(sourceSelection(source(address), {}), PATH).catch(
    (error: unknown) => error,
  )) as ProbeFailed;
  return { key: failed.reason?.key, params: failed.reason?.params };
}

describe.each(TOOLS)('with %s alone', (tool) => {
  const path = pathWith(tool);
  const known = tool === 'curl';

  test('a source that is not there is named, not called an unexpected answer', async () => {
    const url = `${base}/nowhere/streams/v1/index.sjson`;
    const key = known ? 'mirror.fail.not-found' : 'mirror.fail.not-given';
    expect(await failure(`${base}/nowhere/`, path)).toEqual({ key, params: { url } });
  });

  test('a source that refuses, and one whose name nobody knows', async () => {
    expect((await failure(`http://127.0.0.1:${closed}/`, path)).key).toBe(
      'mirror.fail.unreachable',
    );
    // RFC 6761: never resolves.
    expect((await failure('http://source.invalid/', path)).key).toBe(
      known ? 'mirror.fail.dns' : 'mirror.fail.unreachable',
    );
  });

  test('a source in trouble is told with its status', async () => {
    const { key, params } = await failure(`${base}/broken/`, path);
    const url = `${base}/broken/streams/v1/index.sjson`;
    expect({ key, params }).toEqual(
      known
        ? { key: 'mirror.fail.status', params: { url, status: 503 } }
        : { key: 'mirror.fail.not-given', params: { url } },
    );
  });

  test('the mirror is looked at: index, sizes, and what is missing', async () => {
    const gone = { ...FILE, path: 'a/gone' };
    const short = { ...FILE, path: 'a/boot-kernel', size: 6 };
    const good = await ask(served(`${base}/stream`, [FILE], 'mirror'), path);
    expect(good).toMatchObject({ status: 200, trouble: [] });
    expect(good.indexSha256).toMatch(/^[0-9a-f]{64}$/);
    const bad = await ask(served(`${base}/stream`, [gone, short], 'mirror'), path);
    expect(bad.trouble).toEqual(['a/gone', 'a/boot-kernel']);
    const away = await ask(served(`${base}/elsewhere`, [FILE], 'mirror'), path);
    expect(away.status).toBe(404);
  });

  test('a mirror that does not answer is asked once, not once for every file', async () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ ...FILE, path: `a/${n}` }));
    const found = await ask(served(`http://127.0.0.1:${closed}`, many, 'mirror'), path);
    expect(found).toMatchObject({ status: 0, trouble: [], indexSha256: undefined });
  });
});

test('a host without either says which tools it wants', async () => {
  const path = pathWith();
  expect((await failure(`${base}/stream/`, path)).key).toBe('mirror.fail.no-fetcher');
  await expect(ask(served(`${base}/stream`, [FILE], 'mirror'), path)).rejects.toMatchObject({
    reason: { key: 'mirror.served.no-fetcher', params: { from: 'mirror' } },
  });
});

test('a path that leads out of the stream is not read on the host', async () => {
  const { script } = sourceSelection(source(`${base}/stream/`), {});
  const each = /\| (grep -o .* sort -u) \|/.exec(script)?.[1] ?? '';
  const index =
    '{"a": {"path": "../../etc/shadow"}, "b": {"path": "/etc/shadow"}, "c": {"path": "streams/v1/c.sjson"}}';
  const probe = quick({
    key: 'paths',
    script: `printf '%s\n' '${index}' | ${each}`,
    parse: ({ text }) => text,
  });
  expect(await ask(probe, pathWith())).toBe('streams/v1/c.sjson\n');
});
