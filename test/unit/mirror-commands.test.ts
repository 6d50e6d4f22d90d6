import { describe, expect, test } from 'vitest';
import { imageFilters } from '../../src/main/drivers/simplestreams/filters.ts';
import { clock } from '../../src/main/engine/probes/host.ts';
import { mirrorPasses, sourceSelection } from '../../src/main/engine/probes/mirror.ts';
import { aptCandidates, dpkg } from '../../src/main/engine/probes/packages.ts';
import { proxyFor, proxyOf } from '../../src/main/engine/probes/proxy.ts';
import { explainApt } from '../../src/main/guide/apt.ts';
import {
  mirrorCommand,
  mirrorScript,
  mirrorUrl,
  refreshScript,
} from '../../src/main/guide/mirror-commands.ts';
import { explainMirror } from '../../src/main/guide/mirror-failures.ts';
import { images } from '../../src/main/guide/mirror-images.ts';
import { MIRROR_PACKAGES, packages } from '../../src/main/guide/mirror-server.ts';
import { catalogues } from '../../src/messages/catalogues.ts';
import { AT, GuideFacts, guidePlan } from './support/guide-facts.ts';
import { script } from './support/steps.ts';

const PROXY = `proxy:
  http: http://proxy:3128
  https: http://proxy:3129
  no_proxy: [localhost, .lab]
`;

test('line v2 runs the very command of the guide', () => {
  const { mirror } = guidePlan();
  expect(mirrorPasses(mirror!)).toHaveLength(1);
  expect(mirrorCommand(mirror!, imageFilters(mirror!))).toBe(
    "sstream-mirror --keyring=/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg http://maas.ubuntu.com/images/ephemeral-v2/releases/ /var/www/html/mirror/images/ephemeral-v2/releases arch=amd64 'subarch~(generic|hwe-t)' 'release~(trusty|precise)' --max=1",
  );
});

test('line v3 has a second pass for the boot loaders, unless the plan says no', () => {
  const v3 = guidePlan((text) => text.replace('line: v2', 'line: v3')).mirror!;
  const [, loaders] = mirrorPasses(v3);
  expect(mirrorCommand(v3, loaders!)).toContain(" 'os~(grub*|pxelinux)' --max=1");
  expect(mirrorPasses({ ...v3, bootloaders: false })).toHaveLength(1);
  expect(mirrorPasses({ ...guidePlan().mirror!, bootloaders: true })).toHaveLength(2);
});

test.each([
  ['10.0.0.9', 'http://10.0.0.9/mirror/images/ephemeral-v2/releases'],
  ['fe80::9', 'http://[fe80::9]/mirror/images/ephemeral-v2/releases'],
])('the mirror at %s is fetched from %s', (address, url) => {
  const { hosts, mirror } = guidePlan((text) => text.replace('10.0.0.9', address));
  expect(mirrorUrl(hosts.mirror!, mirror!)).toBe(url);
});

