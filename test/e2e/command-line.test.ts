import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { type PracticeLab, startPracticeLab } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { sentence } from '../../src/messages/sentence.ts';

/** The built command, as people run it: it starts in a tenth of the time of its sources. */
const DIST = join(import.meta.dirname, '../../dist');

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let lab: PracticeLab;
let home: string;

async function start(bytesPerSecond = 500_000_000): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-cli-lab-'));
  lab = await startPracticeLab({ directory, now: Date.now, bytesPerSecond });
}

/** The command as a script runs it: no terminal, a home of its own. */
function labwright(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(DIST, 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      LANG: 'en_US.UTF-8',
      NODE_COMPILE_CACHE: join(DIST, '.compiled'),
    },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** The lab as a window has it open. */
function openLab(): Promise<LabSession> {
  return LabSession.open({
    path: lab.path,
    practice: true,
    chapters: CHAPTERS,
    vault: new MemoryVault(),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    who: 'ann',
  });
}

/** Starts to apply everything and closes the app in the middle. */
async function interruptedRun(): Promise<string> {
  const session = await openLab();
  await session.findings.check({ fresh: false });
  const { id } = await session.runs.apply(
    undefined,
    (await session.runs.preview(undefined)).digest,
  );
  for await (const _ of session.watch()) {
    if (session.state.runs[0]?.steps[0]?.state === 'running') break;
  }
  await session.close();
  return id;
}

async function stateOf(run: string): Promise<string | undefined> {
  const session = await openLab();
  try {
    return session.state.runs.find(({ id }) => id === run)?.state;
  } finally {
    await session.close();
  }
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'labwright-cli-home-'));
});

