import { afterAll, beforeAll, expect, test } from 'vitest';
import { PracticeClient } from './practice-client.ts';

let lab: PracticeClient;

beforeAll(async () => {
  lab = await PracticeClient.start({ sudo: 'no-password', clockOffsetMs: 3_600_000 });
});

afterAll(async () => await lab.close());

const CASES: [why: string, script: string, stdout: string][] = [
  [
    'a probe in a subshell under timeout',
    'P1="echo a; exit 3"; timeout 10 sh -c "$P1"; echo $?; ( cd /tmp; pwd ); pwd',
    'a\n3\n/tmp\n/home/ubuntu\n',
  ],
  ['timeout ends what takes too long', 'timeout 0.05 sh -c "sleep 5"; echo $?', '124\n'],
  ['set -e stops a script', '(set -e; false; echo no); echo $?', '1\n'],
  ['a here-document', 'x=1; cat <<E\nv=$x\nE\ncat <<"E"\nv=$x\nE\n', 'v=1\nv=$x\n'],
  [
    'errors are joined to output in order',
    '{ echo a; ls /nope; echo b; } 2>&1',
    "a\nls: cannot access '/nope': No such file or directory\nb\n",
  ],
  ['"$@" as a command', 'set -- echo "a b" c; "$@"', 'a b c\n'],
  ['$? survives a redirection', 'false; echo $? >/tmp/status; cat /tmp/status', '1\n'],
  [
    'a redirection that cannot be opened fails its command only',
    'echo x >/etc/nope 2>/dev/null; echo $?; echo on',
    '1\non\n',
  ],
  ['a pipe into a redirected command', 'echo a | sed s/a/b/ >>/tmp/piped; cat /tmp/piped', 'b\n'],
  [
    'exec moves the output of the rest',
    '(exec >/tmp/moved 2>&1; echo m; ls /nope); wc -l </tmp/moved',
    '2\n',
  ],
  [
    'a background job has a number and can be waited for',
    'sleep 0.05 & p=$!; kill -0 $p && echo alive; wait $p; kill -0 $p 2>/dev/null || echo gone',
    'alive\ngone\n',
  ],
  ['a background job can be ended', 'sleep 60 & kill $!; wait $!; echo $?', '143\n'],
  ['an EXIT trap runs last', "trap 'echo bye' EXIT; echo hi", 'hi\nbye\n'],
  ['a function in a pipe and alone', 'f() { echo "f $1"; }; f 1; f 2 | tr f g', 'f 1\ng 2\n'],
  [
    'case, arithmetic and expansions',
    'i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; p=/a/b.c; case $i in 3) echo "${p##*/} ${p%/*} ${#p}";; esac',
    'b.c /a 6\n',
  ],
  [
    'command -v knows what is installed',
    'command -v sh; command -v sstream-mirror; echo $?',
    '/usr/bin/sh\n127\n',
  ],
  [
    'checksums are made and checked',
    'cd /tmp; echo x >sum; sha256sum sum >sums; sha256sum -c sums',
    'sum: OK\n',
  ],
  [
    'stat, df and du tell sizes',
    'cd /tmp; truncate -s 5000 size; stat -c %s size; du -sb size; df -Pk / | wc -l; df -P -B1 /tmp | awk "NR==2{print \\$2}"',
    '5000\n5000\tsize\n2\n42949672960\n',
  ],
  [
    'files have owners and modes',
    'umask; touch /tmp/own; chmod u=rw,go= /tmp/own; stat -c "%U:%G %a" /tmp/own; sudo install -d -m 700 /srv/d; ls /srv/d 2>/dev/null || stat -c "%U %a" /srv/d',
    '0022\nubuntu:ubuntu 600\nroot 700\n',
  ],
  [
    'dd copies and counts',
    'printf abcdef | dd bs=1 count=3 2>/dev/null; echo; dd if=/dev/zero of=/tmp/zeros bs=1k count=2 status=none; stat -c %s /tmp/zeros',
    'abc\n2048\n',
  ],
  [
    'only one flock holder at a time',
    'flock /tmp/l sleep 0.1 & sleep 0.02; flock -n /tmp/l echo in; echo $?; wait',
    '1\n',
  ],
];

test.each(CASES)('%s', async (_why, script, stdout) => {
  expect((await lab.script(script)).stdout).toBe(stdout);
});

test('output arrives while the script is still running', async () => {
  const channel = await lab.open(
    'f() { echo first; while [ ! -e /tmp/seen ]; do sleep 0.02; done; echo last; }; f',
  );
  let text = '';
  await new Promise<void>((resolve) =>
    channel.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8');
      if (text === 'first\n') void lab.host.run('touch /tmp/seen');
      if (text === 'first\nlast\n') resolve();
    }),
  );
});

test('the clock is the injected one, off by the offset', async () => {
  const seconds = Number((await lab.script('date +%s')).stdout);
  expect(Math.abs(seconds - (Date.now() / 1000 + 3600))).toBeLessThan(5);
});

test('what identifies the machine is stable', async () => {
  const ran = await lab.script(
    'cat /etc/machine-id; hostname; . /etc/os-release; echo $VERSION_ID; cat /proc/sys/kernel/random/boot_id',
  );
  expect(ran.stdout).toMatch(new RegExp(`^${lab.host.machineId}\nmirror\n22.04\n[0-9a-f-]{36}\n$`));
});
