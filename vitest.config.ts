import { defineConfig } from 'vitest/config';

/** The tiers of docs/testing.md. `real` and `bed` run inside the bed (test/bed/run-in-bed.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // A guard, not a wish: tests of a second take twenty on a machine that is busy with others.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'walk',
          include: ['test/walk/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Half of the time is spent waiting for simulated hosts.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'shim',
          include: ['test/shim/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'electron', include: ['test/electron/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'real',
          include: ['test/bed/**/*.test.ts', 'test/real/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Most of the time is spent waiting for hosts; two files at a time share the bed's network.
          maxWorkers: 2,
        },
      },
    ],
  },
});