describe('a proxy', () => {
  const plan = guidePlan((text) => text + PROXY);
  const host = plan.hosts.mirror!;
  const exports = [
    'export http_proxy=http://proxy:3128\n',
    'export https_proxy=http://proxy:3129\n',
    'export no_proxy=localhost,.lab\n',
  ];

  test('is exported for sstream-mirror, its nightly run and the look at the source', () => {
    const texts = [
      mirrorScript(plan, host, plan.mirror!, imageFilters(plan.mirror!)),
      refreshScript(plan, host, plan.mirror!),
      sourceSelection(plan.mirror!, proxyOf(plan, host)).script,
    ];
    for (const text of texts) {
      const run = text.indexOf('sstream-mirror --keyring') + text.indexOf('fetch()') + 1;
      for (const line of exports) {
        expect(text).toContain(line);
        expect(text.indexOf(line)).toBeLessThan(run);
      }
    }
  });

  test('is given to apt, or the one that is for apt alone', () => {
    const install = (text: string) => {
      const facts = new GuideFacts(guidePlan((plain) => plain + text));
      const none = { installed: false, status: '', version: '' };
      const all = Object.fromEntries(MIRROR_PACKAGES.map((name) => [name, none]));
      const versions = Object.fromEntries(MIRROR_PACKAGES.map((name) => [name, '1']));
      facts.put(dpkg(...MIRROR_PACKAGES), all);
      facts.put(aptCandidates(...MIRROR_PACKAGES), {
        versions,
        origins: {},
        listsCurrent: true,
        apt: true,
      });
      return facts.scripts(packages)[0] ?? '';
    };
    const both =
      '-o Acquire::http::Proxy=http://proxy:3128 -o Acquire::https::Proxy=http://proxy:3129';
    const lines = install(PROXY).split('\n');
    expect(lines.filter((line) => line.includes(both))).toHaveLength(2);
    expect(install(`${PROXY}  apt: http://apt-cache:3142\n`)).toContain(
      '-o Acquire::http::Proxy=http://apt-cache:3142 -o Acquire::https::Proxy=http://apt-cache:3142',
    );
    expect(install('')).not.toContain('Proxy');
  });

  test('leaves alone what no_proxy exempts, for apt too', () => {
    const facts = new GuideFacts(plan);
    const none = { installed: false, status: '', version: '' };
    facts.put(
      dpkg(...MIRROR_PACKAGES),
      Object.fromEntries(MIRROR_PACKAGES.map((name) => [name, none])),
    );
    facts.put(aptCandidates(...MIRROR_PACKAGES), {
      versions: {},
      origins: {},
      listsCurrent: false,
      apt: true,
    });
    const install = facts.scripts(packages)[0] ?? '';
    expect(install.indexOf('export no_proxy=localhost,.lab\n')).toBeLessThan(
      install.indexOf('apt-get update'),
    );
    expect(install).toContain('export no_proxy');
    const { proxy } = plan;
    expect(proxyFor(proxy!, 'http://images.example/x/')).toBe('http://proxy:3128');
    expect(proxyFor(proxy!, 'https://images.example/x/')).toBe('http://proxy:3129');
    expect(proxyFor(proxy!, 'http://store.lab:8080/')).toBeUndefined();
    expect(proxyFor(proxy!, 'http://localhost/')).toBeUndefined();
    expect(proxyFor(proxy!, 'http://notalab/')).toBe('http://proxy:3128');
    expect(proxyFor({ http: 'http://p', no_proxy: ['*'] }, 'http://[::1]/')).toBeUndefined();
    expect(proxyFor({ http: 'http://p', no_proxy: ['::1'] }, 'http://[::1]/')).toBeUndefined();
  });

  test.each([
    [
      'mirror.fail.proxy',
      "requests.exceptions.ProxyError: HTTPConnectionPool(host='proxy', port=3128): Max retries exceeded with url: http://s/ (Caused by ProxyError('Unable to connect to proxy', NewConnectionError('<…>: [Errno 111] Connection refused')))",
    ],
    ['mirror.fail.proxy', '[Errno -2] Name or service not known'],
    ['mirror.fail.proxy-refused', 'OSError: Unable to open http://s/i.sjson. mirrors=[]'],
  ])('is named by what failed behind it: %s', (key, output) => {
    const failed = { action: script('mirror-images', 'mirror'), exitCode: 1, output };
    expect(explainMirror(new GuideFacts(plan).context(images), failed)).toMatchObject({
      key,
      params: { proxy: 'http://proxy:3128' },
    });
  });

  test.each([
    [
      'apt.proxy',
      'W: Failed to fetch http://x/  Could not connect to proxy:3128 (10.0.0.2).\nE: Unable to locate package apache2',
    ],
    [
      'apt.proxy-refused',
      "Err:1 http://x jammy InRelease\n  407  Proxy Authentication Required\nE: The repository 'http://x jammy InRelease' is not signed.",
    ],
    [
      'apt.script-failed',
      'W: Failed to fetch http://x/  Could not connect to proxy:3128\ndpkg: error processing package apache2 (--configure):',
    ],
    ['apt.no-package', 'E: Unable to locate package simplestreams'],
  ])('is named by what apt says of it, and of nothing else: %s', (key, output) => {
    const failed = { action: script('install', 'mirror'), exitCode: 100, output };
    expect(explainApt(new GuideFacts(plan).context(packages), failed)?.key).toBe(key);
  });

  test('of a host stands in the place of the lab’s', () => {
    const own = guidePlan((text) =>
      text.replace('    user: ubuntu\n', '    user: ubuntu\n    proxy: {}\n').concat(PROXY),
    );
    expect(proxyOf(own, own.hosts.mirror!)).toEqual({});
  });
});

