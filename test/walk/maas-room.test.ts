import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LAB_FOLDER, LabSession } from '../../src/main/app/lab-session.ts';
import { startMaasRoom } from '../../src/main/practice/maas-room.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { withPracticeSecrets } from '../../src/main/vault/practice-secrets.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

/** What takes MAAS minutes takes this much less. */
const HURRY = 1000;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scene(line: '1.7' | '3.3'): Promise<LabSession> {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-maas-'));
  const room = await startMaasRoom({ directory, now: Date.now, line, hurry: HURRY });
  closers.push(() => room.close());
  const lab = await LabSession.open({
    path: room.path,
    practice: true,
    chapters: CHAPTERS,
    vault: await withPracticeSecrets(new MemoryVault(), join(directory, LAB_FOLDER)),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds / HURRY)),
    who: 'ann',
  });
  closers.push(() => lab.close());
  return lab;
}

const oursOf = (lab: LabSession): string[] => lab.findings.instances().map(({ id }) => id);

/** Applies all that is offered, as often as that makes more possible. */
async function walk(lab: LabSession): Promise<void> {
  for (let round = 0; round < 8; round++) {
    const steps = oursOf(lab);
    await lab.findings.check({ steps, fresh: true });
    const { steps: planned, digest } = await lab.runs.preview(steps);
    if (planned.length === 0) return;
    const { id } = await lab.runs.apply(steps, digest);
    await lab.runs.settled();
    const run = lab.state.runs.find((each) => each.id === id);
    const failed = run?.steps.find((step) => step.failure !== undefined);
    if (failed !== undefined) throw new Error(JSON.stringify(failed.failure));
  }
}

const states = (lab: LabSession): Record<string, string> =>
  Object.fromEntries(
    oursOf(lab).map((id) => {
      const finding = lab.state.findings[id];
      const { state, reason } = finding ?? { state: 'absent', reason: { key: '' } };
      return [
        id,
        state === 'done' ? state : `${state} ${reason.key} ${JSON.stringify(reason.params)}`,
      ];
    }),
  );

test.each(['3.3', '1.7'] as const)(
  'a MAAS %s is set up and its machines deployed; a second time nothing is to do',
  async (line) => {
    const lab = await scene(line);
    await walk(lab);
    expect(states(lab)).toEqual(Object.fromEntries(oursOf(lab).map((id) => [id, 'done'])));
    expect((await lab.runs.preview(oursOf(lab))).steps).toEqual([]);
  },
);
