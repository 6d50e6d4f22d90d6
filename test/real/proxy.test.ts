import { writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { ProxySettings } from '../../src/contract/plan.ts';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { type HttpPlace, listenInBed } from '../bed/http-place.ts';
import { bedAddress, proxyPort, proxyUrl } from '../bed/places.ts';
import { mirrorPlan, notDone, RealLab } from './real-lab.ts';

/** A forward proxy that writes down what it was asked for. */
interface Proxy extends HttpPlace {
  readonly asked: URL[];
  /** Refuses what this names with status 403. */
  refuses: RegExp | undefined;
}

/** The archives of the bed can only be reached through the bed's own proxy, so that comes behind. */
async function startProxy(): Promise<Proxy> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '');
    asked.push(url);
    if (proxy.refuses?.test(url.href)) {
      response.writeHead(403).end();
      return;
    }
    const beyond = url.hostname === bedAddress || url.hostname === host.address;
    const { hostname, port } = beyond ? url : new URL(proxyUrl);
    const path = beyond ? url.pathname + url.search : url.href;
    const { method = 'GET', headers } = request;
    const out = httpRequest(
      { hostname, port, path, method, headers },
      (answer: IncomingMessage) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    out.on('error', () => response.writeHead(502).end());
    request.pipe(out);
  });
  const proxy: Proxy = { ...(await listenInBed(server)), asked, refuses: undefined };
  return proxy;
}

let bed: Bed;
let source: Source;
let host: Host;
let lab: RealLab;
let web: Proxy;
let apt: Proxy;

/** An address where nobody listens. */
const WRONG = `http://${bedAddress}:9`;

async function wall(verb: 'add' | 'del', port: number): Promise<void> {
  const done = await host.root(
    `ip rule ${verb} to ${bedAddress} ipproto 6 dport ${port} unreachable`,
  );
  expect(done).toMatchObject({ code: 0, stderr: '' });
}

/** Rewrites the plan as a person would, and forgets what was asked before. */
async function planWith(proxy: ProxySettings, own?: ProxySettings): Promise<void> {
  const plan = mirrorPlan(host, source, 'v2');
  const mirror = { ...plan.hosts!.mirror!, ...(own === undefined ? {} : { proxy: own }) };
  await writeFile(lab.path, stringify({ ...plan, proxy, hosts: { mirror } }));
  for (const { asked } of [web, apt]) asked.length = 0;
  source.clearRequests();
}

interface Applied {
  run: { state: string; steps: { step: string; failure?: { reason: unknown } }[] };
}

async function failureOf(step: string): Promise<unknown> {
  const { stdout } = await lab.run('apply', '--yes', '--json', '--step', step);
  const { run } = JSON.parse(stdout) as Applied;
  return run.steps.find((one) => one.step === step)?.failure?.reason;
}

const isSource = (url: URL) => url.origin === source.url;
const paths = (proxy: Proxy) => proxy.asked.filter(isSource).map(({ pathname }) => pathname);
const fetched = () => source.requests.map(({ path }) => path);

beforeAll(async () => {
  bed = await openBed();
  [host, source] = await Promise.all([
    bed.host({ name: 'proxied' }),
    bed.source({ imageBytes: 400_000, lookalikeRelease: false }),
  ]);
  [web, apt] = await Promise.all([startProxy(), startProxy()]);
  lab = await RealLab.make(mirrorPlan(host, source, 'v2'));
  await lab.trust(host);
  // From now on neither the source nor the archives can be reached but through those two.
  await wall('add', Number(new URL(source.url).port));
  await wall('add', proxyPort);
});

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
  await Promise.all([web?.close(), apt?.close()]);
});

afterEach(() => {
  for (const proxy of [web, apt]) proxy.refuses = undefined;
});

describe('a proxy in the plan that is wrong', () => {
  test('is named where nobody answers, by the look at the source and by apt', async () => {
    await planWith({ http: WRONG });
    const { findings } = await lab.check();
    expect(findings['mirror.disk']).toMatchObject({
      state: 'unknown',
      reason: {
        key: 'mirror.fail.proxy',
        params: { proxy: WRONG },
      },
    });
    expect(JSON.stringify(findings['mirror.disk']?.evidence)).toMatch(/curl: \(7\) Failed to conn/);
    expect(await failureOf('mirror.packages')).toEqual({
      key: 'apt.proxy',
      params: { proxy: WRONG },
    });
    expect(fetched()).toEqual([]);
  });

  test('is named where it refuses, with its status', async () => {
    await planWith({ http: web.url, apt: apt.url });
    for (const proxy of [web, apt]) proxy.refuses = /./;
    const { findings } = await lab.check();
    expect(findings['mirror.disk']).toMatchObject({
      state: 'unknown',
      reason: { key: 'mirror.fail.proxy-refused', params: { proxy: web.url } },
    });
    expect(JSON.stringify(findings['mirror.disk']?.evidence)).toContain('403');
    expect(await failureOf('mirror.packages')).toEqual({
      key: 'apt.proxy-refused',
      params: { proxy: apt.url, status: 403 },
    });
    expect(fetched()).toEqual([]);
  });
});

