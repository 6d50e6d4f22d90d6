import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { message } from '../../src/contract/message.ts';
import { plannedRun, RunExecutor } from '../../src/main/engine/execute.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { plannedStep, tempJournal } from './support/fake-run.ts';
import { LocalHost } from './support/local-link.ts';

let host: LocalHost;

beforeEach(async () => {
  host = await LocalHost.start();
  const opened = host;
  onTestFinished(() => opened.close());
});

function script(id: string, text: string, more: Partial<Action> = {}): Action {
  return {
    kind: 'script',
    id,
    title: message('x'),
    target: 'a',
    script: text,
    sudo: false,
    cancel: 'kill',
    silenceSeconds: 60,
    secrets: [],
    ...more,
  } as Action;
}

/** Runs one step on this computer with real shells and a memory vault. */
async function execute(actions: readonly Action[], looks = 0) {
  let clock = 0;
  let looked = 0;
  const vault = new MemoryVault();
  const journal = tempJournal();
  const planned = plannedStep('x@a', actions);
  const run = plannedRun('20260101000000-abc123', 'apply', [planned], 'digest', 0);
  let proven = false;
  const finding = () => ({
    id: 'x@a',
    step: 'x',
    target: 'a',
    state: proven ? ('done' as const) : ('todo' as const),
    reason: message('x'),
    notes: [],
    evidence: [],
    waitsFor: [],
    at: 0,
  });
  const executor = new RunExecutor(run, [planned], {
    journal,
    link: () => host.link,
    machineId: () => undefined,
    call: () => Promise.reject(new Error('no site')),
    fetchImage: () => Promise.reject(new Error('no image')),
    openImage: () => Promise.reject(new Error('no image')),
    secret: (name) => vault.get(name),
    keepSecret: (name, value) => vault.set(name, value),
    redact: (text) => text,
    now: () => clock,
    elapsed: () => clock,
    wait: async (milliseconds) => {
      clock += milliseconds;
    },
    observe: async (id) => {
      if (id === 'x@a') return finding();
      looked += 1;
      return { ...finding(), id, state: looked > looks ? 'done' : 'todo' };
    },
    planNow: () => planned,
    before: () => ({}),
    explain: () => undefined,
    needs: () => [],
    machineOf: (target) => target,
    written: () => {
      proven = true;
    },
    changed: () => {},
  });
  await executor.execute();
  return { run, vault, rows: journal.ofRun(run.id) };
}

test('a later action of the step is given what an earlier one made; a secret goes to the vault only', async () => {
  const make = script('make', `printf plain >"$OUT/id"; printf hush >"$OUT/token"`, {
    outputs: [{ name: 'id' }, { name: 'token', secret: 'api-token' }],
  });
  const use = script('use', '[ "$ID/$TOKEN" = plain/hush ] && env | grep -c hush; :', {
    refs: [
      { variable: 'ID', action: 'make', output: 'id' },
      { variable: 'TOKEN', action: 'make', output: 'token' },
    ],
  });
  host.runtimeDirectory = host.home;
  const { run, vault, rows } = await execute([make, use]);
  const reached = run.steps[0]?.actions.map(({ state, tail }) => [state, tail.trim()]);
  expect(reached).toEqual([
    ['succeeded', ''],
    ['succeeded', '0'],
  ]);
  expect(await vault.get('api-token')).toBe('hush');
  const text = JSON.stringify(rows);
  expect(text).toContain('plain');
  expect(text).toContain('api-token');
  expect(
    text
      .replaceAll(make.kind === 'script' ? JSON.stringify(make.script).slice(1, -1) : '', '')
      .replaceAll('grep -c hush', '')
      .replaceAll('plain/hush', ''),
  ).not.toContain('hush');
});

test('an action that refers to what nobody made is not started', async () => {
  const { run } = await execute([
    script('use', ':', { refs: [{ variable: 'ID', action: 'make', output: 'id' }] }),
  ]);
  expect(run.steps[0]?.failure?.code).toBe('output-unexpected');
});

test('a wait ends when its finding is satisfied, and fails when it is not in time', async () => {
  const wait: Action = {
    kind: 'wait',
    id: 'wait',
    title: message('x'),
    target: 'a',
    finding: 'y@a',
    seconds: 20,
  };
  const soon = await execute([wait], 3);
  expect(soon.run.steps[0]?.actions[0]?.state).toBe('succeeded');
  const never = await execute([wait], 100);
  expect(never.run.steps[0]?.failure?.advice).toEqual([message('run.waited-in-vain')]);
});
