import { spawnSync } from 'node:child_process';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { quote } from '../../src/contract/shell-quote.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { composeProbes, Observer, splitAnswers } from '../../src/main/engine/observe.ts';
import { costly, on, type Probe, ProbeAnswerError, quick } from '../../src/main/engine/probe.ts';
import { FakeHost } from './support/fake-host.ts';
import { LocalHost } from './support/local-link.ts';
import { SHELLS } from './support/shells.ts';

const NONCE = '0123456789abcdef';

const text = (key: string, script: string, more: Partial<Probe<string>> = {}): Probe<string> => ({
  ...quick({ key, script, parse: (output) => output.text }),
  ...more,
});

/** Has a real sh run the composed probes. */
function ask(probes: readonly Probe<unknown>[], shell: readonly string[], path = '') {
  const [name = 'sh', ...options] = shell;
  const { stdout } = spawnSync(name, [...options, '-c', composeProbes(probes, NONCE)], {
    encoding: 'utf8',
    input: '',
    env: { ...process.env, PATH: `${path}${process.env.PATH}` },
  });
  return splitAnswers(stdout, NONCE, probes.length);
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell[0] })))(
  'probes composed for $name',
  ({ shell }) => {
    test('answer each for itself, with output and exit code', () => {
      const answers = ask(
        [
          text('a', 'echo one; echo two >&2'),
          text('b', 'exit 3'),
          text('c', 'printf "no line end"'),
          text('d', "echo 'it'\"'\"'s'; cd /nonexistent || exit 5"),
        ],
        shell,
      );
      expect(answers.get(0)).toEqual({ exitCode: 0, text: 'one\ntwo\n' });
      expect(answers.get(1)).toEqual({ exitCode: 3, text: '' });
      expect(answers.get(2)).toEqual({ exitCode: 0, text: 'no line end' });
      expect(answers.get(3)?.exitCode).toBe(5);
    });

    test('keep their limits where timeout is that of an old busybox, as on older ESXi', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'labwright-timeout-'));
      // Before busybox 1.30: the seconds after -t, and the signal's status at the end.
      const old = `#!/bin/sh
[ "$1" = -t ] || { echo "timeout: can't execute '$1'" >&2; exit 127; }
s=$2; shift 2
PATH=\${PATH#*:} exec timeout --preserve-status "$s" "$@"
`;
      // By another process: one that another test forks meanwhile would hold ours open for writing,
      // and the kernel then runs it for nobody (ETXTBSY).
      spawnSync('sh', ['-c', 'cat > "$0" && chmod 755 "$0"', join(folder, 'timeout')], {
        input: old,
      });
      const probes = [text('a', 'echo yes'), text('b', 'exec sleep 30', { seconds: 1 })];
      const answers = ask(probes, shell, `${folder}:`);
      await rm(folder, { recursive: true });
      expect(answers.get(0)).toEqual({ exitCode: 0, text: 'yes\n' });
      expect(answers.get(1)?.exitCode).toBe(124);
    });

    test('cannot harm each other: variables, functions, exits and stdin stay inside', () => {
      const answers = ask(
        [
          text('a', 'X=1; printf() { :; }; exec 1>&2; exit 0'),
          text('b', 'cat; echo "x$X"'),
          text('c', 'kill -9 $$'),
          text('d', 'echo last'),
        ],
        shell,
      );
      expect(answers.get(1)).toEqual({ exitCode: 0, text: 'x\n' });
      expect(answers.get(2)?.exitCode).toBe(137);
      expect(answers.get(3)).toEqual({ exitCode: 0, text: 'last\n' });
    });

    test('that take too long end with 124, and the others go on', () => {
      const answers = ask(
        [text('slow', 'echo begun; sleep 20', { seconds: 0.2 }), text('next', 'echo next')],
        shell,
      );
      expect(answers.get(0)).toEqual({ exitCode: 124, text: 'begun\n' });
      expect(answers.get(1)).toEqual({ exitCode: 0, text: 'next\n' });
    });

    test('may print what looks like a frame of another run', () => {
      const lookalike = '\n@beef 0 end 7\n\n@beef 1 begin\nfake\n';
      const answers = ask(
        [text('a', `printf %s ${quote(lookalike)}`), text('b', 'echo real')],
        shell,
      );
      expect(answers.get(0)).toEqual({ exitCode: 0, text: lookalike });
      expect(answers.get(1)).toEqual({ exitCode: 0, text: 'real\n' });
    });
  },
);

