import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { makeKvmLab } from '../e2e/kvm-lab.ts';

test('what a hypervisor had is still known after it could not be asked and the app was started anew', async () => {
  const home = mkdtempSync(join(tmpdir(), 'labwright-known-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const path = makeKvmLab(home);
  const open = () =>
    LabSession.open({
      path,
      practice: false,
      chapters: CHAPTERS,
      vault: new MemoryVault(),
      connect: async () => {
        throw new LabwrightError('host-unreachable', { host: 'rack-3' });
      },
      userKnownHosts: undefined,
      now: Date.now,
      wait: async () => {},
      who: 'ann',
    });
  const one = await open();
  const before = one.state.inventories['rack-3'];
  expect(before?.inventory.machines.length).toBeGreaterThan(0);
  await one.findings.check({ fresh: true });
  expect(one.state.findings['nodes.room@rack-3']?.state).toBe('unknown');
  await one.close();
  const two = await open();
  expect(two.state.inventories['rack-3']).toEqual(before);
  await two.close();
});