describe('with an interrupted run', { timeout: 60_000 }, () => {
  let run: string;

  beforeEach(async () => {
    await start();
    run = await interruptedRun();
  });

  afterEach(() => lab.close());

  test.each([
    ['a step', ['--step', 'mirror.clock', '--yes']],
    ['a digest', ['--expect', 'sha256:something']],
    ['no flag and no terminal', []],
  ])('an apply with %s does nothing and says what can be done', async (_what, flags) => {
    const commands = lab.host.commandLog.length;
    const { code, out, err } = await labwright('apply', '--lab', lab.path, ...flags);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^labwright: Run ${run} of 2\\S+Z was interrupted`));
    expect(err).toContain(`labwright resume --lab ${lab.path} --run ${run}`);
    expect(err).toContain(`labwright dismiss --lab ${lab.path} --run ${run}`);
    expect(lab.host.commandLog).toHaveLength(commands);
    expect(await stateOf(run)).toBe('interrupted');
  });

  test('apply --yes goes on with it', async () => {
    const { code, err } = await labwright('apply', '--lab', lab.path, '--yes');
    expect(code, err).toBe(0);
    expect(await stateOf(run)).toBe('succeeded');
  });

  test('resume asks for a yes, then goes on with it; a second time there is nothing', async () => {
    const unasked = await labwright('resume', '--lab', lab.path, '--json');
    expect(JSON.parse(unasked.out)).toMatchObject({ error: { code: 'consent-missing' } });
    expect(await stateOf(run)).toBe('interrupted');
    const { code, err } = await labwright('resume', '--lab', lab.path, '--run', run, '--yes');
    expect(code, err).toBe(0);
    expect(await stateOf(run)).toBe('succeeded');
    const again = await labwright('resume', '--lab', lab.path, '--yes', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'run-not-interrupted' } });
  });

  test('dismiss closes it, and only the one that is named', async () => {
    const other = await labwright('dismiss', '--lab', lab.path, '--run', 'another');
    expect(other.code).toBe(2);
    expect(await stateOf(run)).toBe('interrupted');
    expect((await labwright('dismiss', '--lab', lab.path)).code).toBe(0);
    expect(await stateOf(run)).toBe('cancelled');
  });
});

describe('apply', { timeout: 60_000 }, () => {
  beforeEach(() => start());
  afterEach(() => lab.close());

  test('compares a digest also when nothing is to do', async () => {
    const step = ['--lab', lab.path, '--step', 'mirror.reachable', '--json'];
    const shown = JSON.parse((await labwright('plan', ...step)).out);
    expect(shown.steps).toEqual([]);
    const wrong = await labwright('apply', ...step, '--expect', 'another');
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.out)).toMatchObject({ error: { code: 'preview-outdated' } });
    expect((await labwright('apply', ...step, '--expect', shown.digest)).code).toBe(0);
  });

  test('without a terminal and a flag says what is missing, not that something differs', async () => {
    const { code, err } = await labwright('apply', '--lab', lab.path);
    expect(code).toBe(2);
    expect(err).toContain('--yes | --expect DIGEST');
    expect(err).not.toContain('differs');
  });
});

describe('what was found damaged', { timeout: 60_000 }, () => {
  beforeEach(() => start());
  afterEach(() => lab.close());

  test('of the secrets is said once, with the name of what was kept', async () => {
    const folder = join(home, '.config', 'labwright');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'vault.json'), 'rubbish');
    const { err } = await labwright('journal', '--lab', lab.path);
    const kept = readdirSync(folder).find((name) => name.startsWith('vault.json.damaged-'));
    expect(err.split('\n').filter((line) => line.includes(`${kept}`))).toHaveLength(1);
  });

  test('of the journal is said with the name of what was kept, and what it means for the hosts', async () => {
    const folder = join(dirname(lab.path), '.labwright');
    await (await openLab()).close();
    writeFileSync(join(folder, 'journal.db'), 'rubbish'.repeat(1000));
    const { err } = await labwright('check', '--lab', lab.path);
    const kept = readdirSync(folder).find((name) => name.startsWith('journal.db.damaged-'));
    expect(err.split('\n').filter((line) => line.includes(`${kept}`))).toHaveLength(1);
    expect(err).toContain('The identities of mirror are not in the journal any more');
  });
});

describe('a lab.yaml with errors', { timeout: 60_000 }, () => {
  beforeEach(async () => {
    await start();
    const text = readFileSync(lab.path, 'utf8');
    const broken = text.replace(/^mirror:$/m, 'mirror:\n  hst: mirror');
    writeFileSync(lab.path, `${broken}\nhosst: {}\n`);
  });

  afterEach(() => lab.close());

  test('is answered with every problem, its place and the key that was probably meant', async () => {
    const { code, out, err } = await labwright('check', '--lab', lab.path);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const [head, ...lines] = err.trimEnd().split('\n');
    expect(head).toBe(`labwright: ${lab.path} has errors:`);
    expect(lines).toHaveLength(2);
    expect(err).toMatch(/^\d+:3 mirror\.hst .*hst.*host/m);
    expect(err).toMatch(/^\d+:1 hosst .*hosst.*hosts/m);
    const japanese = await labwright('plan', '--lab', lab.path, '--language', 'ja');
    expect(japanese.err).toMatch(/^\d+:1 hosst .*[ぁ-ん]/m);
  });

  test('is answered as data with --json, and its journal can still be read', async () => {
    const { code, out } = await labwright('check', '--lab', lab.path, '--json');
    expect(code).toBe(2);
    const { error } = JSON.parse(out);
    expect(error).toMatchObject({ code: 'plan-invalid' });
    expect(error.problems).toContainEqual({
      line: expect.any(Number),
      column: 1,
      path: 'hosst',
      reason: { key: 'plan.unknown-key-near', params: { key: 'hosst', near: 'hosts' } },
    });
    expect((await labwright('journal', '--lab', lab.path)).code).toBe(0);
  });
});

describe('what was asked for wrongly', () => {
  const NO_LAB = ['--lab', 'nowhere.yaml'];

  test.each([
    ['without a lab', ['check'], 'check needs the option --lab.'],
    ['without a run', ['undo', ...NO_LAB], 'undo needs the option --run.'],
    ['without a host', ['trust', ...NO_LAB], 'trust needs the option --host.'],
    ['with an extra word', ['check', 'lab.yaml'], 'lab.yaml is one argument too many'],
    ['with an unknown word', ['chek'], 'There is no command chek.'],
    ['with an unknown option', ['check', '--labb', 'x'], 'There is no option --labb.'],
    ['with an option without its value', ['check', '--lab'], 'The option --lab was given'],
    [
      'with an option of another command',
      ['check', ...NO_LAB, '--yes'],
      'check has no option --yes',
    ],
    ['of a step to resume', ['resume', ...NO_LAB, '--step', 'x'], 'resume has no option --step'],
  ])('%s is said in a line of its own', async (_how, args, line) => {
    const { code, out, err } = await labwright(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.split('\n')[0]).toContain(`labwright: ${line}`);
  });

  test('is said in the language that was chosen', async () => {
    const { err } = await labwright('check', '--labb', '--language', 'ja');
    expect(err.split('\n')[0]).toBe('labwright: --labb というオプションはありません。');
  });

  test('is said once, as data, to a script', async () => {
    for (const args of [
      ['check', '--labb'],
      ['check', ...NO_LAB],
    ]) {
      const { code, out, err } = await labwright(...args, '--json');
      expect({ code, err }).toEqual({ code: 2, err: '' });
      expect(JSON.parse(out)).toMatchObject({ error: { code: expect.any(String) } });
    }
  });
});

describe('a lab that is open elsewhere', { timeout: 60_000 }, () => {
  let elsewhere: LabSession;

  beforeEach(async () => {
    await start();
    elsewhere = await openLab();
    await elsewhere.findings.check({ fresh: false });
  });

  afterEach(async () => {
    await elsewhere.close();
    await lab.close();
  });

  test('is shown as it was last found there, with its age, and nothing is asked anew', async () => {
    const commands = lab.host.commandLog.length;
    const { code, out, err } = await labwright('check', '--lab', lab.path);
    expect(code).toBe(2);
    expect(err).toBe(
      `labwright: This lab is open in another Labwright (process ${process.pid}). It is shown read-only here.\n`,
    );
    expect(out).toMatch(/^✓ done +mirror\.reachable@mirror .*\n.*\((just now|\d+ (s|min) ago)\)$/m);
    const planned = await labwright('plan', '--lab', lab.path, '--json');
    expect(planned.code).toBe(2);
    const { steps, findings, readOnly } = JSON.parse(planned.out);
    expect(readOnly).toBe(true);
    expect(steps.length).toBeGreaterThan(0);
    expect(findings.length).toBeGreaterThan(3);
    expect(lab.host.commandLog).toHaveLength(commands);
  });

  test('is not changed: who has it is said once', async () => {
    const { code, out, err } = await labwright('apply', '--lab', lab.path, '--yes');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `labwright: This lab is open in another Labwright, so it can only be looked at here.\nProcess ${process.pid} has it. Do it there, or close that one first.\n`,
    );
  });
});

describe('the journal as text', { timeout: 60_000 }, () => {
  beforeEach(() => start());
  afterEach(() => lab.close());

  test('tells of findings, runs and actions in sentences, and of the rows that it leaves out', async () => {
    const session = await openLab();
    await session.findings.check({ fresh: false });
    const { id } = await session.runs.apply(
      undefined,
      (await session.runs.preview(undefined)).digest,
    );
    await session.runs.settled();
    const titles = session.state.runs[0]!.steps.flatMap(({ actions }) =>
      actions.map(({ action }) => sentence('en', action.title)),
    );
    const { length } = session.journal.list({ limit: 1000 }).rows;
    await session.close();

    const all = await labwright('journal', '--lab', lab.path, '--limit', '1000');
    expect(all.code).toBe(0);
    expect(all.err).toBe('');
    expect(all.out.trimEnd().split('\n')).toHaveLength(length);
    const reachable = sentence('en', { key: 'step.mirror.reachable.title' });
    expect(all.out).toContain(`  finding  ${reachable} (mirror): done — `);
    expect(all.out).toMatch(new RegExp(`  run  Apply started, steps: \\d+ · ${id}$`, 'm'));
    expect(all.out).toMatch(new RegExp(`  run  Run succeeded · ${id}$`, 'm'));
    for (const title of titles) expect(all.out).toContain(` › ${title}: succeeded`);
    expect(all.out).not.toMatch(/\{\{|(step|state|run|journal)\.[a-z]+\./);

    const some = await labwright('journal', '--lab', lab.path, '--limit', '3');
    expect(some.out.trimEnd().split('\n')).toHaveLength(3);
    expect(some.err).toBe(`${length - 3} older rows: --limit\n`);
    expect((await labwright('journal', '--lab', lab.path, '--limit', 'many')).code).toBe(2);
  });
});

describe('undo', { timeout: 60_000 }, () => {
  beforeEach(() => start());
  afterEach(() => lab.close());

  test('does nothing without a yes, and nothing a second time', async () => {
    const session = await openLab();
    await session.findings.check({ fresh: false });
    const { id } = await session.runs.apply(
      undefined,
      (await session.runs.preview(undefined)).digest,
    );
    await session.runs.settled();
    await session.close();
    const undo = ['undo', '--lab', lab.path, '--run', id, '--json'];

    const unasked = JSON.parse((await labwright(...undo)).out);
    expect(unasked).toMatchObject({ error: { code: 'consent-missing' } });
    const other = JSON.parse((await labwright(...undo, '--expect', 'another', '--yes')).out);
    expect(other).toMatchObject({ error: { code: 'preview-outdated' } });
    const first = await labwright(...undo, '--yes');
    expect(first.code, first.err).toBe(0);

    const again = await labwright(...undo, '--yes');
    expect(again.code).toBe(2);
    expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'run-undone' } });
    const later = await openLab();
    expect(later.state.runs.map(({ kind }) => kind)).toEqual(['apply', 'undo']);
    await later.close();
  });
});

describe('what cannot be meant', { timeout: 60_000 }, () => {
  beforeEach(() => start());
  afterEach(() => lab.close());

  test.each([
    ['--language', ['check', '--lab', 'lab.yaml', '--language', 'fr']],
    ['--port', ['serve', '--no-window', '--port', 'abc']],
    ['--port', ['serve', '--no-window', '--port', '65536']],
    ['--line', ['practice', '--line', 'v9']],
    ['--room', ['practice', '--room', 'attic']],
  ])('is refused by the name of its option, not passed over: %s of %j', async (option, args) => {
    const { code, out } = await labwright(...args, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out).error).toMatchObject({
      code: 'option-value',
      reason: { params: { option } },
    });
  });

  test('a line is only of the mirror’s room', async () => {
    const { out } = await labwright('practice', '--room', 'kvm', '--line', 'v2', '--json');
    expect(JSON.parse(out).error.code).toBe('option-unfit');
  });

  test('a secret in the command itself is refused and not repeated', async () => {
    const { code, err } = await labwright('check', '--lab', lab.path, '--secret', 'name=hunter2');
    expect(code).toBe(2);
    expect(err).toBe(`labwright: ${sentence('en', { key: 'error.secret-in-argument' })}\n`);
    const file = await labwright('check', '--lab', lab.path, '--secret', 'name=@/not/there');
    const said = sentence('en', { key: 'error.secret-file', params: { name: 'name' } });
    expect(file.err).toContain(said);
  });

  test('a port that something else has', async () => {
    const port = String(lab.host.port);
    const { code, out } = await labwright('serve', '--no-window', '--port', port, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out).error).toMatchObject({ code: 'port-unusable' });
  });
});

describe('what a person reads', { timeout: 60_000 }, () => {
  beforeEach(() => start());
  afterEach(() => lab.close());

  /** Words of ours that are left in English; commands, ids and usage lines are not translated. */
  const english = (text: string) =>
    text
      .split('\n')
      .filter((line) => !line.startsWith('     │') && !line.startsWith('  labwright'))
      .join('\n')
      .match(/\b(done|to ?do|blocked|running|succeeded|checking|proving|predicted|waits?)\b/gi);

  test('help, findings, preview and a run are in Japanese', async () => {
    const help = await labwright('--help', '--language', 'ja');
    expect(help.out).toContain('終了コード');
    const shown = await labwright('plan', '--lab', lab.path, '--language', 'ja');
    expect(shown.out).toContain('(予測)');
    const run = await labwright('apply', '--lab', lab.path, '--yes', '--language', 'ja');
    expect(run.code, run.err).toBe(0);
    expect(run.err).toContain('[完了] mirror.packages@mirror');
    for (const text of [help.out, shown.out, run.out, run.err]) expect(english(text)).toBeNull();
  });

  test('a preview says as whom a script runs and with what mode a file is written', async () => {
    const { out } = await labwright('plan', '--lab', lab.path);
    expect(out).toMatch(/1\. Install simplestreams, .* {2}\[sudo\]$/m);
    expect(out).toMatch(/Write \/usr\/local\/sbin\/labwright-mirror-refresh {2}\[sudo, 755\]$/m);
  });
});
