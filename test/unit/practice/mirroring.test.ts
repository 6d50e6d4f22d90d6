import { afterEach, expect, test } from 'vitest';
import { makePracticeSource } from '../../../src/main/practice/practice-source.ts';
import { eventually, PracticeClient } from './practice-client.ts';

let lab: PracticeClient | undefined;

afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

const KEYRING = '/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg';
const BASE = 'http://maas.ubuntu.com/images/ephemeral-v2/releases/';
const FOLDER = '/var/www/html/mirror/images/ephemeral-v2/releases';

function mirror(
  options = `--keyring=${KEYRING}`,
  filters = "'arch=amd64' 'subarch~(generic|hwe-t)' 'release~(trusty|precise)'",
  folder = FOLDER,
): string {
  return `sstream-mirror ${options} ${BASE} ${folder} ${filters} --max=1`;
}

async function ready(
  options: Parameters<typeof PracticeClient.start>[0] = {},
): Promise<PracticeClient> {
  lab = await PracticeClient.start({
    sudo: 'no-password',
    source: makePracticeSource({ line: 'v2' }),
    ...options,
  });
  await lab.host.run('apt-get install -y simplestreams ubuntu-cloudimage-keyring apache2');
  return lab;
}

test('apt needs root, knows its packages, and installing one brings its files', async () => {
  lab = await PracticeClient.start({ sudo: 'no-password' });
  const denied = await lab.exec('apt-get install -y apache2');
  expect(denied.exitCode).toBe(100);
  expect(denied.stderr).toContain(
    'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)',
  );
  expect(await lab.exec('sudo apt-get install -y maas-nosuch')).toMatchObject({
    exitCode: 100,
    stderr: 'E: Unable to locate package maas-nosuch\n',
  });
  expect(await lab.exec('sstream-mirror')).toMatchObject({
    exitCode: 127,
    stderr: expect.stringContaining('sstream-mirror: command not found'),
  });
  const installed = await lab.exec(
    'sudo apt-get install -y simplestreams ubuntu-cloudimage-keyring apache2',
  );
  expect(installed.exitCode).toBe(0);
  expect(installed.stdout).toContain('Setting up simplestreams');
  const state = await lab.exec(
    `dpkg-query -W -f='\${db:Status-Abbrev} \${Package}\\n' apache2 nosuch; ls ${KEYRING}; systemctl is-active apache2`,
  );
  expect(state.stdout).toBe(`ii  apache2\n${KEYRING}\nactive\n`);
  expect(state.stderr).toBe('dpkg-query: no packages found matching nosuch\n');
});

test('the guide’s command mirrors the selected files, and repeating it changes nothing', async () => {
  const { host } = await ready();
  const first = await host.run(mirror());
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toMatch(
    /^\+ com\.ubuntu\.maas:v2:boot:12\.04:amd64:generic 20160120 boot-initrd precise\/amd64\/20160120\/generic\/boot-initrd 0 Mb\n/,
  );
  const files = (await host.run(`cd ${FOLDER} && find . -type f | sort`)).stdout.trim().split('\n');
  expect(files).toHaveLength(14);
  expect(files).toContain('./streams/v1/com.ubuntu.maas:v2:download.sjson');
  expect(await host.run(mirror())).toEqual({ stdout: '0 Mb change\n', stderr: '', exitCode: 0 });
});

test('every mirrored file has the declared checksum, and the products are the signed original', async () => {
  const source = makePracticeSource({ line: 'v2' });
  const { host } = await ready({ source });
  await host.run(mirror());
  const copied = (await host.run(`cat ${FOLDER}/streams/v1/com.ubuntu.maas:v2:download.sjson`))
    .stdout;
  expect(copied).toBe(
    Buffer.from(source.get('streams/v1/com.ubuntu.maas:v2:download.sjson') ?? []).toString('utf8'),
  );
  const products = JSON.parse(
    copied.slice(copied.indexOf('{'), copied.lastIndexOf('}') + 1),
  ).products;
  const item =
    products['com.ubuntu.maas:v2:boot:14.04:amd64:generic'].versions['20160120'].items[
      'root-image.gz'
    ];
  expect((await host.run(`sha256sum ${FOLDER}/${item.path}`)).stdout).toContain(item.sha256);
  expect((await host.run(`stat -c %s ${FOLDER}/${item.path}`)).stdout).toBe(`${item.size}\n`);
});

