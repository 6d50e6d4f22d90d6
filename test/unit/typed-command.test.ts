import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { typedCommand } from '../../src/renderer/guide/typed-command.ts';

function script(text: string, more: Partial<Extract<Action, { kind: 'script' }>> = {}): Action {
  return {
    id: 'a',
    title: { key: 'a' },
    target: 'host',
    kind: 'script',
    script: text,
    sudo: false,
    cancel: 'kill',
    silenceSeconds: 60,
    secrets: [],
    ...more,
  };
}
const typed = (text: string, more = {}) => typedCommand([script(text, more)], 'host');

test('one plain command is typed as it is, with sudo where it needs it', () => {
  expect(typed('# why\nset -e\napt-get update\n', { sudo: true })).toBe('sudo apt-get update');
  expect(typed('ls -l /var\n')).toBe('ls -l /var');
});

test('a few commands are one line that does them all', () => {
  expect(typed('set -eu\nmkdir -p /srv/a\nchmod 755 /srv/a\n', { sudo: true })).toBe(
    "sudo sh -c 'set -eu; mkdir -p /srv/a; chmod 755 /srv/a'",
  );
  expect(typed('export A=1\nenv \\\n  -u B', { sudo: true })).toBe(
    "sudo sh -c 'export A=1; env  -u B'",
  );
});

test('all actions of a step are on the line, or none', () => {
  const both = [script('true', { sudo: true }), script('ls /')];
  expect(typedCommand(both, 'host')).toBe('sudo true && ls /');
  const upload: Action = {
    id: 'b',
    title: { key: 'b' },
    target: 'host',
    kind: 'upload',
    path: '/etc/x',
    content: '',
    mode: '644',
  };
  expect(typedCommand([...both, upload], 'host')).toBe('');
  expect(typedCommand([script('true'), script('true', { target: 'other' })], 'host')).toBe('');
  expect(typedCommand([], 'host')).toBe('');
});

test.each([
  ['a loop', 'for i in 1 2; do\n  echo $i\ndone\n'],
  ['a document in place', 'cat > /etc/x <<EOF\nx\nEOF\n'],
  ['a text over two lines', "echo 'a\nb'\n"],
  ['a pipe over two lines', 'ls |\nwc -l\n'],
  ['a remark behind a command', 'ls # all\npwd\n'],
  ['a function', 'f() {\n  ls\n}\nf\n'],
  ['more than a few commands', 'a\nb\nc\nd\n'],
  ['a very long line', `echo ${'x'.repeat(300)}\n`],
])('nothing is typed of %s', (_what, text) => {
  expect(typed(text)).toBe('');
});

test('nothing is typed where a secret or a value of another action is needed', () => {
  expect(typed('echo $P', { secrets: [{ variable: 'P', name: 'p' }] })).toBe('');
  expect(typed('echo $P', { refs: [{ variable: 'P', action: 'a', output: 'p' }] })).toBe('');
  expect(typed('echo 1 >"$OUT/p"', { outputs: [{ name: 'p' }] })).toBe('');
});

describe('what is typed does what the script does', () => {
  test.each([
    'set -e\nfalse\necho no\n',
    'false\necho yes\n',
    'set -e\nfalse || echo saved\necho "it\'s $((1 + 1))"\n',
    'A=\'x y\'\necho "$A" | tr x z\n',
    'set -e\ntrue && false\necho no\n',
    'echo a\\\n  b\n',
    'cd /\npwd\nexit 3\n',
  ])('%j', (text) => {
    const run = (line: string) => spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    const wanted = run(text);
    for (const sudo of [true, false]) {
      const line = typed(text, { sudo });
      expect(line).not.toBe('');
      const { stdout, status } = run(`sudo() { "$@"; }\n${line}`);
      expect({ stdout, status }).toEqual({ stdout: wanted.stdout, status: wanted.status });
    }
  });
});