describe('the proxies of the plan, where there is no other way', () => {
  test('are what everything goes through, each for its own', async () => {
    await planWith({ http: web.url, apt: apt.url });
    const applied = await lab.run('apply', '--yes');
    expect({
      code: applied.code,
      said: applied.code === 0 ? '' : applied.stdout + applied.stderr,
    }).toEqual({ code: 0, said: '' });
    expect(notDone(await lab.states())).toEqual({});
    // apt had its own, in spite of the other one that the host's configuration names.
    expect(apt.asked.map(({ pathname }) => pathname)).toContainEqual(
      expect.stringMatching(/\/apache2_.*\.deb$/),
    );
    expect(apt.asked.filter(isSource)).toEqual([]);
    // The forecast, the images and the boot loaders went through the other one, and so did no more.
    expect(web.asked.filter((url) => !isSource(url))).toEqual([]);
    expect(paths(web)).toContainEqual(expect.stringMatching(/root-image/));
    expect(fetched()).toEqual(paths(web));
  });

  test('do not come between the mirror and the look at what it serves', () => {
    const seen = [...web.asked, ...apt.asked].filter(({ hostname }) => hostname === host.address);
    expect(seen).toEqual([]);
  });

  test('give way to what the host’s own apt says of one archive, and the log tells so', async () => {
    const log = await host.root('cat /var/lib/labwright/jobs/*/log');
    expect(log.stdout).toContain(
      `Set on this host, before the proxy of the plan: Acquire::http::Proxy::${bedAddress} "DIRECT";`,
    );
    expect(apt.asked.filter(({ hostname }) => hostname === bedAddress)).toEqual([]);
  });

  test('are used by the nightly refresh too', async () => {
    for (const { asked } of [web, apt]) asked.length = 0;
    source.clearRequests();
    const done = await host.root('systemctl start labwright-mirror.service');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(paths(web)).not.toEqual([]);
    expect(fetched()).toEqual(paths(web));
  });
});

describe('a proxy that goes wrong later', () => {
  test('is named when sstream-mirror is refused an image', async () => {
    await host.root('find /var/www/html/mirror -name root-image.gz -delete');
    await planWith({ http: web.url, apt: apt.url });
    web.refuses = /root-image/;
    expect(await failureOf('mirror.images')).toEqual({
      key: 'mirror.fail.proxy-refused',
      params: { proxy: web.url, url: expect.stringContaining(`${source.url}/`) },
    });
  });
  test('does no harm to what no_proxy exempts', async () => {
    await wall('del', Number(new URL(source.url).port));
    // One archive is enough, and nothing but the plan may say that it needs no proxy.
    await host.root(
      'sed -i /DIRECT/d /etc/apt/apt.conf.d/01bed-proxy; : >/etc/apt/sources.list; dpkg --purge simplestreams',
    );
    await planWith({ http: WRONG, no_proxy: [bedAddress] });
    for (const step of ['mirror.packages', 'mirror.images', 'mirror.refresh']) {
      const { code, stderr } = await lab.run('apply', '--yes', '--step', step);
      expect({ step, code, stderr: code === 0 ? '' : stderr }).toEqual({
        step,
        code: 0,
        stderr: '',
      });
    }
    expect(notDone(await lab.states())).toEqual({});
    expect(fetched()).toContainEqual(expect.stringMatching(/root-image/));
    expect([...web.asked, ...apt.asked]).toEqual([]);
  });
});

describe('a wrong proxy of the lab', () => {
  test('does not count where the host has one of its own', async () => {
    await planWith({ http: WRONG }, { http: web.url });
    const { findings } = await lab.check('--step', 'mirror.disk');
    expect(findings['mirror.disk']?.state).toBe('done');
    expect(paths(web)).not.toEqual([]);
    expect(fetched()).toEqual(paths(web));
  });
});
