// Proves the offline apt archive, the signed image source and the sstream-mirror double together,
// against what the real program was seen to do.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, type Host, openBed, type Source, until } from './bed.ts';

const keyring = '/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg';
const seedFilters = "'arch=amd64' 'subarch~(generic|hwe-t)' 'release~(trusty|precise)' --max=1";
const trustyImage = 'trusty/amd64/20160120/root-image.gz';

describe('mirroring images inside the bed', { timeout: 120_000 }, () => {
  let bed: Bed;
  let host: Host;
  let source: Source;

  const mirror = (url: string, to: string, rest: string, options = `--keyring=${keyring}`) =>
    host.root(`sstream-mirror ${options} ${url} ${to} ${rest}`);
  const filesBelow = async (path: string) =>
    (await host.root(`cd ${path} && find . -type f | LC_ALL=C sort`)).stdout.trim().split('\n');
  const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';

  beforeAll(async () => {
    bed = await openBed();
    [host, source] = await Promise.all([
      bed.host({ name: 'maas', diskTmpfs: { path: '/small', sizeBytes: 3_000_000 } }),
      bed.source({ lookalikeRelease: false }),
    ]);
  }, 120_000);

  beforeEach(() => {
    source.clearFaults();
    source.clearRequests();
    source.setRange(true);
    source.setThrottle(undefined);
  });

  afterAll(async () => {
    await bed?.stop();
  }, 60_000);

  it('installs the doubles and a real apache2 with apt alone', async () => {
    const before = await host.root('apt-cache policy simplestreams');
    expect(before.stdout).not.toContain('Candidate: 0');
    const update = await host.root('apt-get update');
    expect(update).toMatchObject({ code: 0, stderr: '' });
    const packages = 'simplestreams ubuntu-cloudimage-keyring apache2';
    const install = await host.root(
      `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages}`,
    );
    expect(install.code).toBe(0);
    const active = await host.root('systemctl is-active apache2; curl -sI http://127.0.0.1/');
    expect(active.stdout).toMatch(/^active\nHTTP\/1\.1 200 OK/);
    const shown = await host.root('dpkg-query -W -f="\\${Description}\\n" simplestreams');
    expect(shown.stdout).toContain('test double');
  });

  it('lets a package whose configuration fails leave dpkg half configured', async () => {
    const install = await host.root('apt-get install -y labwright-bed-badpostinst');
    expect(install.code).toBe(100);
    expect(install.stderr).toContain('Sub-process /usr/bin/dpkg returned an error code (1)');
    expect((await host.root('dpkg --audit')).stdout).toContain('half configured');
    await host.root('dpkg --remove --force-all labwright-bed-badpostinst');
    const unmet = await host.root('apt-get install -y labwright-bed-unmet');
    expect(unmet).toMatchObject({ code: 100 });
    expect(unmet.stderr).toContain('held broken packages');
  });

  it("mirrors what the seed's command names, in the layout the real program leaves", async () => {
    const done = await mirror(source.v2Url, '/srv/seed', seedFilters);
    expect(done).toMatchObject({ code: 0, stdout: '' });
    expect(lastLine(done.stderr)).toBe('8 Mb change');
    expect(await filesBelow('/srv/seed')).toEqual([
      './.data/com.ubuntu.maas:v2:download',
      './.data/references.json',
      ...['precise', 'trusty'].flatMap((release) => [
        ...(release === 'trusty'
          ? ['./streams/v1/com.ubuntu.maas:v2:download.sjson', './streams/v1/index.sjson']
          : []),
        `./${release}/amd64/20160120/generic/boot-initrd`,
        `./${release}/amd64/20160120/generic/boot-kernel`,
        `./${release}/amd64/20160120/hwe-t/boot-initrd`,
        `./${release}/amd64/20160120/hwe-t/boot-kernel`,
        `./${release}/amd64/20160120/root-image.gz`,
      ]),
    ]);
    const sums = await host.root('cd /srv/seed && sha256sum trusty/amd64/20160120/root-image.gz');
    const known = source.files.find((file) => file.path.endsWith(trustyImage));
    expect(sums.stdout).toContain(known?.sha256);

    const again = await mirror(source.v2Url, '/srv/seed', seedFilters);
    expect(again).toMatchObject({ code: 0, stderr: '0 Mb change\n' });
  });

  it('draws progress as eighty dots a file, with a line for each', async () => {
    const { stderr } = await mirror(
      source.v2Url,
      '/srv/dots',
      "'arch=amd64' 'subarch=generic' 'release=trusty' --max=1",
      `--progress --keyring=${keyring}`,
    );
    const line = /=> trusty\/amd64\/20160120\/root-image\.gz \[2097152\] {2}\d%\n\.{79}\n/;
    expect(stderr).toMatch(line);
  });

  it('mirrors two serials and prunes the older one when asked for one', async () => {
    const filters = "'arch=amd64' 'subarch=generic' 'release=trusty'";
    await mirror(source.v2Url, '/srv/max', `${filters} --max=2`);
    const images = 'ls /srv/max/trusty/amd64/*/root-image.gz';
    expect((await host.root(images)).stdout).toContain('20160114');
    const shrunk = await mirror(source.v2Url, '/srv/max', `${filters} --max=1`);
    expect(shrunk.stderr).toMatch(/^- com\.ubuntu\.maas:v2:boot:14\.04:amd64:generic 20160114 /m);
    expect((await host.root(images)).stdout).not.toContain('20160114');
  });

  it('ends well with an index and no images when the filter matches nothing', async () => {
    const done = await mirror(source.v2Url, '/srv/none', "'release~(bionic)' --max=1");
    expect(done).toMatchObject({ code: 0, stderr: '0 Mb change\n' });
    const files = await filesBelow('/srv/none');
    expect(files).toContain('./streams/v1/index.sjson');
    expect(files.filter((file) => file.includes('root-image'))).toEqual([]);
  });

  it('fails and writes nothing when the signature is by another key', async () => {
    await source.signWith('other');
    const done = await mirror(source.v2Url, '/srv/wrong', seedFilters);
    await source.signWith('image');
    expect(done.code).toBe(1);
    expect(lastLine(done.stderr)).toBe(
      `subprocess.CalledProcessError: Command '['gpgv', '--keyring=${keyring}', '-']' ` +
        'returned non-zero exit status 2.',
    );
    expect((await host.root('ls /srv/wrong')).code).not.toBe(0);
  });

  it('notices a document altered under its signature, unless told not to look', async () => {
    source.fault(/v2:download\.sjson$/, { kind: 'tamper' });
    const done = await mirror(source.v2Url, '/srv/tampered', seedFilters);
    expect(done.code).toBe(1);
    expect(lastLine(done.stderr)).toMatch(/non-zero exit status 1\.$/);
    const blind = await mirror(source.v2Url, '/srv/tampered', seedFilters, '--no-verify');
    expect(blind.code).toBe(0);
  });

  it('names the bad checksum of a corrupt image and publishes no index', async () => {
    source.fault(new RegExp(`${trustyImage}$`), { kind: 'corrupt' });
    const done = await mirror(source.v2Url, '/srv/corrupt', seedFilters);
    expect(done.code).toBe(1);
    expect(lastLine(done.stderr)).toMatch(
      /^simplestreams\.checksum_util\.InvalidChecksum: Invalid sha256 Checksum at http/,
    );
    expect(lastLine(done.stderr)).toMatch(/\(size 2097152 expected 2097152\)$/);
    const files = await filesBelow('/srv/corrupt');
    expect(files).toContain('./precise/amd64/20160120/root-image.gz');
    expect(files.filter((file) => /streams|\.part$/.test(file))).toEqual([]);
  });

  it('fails in the words of the real program when the source, disk or filter is bad', async () => {
    const lost = await mirror(`${source.url}/nosuch/`, '/srv/lost', seedFilters);
    expect(lastLine(lost.stderr)).toBe(
      `OSError: Unable to open ${source.url}/nosuch/streams/v1/index.sjson. mirrors=[]`,
    );
    const refused = await mirror('http://10.77.0.1:9/', '/srv/lost', seedFilters);
    expect(lastLine(refused.stderr)).toMatch(/^requests\.exceptions\.ConnectionError: HTTPConn/);
    expect(lastLine(refused.stderr)).toContain('[Errno 111] Connection refused');
    const full = await mirror(source.v2Url, '/small/mirror', seedFilters);
    expect(lastLine(full.stderr)).toBe('OSError: [Errno 28] No space left on device');
    expect((await filesBelow('/small')).some((file) => file.endsWith('.part'))).toBe(true);
    const odd = await mirror(source.v2Url, '/srv/odd', 'arch --max=1');
    expect(lastLine(odd.stderr)).toBe('ValueError: Unable to parse expression arch');
    expect([lost.code, refused.code, full.code, odd.code]).toEqual([1, 1, 1, 1]);
  });

  it('goes through the proxy its environment names, and past it where told', async () => {
    const command = `sstream-mirror --keyring=${keyring} ${source.v2Url} /srv/proxied 'arch=none'`;
    const through = await host.root(`http_proxy=http://10.77.0.1:3142 ${command}`);
    expect(through.code).toBe(1);
    expect(source.requests).toHaveLength(0);
    const past = await host.root(`http_proxy=http://10.77.0.1:3142 no_proxy=10.77.0.1 ${command}`);
    expect(past.code).toBe(0);
  });

  async function interrupt(to: string, filters: string): Promise<void> {
    source.setThrottle(1_000_000);
    const running = host.root(
      `echo $$ > /run/mirror.pid; exec sstream-mirror --keyring=${keyring} ` +
        `${source.v2Url} ${to} ${filters}`,
    );
    await until('half an image sent', 30_000, () =>
      source.requests.find((r) => r.path.endsWith(trustyImage) && r.bytesSent > 800_000),
    );
    await host.root('kill -TERM "$(cat /run/mirror.pid)"');
    expect((await running).code).toBe(143);
    source.setThrottle(undefined);
    source.clearRequests();
  }

  const one = "'arch=amd64' 'subarch=generic' 'release=trusty' --max=1";

  it('resumes a cut image where it stopped and fetches no finished file again', async () => {
    await interrupt('/srv/resume', one);
    const part = await host.root(`stat -c %s /srv/resume/${trustyImage}.part`);
    const had = Number(part.stdout);
    expect(had).toBeGreaterThan(500_000);
    const done = await mirror(source.v2Url, '/srv/resume', one);
    expect(done.code).toBe(0);
    const images = source.requests.filter((r) => !r.path.includes('/streams/'));
    expect(images).toEqual([
      expect.objectContaining({
        status: 206,
        range: `bytes=${had}-`,
        bytesSent: 2_097_152 - had,
        complete: true,
      }),
    ]);
  });

  it('spoils a resumed image when ranges are ignored, and heals on the third run', async () => {
    await interrupt('/srv/spoilt', one);
    source.setRange(false);
    const second = await mirror(source.v2Url, '/srv/spoilt', one);
    expect(second.code).toBe(1);
    expect(lastLine(second.stderr)).toContain('InvalidChecksum');
    expect((await filesBelow('/srv/spoilt')).filter((f) => f.endsWith('.part'))).toEqual([]);
    expect((await mirror(source.v2Url, '/srv/spoilt', one)).code).toBe(0);
  });

  it('keeps the half of an image that came before the connection was reset', async () => {
    const path = new RegExp(`${trustyImage}$`);
    source.fault(path, { kind: 'cut', afterBytes: 1_000_000, reset: true, times: 1 });
    const first = await mirror(source.v2Url, '/srv/reset', one);
    expect(first.code).toBe(1);
    expect(lastLine(first.stderr)).toContain('Connection broken');
    expect((await mirror(source.v2Url, '/srv/reset', one)).code).toBe(0);
  });

  it('takes v3 images in one pass and boot loaders in the next, and keeps both', async () => {
    const images = "'arch=amd64' 'release~(jammy|noble)' --max=1";
    expect((await mirror(source.v3Url, '/srv/v3', images)).code).toBe(0);
    expect((await mirror(source.v3Url, '/srv/v3', "'os~(grub*|pxelinux)' --max=1")).code).toBe(0);
    const files = await filesBelow('/srv/v3');
    expect(files).toEqual(
      expect.arrayContaining([
        './jammy/amd64/20241004/squashfs',
        './noble/amd64/20241004/ga-24.04/generic/boot-kernel',
        './bootloaders/uefi/amd64/20241004.0/shim-signed.tar.xz',
        './bootloaders/pxe/amd64/20241004.0/syslinux.tar.xz',
        './streams/v1/com.ubuntu.maas:stable:1:bootloader-download.sjson',
        './streams/v1/com.ubuntu.maas:stable:v3:download.sjson',
      ]),
    );
    expect(files.filter((file) => /arm64.*squashfs/.test(file))).toEqual([]);
  });

  it('shows a look-alike release to whoever forgets to anchor a filter', async () => {
    const wide = await bed.source({ imageBytes: 100_000 });
    const loose = await mirror(wide.v2Url, '/srv/loose', "'arch=amd64' 'release~(trusty)' --max=1");
    expect(loose.stderr).toContain('trusty-proposed/');
    const anchored = "'arch=amd64' 'release~^(trusty)$' --max=1";
    expect((await mirror(wide.v2Url, '/srv/tight', anchored)).stderr).not.toContain('proposed/');
  });
});
