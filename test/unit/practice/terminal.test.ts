import { Terminal } from '@xterm/headless';
import type { ClientChannel } from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, PracticeClient } from './practice-client.ts';

let lab: PracticeClient;
let channel: ClientChannel;
let screen: Terminal;

async function open(columns: number): Promise<void> {
  channel = await lab.shell(columns);
  screen = new Terminal({ cols: columns, rows: 24, allowProposedApi: true });
  channel.on('data', (bytes: Buffer) => screen.write(bytes));
  await shows(/\$ $/);
}

beforeEach(async () => {
  lab = await PracticeClient.start({ sudo: 'password' });
  await open(60);
});

afterEach(async () => {
  screen.dispose();
  await lab.close();
});

function lines(): string[] {
  const buffer = screen.buffer.active;
  const text: string[] = [];
  for (let row = 0; row < buffer.length; row++)
    text.push(buffer.getLine(row)?.translateToString(false) ?? '');
  // The cursor's own row keeps the blank after the prompt.
  const last = buffer.baseY + buffer.cursorY;
  return text
    .slice(0, last + 1)
    .map((line, row) =>
      row === last
        ? line.slice(0, Math.max(buffer.cursorX, line.trimEnd().length))
        : line.trimEnd(),
    );
}

async function shows(pattern: RegExp): Promise<string> {
  const limit = performance.now() + 5_000;
  for (;;) {
    const text = lines().join('\n');
    if (pattern.test(text)) return text;
    if (performance.now() > limit) throw new Error(`never shown: ${pattern}\n${text}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('the greeting says that the server is simulated, and the prompt names user and host', async () => {
  expect(await shows(/simulated server[\s\S]*\nubuntu@mirror:~\$ $/)).toContain('Ubuntu 22.04');
});

test('the folder, variables, functions and the last status are kept between commands', async () => {
  channel.write('cd /tmp; X=5; export Y=6; f() { echo "f$X"; }\r');
  await shows(/ubuntu@mirror:\/tmp\$ $/);
  channel.write('false\r');
  channel.write('echo "$?" $X; f; sh -c \'echo "[$X$Y]"\'\r');
  await shows(/\n1 5\nf5\n\[6\]\nubuntu@mirror:\/tmp\$ $/);
});

test('a line is edited with the usual keys, wide characters included', async () => {
  channel.write('echo 日本語\x1b[D\x1b[D\x7f東\x01\x1b[C\x1b[C\x1b[C\x1b[C X\x05!\r');
  await shows(/\nX 東本語!\n/);
});

test('a line longer than the screen is edited across rows', async () => {
  const word = 'abcdefghij'.repeat(8);
  channel.write(`echo ${word}\x01\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C=\x05+\r`);
  await shows(new RegExp(`\n=${word.slice(0, 59)}\n${word.slice(59)}\\+\n`));
});

test('earlier commands come back with the up key', async () => {
  channel.write('echo one\recho two\r');
  await shows(/two\nubuntu/);
  channel.write('\x1b[A\x1b[A!\r');
  await shows(/\none!\n/);
});

test('Ctrl+C ends the running command, Ctrl+D leaves', async () => {
  channel.write('sleep 60\r');
  await shows(/sleep 60\n/);
  await eventually(
    async () => (await lab.host.run('ps -eo tty=')).stdout,
    (text) => text.includes('pts/'),
  );
  channel.write('\x03');
  await shows(/\^C\n+ubuntu@mirror:~\$ $/);
  channel.write('echo $?\r');
  await shows(/\n130\n/);
  const closed = new Promise((resolve) => channel.on('close', resolve));
  channel.write('\x04');
  await closed;
});

test('sudo asks for the password without showing it, and remembers it', async () => {
  channel.write('sudo id -un\r');
  await shows(/\[sudo\] password for ubuntu: $/);
  channel.write('secret\r');
  expect(await shows(/\nroot\nubuntu@mirror:~\$ $/)).not.toContain('secret');
  channel.write('sudo -i\r');
  await shows(/\nroot@mirror:~# $/);
  channel.write('id -u; exit\r');
  await shows(/\n0\nexit\nubuntu@mirror:~\$ $/);
});

test('output streams, and an unfinished command is continued', async () => {
  channel.write('for i in 1 2; do\recho "n$i"\rdone\r');
  await shows(/\n> echo "n\$i"\n> done\nn1\nn2\nubuntu/);
});

test('the size of the window reaches programs', async () => {
  channel.setWindow(30, 100, 0, 0);
  channel.write('stty size\r');
  await shows(/\n30 100\n/);
});

test('file names are completed, and pasted text is taken as typed', async () => {
  channel.write('cat /etc/hostn\t\x1b[200~; echo p\x1b[201~\r');
  await shows(/cat \/etc\/hostname ; echo p\nmirror\np\n/);
});