describe('a failed sstream-mirror', () => {
  const gpgv = (status: number) =>
    `    raise subprocess.CalledProcessError(rc, args, output=(out, err))
subprocess.CalledProcessError: Command '['gpgv', '--keyring=/usr/share/keyrings/k.gpg', '-']' returned non-zero exit status ${status}.`;

  test.each([
    ['wrong-key', 1, gpgv(2)],
    ['tampered', 1, gpgv(1)],
    ['keyring-absent', 81, 'keyring /k is not there'],
    ['keyring-armored', 82, 'keyring /k is armored text; gpgv needs the binary form'],
    ['disk-full', 1, 'OSError: [Errno 28] No space left on device'],
    [
      'no-range',
      1,
      "............resumed download of 'trusty/amd64/20160120/root-image.gz' had bad checksum.\nsimplestreams.checksum_util.InvalidChecksum: Invalid sha256 Checksum at http://s/root-image.gz. Found 8. Expected a.",
    ],
    [
      'corrupt',
      1,
      'simplestreams.checksum_util.InvalidChecksum: Invalid sha256 Checksum at http://s/trusty/root-image.gz. Found 864d. Expected a001. read 200000 bytes expected 200000 bytes.',
    ],
    ['read-only', 1, "OSError: [Errno 30] Read-only file system: '/var/www/html'"],
    ['denied', 1, "PermissionError: [Errno 13] Permission denied: '/var/www-nope'"],
    [
      'dns',
      1,
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='images.test.invalid', port=80): Max retries exceeded with url: /x/streams/v1/index.sjson (Caused by NewConnectionError('<…>: Failed to establish a new connection: [Errno -2] Name or service not known'))",
    ],
    [
      'unreachable',
      1,
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: /streams/v1/index.sjson (Caused by NewConnectionError('<…>: Failed to establish a new connection: [Errno 111] Connection refused'))",
    ],
    ['not-found', 1, 'OSError: Unable to open http://s/nosuch/streams/v1/index.sjson. mirrors=[]'],
    ['filter', 1, 'ValueError: Unable to parse expression arch'],
    ['no-tool', 127, 'sh: 5: sstream-mirror: not found'],
  ])('is explained by its last lines: %s', (cause, exitCode, output) => {
    const action = script('mirror-images', 'mirror');
    const context = new GuideFacts().context(images);
    const said = explainMirror(context, { action, exitCode, output });
    expect(said?.key).toBe(`mirror.fail.${cause}`);
    for (const catalogue of Object.values(catalogues)) {
      const text = (catalogue as Record<string, string>)[said!.key] ?? '';
      const used = [...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => name);
      expect(Object.keys(said?.params ?? {})).toEqual(expect.arrayContaining(used));
    }
  });

  test('names the file, the address or the word that it is about', () => {
    const explain = (output: string) =>
      explainMirror(new GuideFacts().context(images), {
        action: script('x', 'mirror'),
        exitCode: 1,
        output,
      })?.params;
    expect(explain('OSError: Unable to open http://s/i.sjson. mirrors=[]')).toEqual({
      url: 'http://s/i.sjson',
    });
    expect(explain("PermissionError: [Errno 13] Permission denied: '/var/x'")).toEqual({
      path: '/var/x',
    });
    expect(explain('InvalidChecksum: Invalid sha256 Checksum at http://s/f.gz. Found 8')).toEqual({
      url: 'http://s/f.gz',
    });
  });

  test.each([
    [-2_592_000, 'mirror.fail.clock'],
    [-30, 'mirror.fail.wrong-key'],
    [2_592_000, 'mirror.fail.wrong-key'],
  ])('of a key that gpgv does not take, with a clock off by %s s: %s', (off, key) => {
    const facts = new GuideFacts();
    facts.put(clock, AT / 1000 + off);
    const failed = { action: script('mirror-images', 'mirror'), exitCode: 1, output: gpgv(2) };
    expect(explainMirror(facts.context(images), failed)?.key).toBe(key);
  });

  test('of an unknown kind is not given a cause', () => {
    const failed = { action: script('x', 'mirror'), exitCode: 1, output: 'Segmentation fault' };
    expect(explainMirror(new GuideFacts().context(images), failed)).toBeUndefined();
  });
});

describe('a failed apt-get', () => {
  test.each([
    ['locked', 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 99 (apt)'],
    ['no-package', 'E: Unable to locate package simplestreams'],
    ['no-package', "E: Package 'simplestreams' has no installation candidate"],
    ['disk-full', "E: You don't have enough free space in /var/cache/apt/archives/."],
    ['read-only', 'E: Could not open file - open (30: Read-only file system)'],
    [
      'clock-behind',
      'E: Release file for http://x/InRelease is not valid yet (invalid for another 29d 23h 59min 47s). Updates for this repository will not be applied.',
    ],
    [
      'expired',
      'E: Release file for http://x/InRelease is expired (invalid since 3d 2h). Updates for this repository will not be applied.',
    ],
    ['unsigned', 'W: GPG error: http://x jammy InRelease: NO_PUBKEY 871920D1991BC93C'],
    ['script-failed', 'dpkg: error processing package apache2 (--configure):'],
    ['unmet', 'E: Unable to correct problems, you have held broken packages.'],
    ['unreachable', "E: Failed to fetch http://x/  Temporary failure resolving 'x'"],
  ])('is explained by its own words: %s', (cause, output) => {
    const failed = { action: script('install', 'mirror'), exitCode: 100, output };
    expect(explainApt(new GuideFacts().context(packages), failed)?.key).toBe(`apt.${cause}`);
  });
});
