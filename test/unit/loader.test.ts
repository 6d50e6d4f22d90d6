import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quote } from '../../src/contract/shell-quote.ts';
import {
  LOADER,
  LOADER_NO_FRAME,
  loaderCommand,
  loaderFrame,
  type ScriptSecret,
  sudoLoaderCommand,
} from '../../src/main/ssh/loader.ts';
import { SHELLS } from './support/shells.ts';

const NONCE = 'lw0123456789abcdef';

function feed(shell: readonly string[], stdin: Uint8Array, environment: NodeJS.ProcessEnv = {}) {
  const [program = '', ...words] = shell;
  const ran = spawnSync(program, [...words, '-c', LOADER, 'labwright', NONCE], {
    input: stdin,
    env: { PATH: process.env.PATH, ...environment },
  });
  const stdout = ran.stdout.toString('utf8');
  expect(stdout.startsWith(`${NONCE}\n`)).toBe(true);
  return {
    output: stdout.slice(NONCE.length + 1),
    errors: ran.stderr.toString('utf8'),
    code: ran.status,
  };
}

const bytes = (text: string) => Buffer.from(text, 'utf8');
const frame = (script: string, secrets: readonly ScriptSecret[] = []) =>
  loaderFrame(NONCE, script, secrets);

test('at least two shells are there to prove the loader on', () => {
  expect(SHELLS.length).toBeGreaterThanOrEqual(2);
});

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  test('runs the script and gives its exit status', () => {
    expect(feed(shell, frame('echo hello; exit 7'))).toEqual({
      output: 'hello\n',
      errors: '',
      code: 7,
    });
  });

  test('a password line that sudo left unread is thrown away, not run', () => {
    const stdin = Buffer.concat([bytes('touch /nonexistent/x; echo leaked\n'), frame('echo ran')]);
    expect(feed(shell, stdin)).toEqual({ output: 'ran\n', errors: '', code: 0 });
  });

  test('a line that only looks like a header is thrown away too', () => {
    const stdin = Buffer.concat([bytes('labwright lwOTHER 9\necho bad\n'), frame('echo good')]);
    expect(feed(shell, stdin).output).toBe('good\n');
  });

  test.each([
    ['nothing', ''],
    ['a password only', 'hunter2\n'],
    ['a password without a line end', 'hunter2'],
  ])('without a frame (%s) it runs nothing and says so', (_what, text) => {
    expect(feed(shell, bytes(text))).toEqual({ output: '', errors: '', code: LOADER_NO_FRAME });
  });

  test('secrets of several lines, with other scripts of the world, and empty ones arrive whole', () => {
    const values = [
      '-----BEGIN KEY-----\nabc\n\n-----END KEY-----\n',
      '',
      'påss \'wörd\' "$HOME" `id` \\n 日本語 🗝\n\n',
      ' leading and trailing ',
    ];
    const secrets = values.map((value, index) => ({ variable: `SECRET_${index}`, value }));
    const script = secrets.map(({ variable }) => `printf '<%s>' "$${variable}"`).join('\n');
    expect(feed(shell, frame(script, secrets)).output).toBe(values.map((v) => `<${v}>`).join(''));
  });

  test('what follows the frame is the standard input of the script', () => {
    const stdin = Buffer.concat([
      frame('printf %s "$A"; cat', [{ variable: 'A', value: 'a\n' }]),
      bytes('payload\nmore'),
    ]);
    expect(feed(shell, stdin).output).toBe('a\npayload\nmore');
  });

  test('programs that the script starts do not inherit the secrets', () => {
    const secrets = [{ variable: 'MIRROR_PASSWORD', value: 'swordfish' }];
    const { output } = feed(shell, frame('printf %s "$MIRROR_PASSWORD"; env', secrets));
    expect(output.startsWith('swordfish')).toBe(true);
    expect(output.slice('swordfish'.length)).not.toContain('swordfish');
  });

  test('a frame cut off anywhere runs nothing', () => {
    const whole = frame('echo one; echo two', [{ variable: 'A', value: 'value' }]);
    for (let length = 0; length < whole.length; length++) {
      const { output, code } = feed(shell, whole.subarray(0, length));
      expect({ length, output }).toEqual({ length, output: '' });
      expect([LOADER_NO_FRAME, 2]).toContain(code);
    }
  });

  test('any script text and any secret value arrive byte for byte', () => {
    const text = fc
      .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
      .map((value) => value.replaceAll('\0', ''));
    fc.assert(
      fc.property(text, text, text, (inScript, secret, payload) => {
        const script = `printf '%s|' ${quote(inScript)} "$S1"; cat`;
        const stdin = Buffer.concat([
          frame(script, [{ variable: 'S1', value: secret }]),
          bytes(payload),
        ]);
        expect(feed(shell, stdin, { LC_ALL: 'C.UTF-8' }).output).toBe(
          `${inScript}|${secret}|${payload}`,
        );
      }),
      { numRuns: 30 },
    );
  });
});

test('the loader is one line that csh and fish take as a single-quoted word', () => {
  expect(LOADER).not.toMatch(/['!\n]/);
  expect(loaderCommand(NONCE)).toBe(`sh -c '${LOADER}' labwright ${NONCE}`);
  expect(sudoLoaderCommand(NONCE, 'ask:')).toBe(
    `env LC_ALL=C sudo -S -p 'ask:' sh -c '${LOADER}' labwright ${NONCE}`,
  );
});

test.each(['A-B', '1A', '', 'A;id', 'A B', 's', 'n', 'l', 'v'])(
  'a secret cannot be called %j',
  (variable) => {
    expect(() => frame('true', [{ variable, value: 'x' }])).toThrow(RangeError);
  },
);