describe('answers taken apart', () => {
  const framed = (parts: readonly { body: string; code: number }[]) =>
    parts
      .map(
        ({ body, code }, index) =>
          `\n@${NONCE} ${index} begin\n${body}\n@${NONCE} ${index} end ${code}\n`,
      )
      .join('');
  const part = fc.record({
    body: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '@', '\n@', '\n@0123 0 end 1\n', ' begin\n', '\n\n'),
    ),
    code: fc.nat(255),
  });

  test('are what was put in, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const found = splitAnswers(framed(parts), NONCE, parts.length);
        expect([...found.values()]).toEqual(
          parts.map(({ body, code }) => ({ exitCode: code, text: body })),
        );
      }),
    );
  });

  test('that are cut off are absent, and none is made up', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.nat(400), (parts, cut) => {
        const whole = framed(parts);
        const found = splitAnswers(whole.slice(0, cut), NONCE, parts.length);
        for (const [index, answer] of found) {
          expect(answer.text).toBe(parts[index]?.body);
          // A code whose digits are cut off would be another code.
          expect(answer.exitCode).toBe(parts[index]?.code);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an observer', () => {
  let host: LocalHost;
  let store: FactStore;
  let now: number;
  let observer: Observer;

  beforeEach(async () => {
    host = await LocalHost.start();
    store = new FactStore();
    now = 1_000_000;
    observer = new Observer({
      store,
      link: () => host.link,
      redact: (shown) => shown.replaceAll('swordfish', '***'),
      now: () => now,
      machineId: () => undefined,
      askSite: () => Promise.reject(new Error('no site')),
      askVault: () => Promise.reject(new Error('no vault')),
      closed: new AbortController().signal,
      elapsed: () => performance.now(),
      wait: async () => {},
    });
  });

  afterEach(() => host.close());

  const observe = (probes: readonly Probe<unknown>[], fresh = false) =>
    observer.observe(
      probes.map((probe) => on('mirror', probe)),
      { fresh },
    );
  const fact = (probe: Probe<unknown>) => store.get(on('mirror', probe));

  test('asks all quick probes in one round trip and keeps value, evidence and time', async () => {
    const probes = [text('a', 'echo A'), text('b', 'printf "\\033[1mB"; echo " swordfish"')];
    await observe([...probes, probes[0]!]);
    expect(host.commands).toHaveLength(1);
    expect(fact(probes[0]!)).toEqual({
      target: 'mirror',
      key: 'a',
      at: now,
      command: 'echo A',
      output: 'A',
      value: 'A\n',
      stale: false,
    });
    expect(fact(probes[1]!)?.output).toBe('B ***');
  });

  test('a long look goes on over a link that breaks, where it left', async () => {
    const far = new FakeHost('mirror');
    const waits: number[] = [];
    let passed = 0;
    const patient = new Observer({
      store,
      link: () => far.link,
      redact: (shown) => shown,
      now: () => now,
      machineId: () => undefined,
      askSite: () => Promise.reject(new Error('no site')),
      askVault: () => Promise.reject(new Error('no vault')),
      closed: new AbortController().signal,
      elapsed: () => passed,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        passed += milliseconds;
      },
    });
    const broken = () => new LabwrightError('host-closed', { host: 'mirror' });
    far.work = (_script, print) => {
      print('half ');
      far.trouble.push(broken(), broken());
      return Promise.resolve().then(() => {
        print('whole');
        return 0;
      });
    };
    const look = costly<string>({
      key: 'hashes',
      script: 'sha256sum *',
      seconds: 60,
      maxAgeSeconds: 60,
      parse: ({ text: said }) => said,
    });
    await patient.observe([on('mirror', look)], { fresh: true });
    expect(store.get(on('mirror', look))).toMatchObject({ value: 'half whole' });
    expect(far.jobs.size).toBe(1);
    expect(far.resets).toBe(2);

    // A link that stays away is said to be, after its time.
    far.work = () => {
      far.trouble.push(...Array.from({ length: 100 }, broken));
      return new Promise(() => {});
    };
    await patient.observe([on('mirror', look)], { fresh: true });
    expect(store.get(on('mirror', look))?.error).toMatchObject({ code: 'host-closed' });
    expect(waits.at(-1)).toBe(10_000);
  });

  test('an answer that is not understood is an error of that probe alone', async () => {
    const bad = quick<string>({
      key: 'bad',
      script: 'echo what',
      parse: () => {
        throw new ProbeAnswerError('a version');
      },
    });
    const good = text('good', 'echo fine');
    await observe([bad, good]);
    expect(fact(bad)?.error).toMatchObject({
      code: 'output-unexpected',
      detail: 'what',
      reason: { params: { expected: 'a version' } },
    });
    expect(fact(good)?.value).toBe('fine\n');
  });

  test('a probe that takes too long is unknown, the rest is known', async () => {
    const slow = text('slow', 'sleep 20', { seconds: 0.2 });
    const good = text('good', 'echo fine');
    await observe([slow, good]);
    expect(fact(slow)?.error?.code).toBe('host-timeout');
    expect(fact(good)?.value).toBe('fine\n');
  });

  test('an unreachable host gives an error fact for every probe, and does not throw', async () => {
    host.unreachable = new LabwrightError('host-refused', { host: 'mirror' });
    const probes = [text('a', 'echo'), text('b', 'echo', { sudo: true })];
    await observe(probes);
    expect(probes.map((probe) => fact(probe)?.error?.code)).toEqual([
      'host-refused',
      'host-refused',
    ]);
  });

  test.each([
    ['denied', 'sudo-denied'],
    ['missing', 'sudo-missing'],
  ] as const)('when sudo is %s the rest is still known', async (rule, expected) => {
    host.sudo = rule;
    const [plain, root] = [text('plain', 'echo ok'), text('root', 'echo ok', { sudo: true })];
    await observe([plain, root]);
    expect(fact(plain)?.value).toBe('ok\n');
    expect(fact(root)?.error?.code).toBe(expected);
  });

  describe('and a costly probe', () => {
    const counted = () =>
      costly<string>({
        key: 'hashes',
        script: 'echo run >>"$HOME/count"; wc -l <"$HOME/count"',
        sudo: false,
        seconds: 20,
        maxAgeSeconds: 60,
        parse: ({ text: shown }) => shown.trim(),
      });

    test('runs once and is used again until it is stale, too old or wanted fresh', async () => {
      const probe = counted();
      await observe([probe]);
      expect(fact(probe)).toMatchObject({ value: '1', at: now });
      await observe([probe]);
      expect(fact(probe)?.value).toBe('1');
      store.markStale('mirror');
      await observe([probe]);
      expect(fact(probe)).toMatchObject({ value: '2', stale: false });
      now += 61_000;
      await observe([probe]);
      expect(fact(probe)?.value).toBe('3');
      await observe([probe], true);
      expect(fact(probe)?.value).toBe('4');
    });

    test('answered by a clock that was set back since is asked again, not kept until then', async () => {
      const probe = counted();
      now += 30 * 24 * 3_600_000;
      await observe([probe]);
      now -= 30 * 24 * 3_600_000;
      await observe([probe]);
      expect(fact(probe)).toMatchObject({ value: '2', at: now });
      now -= 5_000;
      await observe([probe]);
      expect(fact(probe)?.value, 'a clock that was put right by seconds').toBe('2');
    });

    test('asked for twice at once runs once', async () => {
      const probe = counted();
      await Promise.all([observe([probe]), observe([probe])]);
      expect(fact(probe)?.value).toBe('1');
    });

    test('that failed is asked again', async () => {
      const probe = counted();
      host.unreachable = new LabwrightError('host-refused');
      await observe([probe]);
      expect(fact(probe)?.error?.code).toBe('host-refused');
      host.unreachable = undefined;
      await observe([probe]);
      expect(fact(probe)?.value).toBe('1');
    });

    test('leaves nothing behind on the host', async () => {
      await observe([counted()]);
      const jobs = join(host.home, '.local/state/labwright/jobs');
      await access(jobs);
      expect(await readdir(jobs)).toEqual([]);
    });
  });
});