test('a filter that matches nothing ends well, with an index and no images', async () => {
  const { host } = await ready();
  expect(await host.run(mirror(undefined, "'release~(bionic)'"))).toEqual({
    stdout: '0 Mb change\n',
    stderr: '',
    exitCode: 0,
  });
  expect((await host.run(`cd ${FOLDER} && find . -name root-image.gz; ls streams/v1`)).stdout).toBe(
    'com.ubuntu.maas:v2:download.sjson\nindex.sjson\n',
  );
});

test.each([
  ['a missing keyring', '--keyring=/nope.gpg', 2],
  ['an armored keyring', '--keyring=/tmp/armored.asc', 2],
  ['another key’s keyring', '--keyring=/tmp/other.gpg', 2],
])('%s fails as gpgv does', async (_why, option, status) => {
  const { host } = await ready();
  await host.run(
    `echo '-----BEGIN PGP PUBLIC KEY BLOCK-----' >/tmp/armored.asc; sed s/5051435449434501/5051435449434599/ ${KEYRING} >/tmp/other.gpg`,
  );
  const ran = await host.run(mirror(option));
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(
    new RegExp(
      `CalledProcessError: Command '\\['gpgv', '${option}', '-'\\]' returned non-zero exit status ${status}\\.\n$`,
    ),
  );
  const file = option.replace('--keyring=', '');
  expect(
    (await host.run(`curl -s ${BASE}streams/v1/index.sjson | gpgv --keyring ${file} -`)).exitCode,
  ).toBe(status);
});

test('a changed signed file is refused unless verification is off', async () => {
  const source = makePracticeSource({ line: 'v2' });
  const path = 'streams/v1/com.ubuntu.maas:v2:download.sjson';
  source.set(
    path,
    Buffer.from(
      Buffer.from(source.get(path) ?? [])
        .toString('utf8')
        .replace('"trusty"', '"rusty"'),
    ),
  );
  const { host } = await ready({ source });
  const ran = await host.run(mirror());
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(/returned non-zero exit status 1\.\n$/);
  expect((await host.run(mirror('--no-verify'))).exitCode).toBe(0);
});

test('a damaged image stops the run before the index is published', async () => {
  const source = makePracticeSource({ line: 'v2' });
  source.set('trusty/amd64/20160120/root-image.gz', Buffer.alloc(1536 * 1024, 'x'));
  const { host } = await ready({ source });
  const ran = await host.run(mirror());
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(
    /InvalidChecksum: Invalid sha256 Checksum at http:.*root-image\.gz\. Found [0-9a-f]{64}\. Expected [0-9a-f]{64}\./,
  );
  expect((await host.run(`ls ${FOLDER}/streams`)).exitCode).toBe(2);
});

test('a full disk leaves a part file and says that there is no space', async () => {
  const { host } = await ready({ diskBytes: 16 << 20 });
  await host.run('dd if=/dev/zero of=/fill bs=1k count=5000');
  const ran = await host.run(mirror());
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(/OSError: \[Errno 28\] No space left on device\n$/);
  expect((await host.run(`find ${FOLDER} -name '*.part' | wc -l`)).stdout.trim()).toBe('1');
});

test('fewer serials with --max remove the older ones', async () => {
  const { host } = await ready();
  const filters = "'arch=amd64' 'subarch=generic' 'release=trusty'";
  await host.run(mirror(undefined, filters).replace('--max=1', '--max=2'));
  const ran = await host.run(mirror(undefined, filters));
  expect(ran.stdout).toContain(
    '- com.ubuntu.maas:v2:boot:14.04:amd64:generic 20160114 root-image.gz',
  );
  expect((await host.run(`ls ${FOLDER}/trusty/amd64`)).stdout).toBe('20160120\n');
});

test('a unit started by systemd-run logs as it goes; stopping it leaves a part that is resumed', async () => {
  const { host } = await ready({ bytesPerSecond: 1_500_000 });
  const filters = "'arch=amd64' 'subarch=generic' 'release=trusty'";
  const started = await host.run(
    `systemd-run --quiet --unit=job --property=StandardOutput=append:/root/log --property=StandardError=append:/root/log ${mirror(`--progress --keyring=${KEYRING}`, filters)}`,
  );
  expect(started).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  const log = async () => (await host.run('cat /root/log; systemctl is-active job')).stdout;
  expect(
    await eventually(log, (text) => /root-image\.gz \[1572864\] 1\d%\n\.+/.test(text)),
  ).toMatch(/active\n$/);
  await host.run('systemctl stop job');
  const part = Number(
    (await host.run(`stat -c %s ${FOLDER}/trusty/amd64/20160120/root-image.gz.part`)).stdout,
  );
  expect(part).toBeGreaterThan(0);
  expect((await host.run(`ls ${FOLDER}/streams; df -Pk /`)).stdout).not.toContain('v1');
  const again = await host.run(mirror(`-v --keyring=${KEYRING}`, filters));
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toContain(
    `resuming partial (${part}) download of 'trusty/amd64/20160120/root-image.gz'`,
  );
  expect(host.fetchLog.find(({ range }) => range !== undefined)).toMatchObject({
    range: `bytes=${part}-`,
    bytes: 1_572_864 - part,
  });
});

test('resuming from a server without ranges spoils the checksum and removes the part', async () => {
  const { host } = await ready({ source: makePracticeSource({ line: 'v2', ranges: false }) });
  const part = `${FOLDER}/trusty/amd64/20160120/root-image.gz.part`;
  await host.run(
    `mkdir -p ${part.slice(0, part.lastIndexOf('/'))}; dd if=/dev/zero of=${part} bs=1k count=10`,
  );
  const ran = await host.run(mirror());
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain('had bad checksum.');
  expect((await host.run(`ls ${part}`)).exitCode).toBe(2);
});

test('a job whose process group is killed ends with 143', async () => {
  const { host } = await ready({ bytesPerSecond: 500_000 });
  await host.run(
    `cat >/root/run <<'E'\necho $$ >/root/pid\n${mirror()}\necho $? >/root/exit\nE\nsetsid sh /root/run >/root/log 2>&1 &`,
  );
  await eventually(
    async () => (await host.run('cat /root/log')).stdout,
    (text) => text.includes('Mb change'),
  );
  expect((await host.run('p=$(cat /root/pid); kill -TERM -- -$p; ps -p $p -o pid=')).stdout).toBe(
    '',
  );
  expect((await host.run('cat /root/exit')).exitCode).toBe(1);
});

test('curl reads the host’s own web server while it runs', async () => {
  const { host } = await ready();
  await host.run(mirror());
  const url = 'http://mirror/mirror/images/ephemeral-v2/releases/streams/v1/index.sjson';
  expect((await host.run(`curl -fsS -o /dev/null -w '%{http_code}' ${url}`)).stdout).toBe('200');
  expect(await host.run(`curl -fsS ${url}x`)).toEqual({
    stdout: '',
    stderr: 'curl: (22) The requested URL returned error: 404\n',
    exitCode: 22,
  });
  await host.run('systemctl stop apache2');
  const refused = await host.run('curl -fsS http://127.0.0.1/');
  expect(refused.exitCode).toBe(7);
  expect(refused.stderr).toMatch(/Failed to connect to 127\.0\.0\.1 port 80.*Connection refused/);
  expect((await host.run('curl -s http://elsewhere.example/')).exitCode).toBe(6);
});

test('the v3 source holds images and bootloaders in two product files', async () => {
  const source = makePracticeSource({ line: 'v3' });
  lab = await PracticeClient.start({ source });
  await lab.host.run('apt-get install -y simplestreams ubuntu-cloudimage-keyring');
  const ran = await lab.host.run(
    `sstream-mirror --keyring=${KEYRING} https://images.maas.io/ephemeral-v3/stable/ /srv/m 'arch=amd64' 'release~(jammy)' --max=1`,
  );
  expect(ran.exitCode).toBe(0);
  expect((await lab.host.run('ls /srv/m/streams/v1')).stdout).toBe(
    'com.ubuntu.maas:stable:1:bootloader-download.sjson\ncom.ubuntu.maas:stable:v3:download.sjson\nindex.sjson\n',
  );
  expect((await lab.host.run('find /srv/m -name squashfs')).stdout).toBe(
    '/srv/m/jammy/amd64/20260801/squashfs\n',
  );
  await lab.host.run(
    `sstream-mirror --keyring=${KEYRING} https://images.maas.io/ephemeral-v3/stable/ /srv/b 'os~(grub|pxelinux)' --max=1`,
  );
  expect((await lab.host.run('find /srv/b/bootloaders -type f | wc -l')).stdout.trim()).toBe('2');
});
