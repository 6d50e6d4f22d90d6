import type { MaasScriptState, MaasStatus } from '../../../contract/maas.ts';

/** MAAS's numbers for the states of a machine; 0 to 15 are the same in 1.7, the others came later. */
const STATUSES: readonly MaasStatus[] = [
  'new',
  'commissioning',
  'failed-commissioning',
  'missing',
  'ready',
  'reserved',
  'deployed',
  'retired',
  'broken',
  'deploying',
  'allocated',
  'failed-deployment',
  'releasing',
  'failed-releasing',
  'disk-erasing',
  'failed-disk-erasing',
  'rescue',
  'entering-rescue',
  'failed-entering-rescue',
  'exiting-rescue',
  'failed-exiting-rescue',
  'testing',
  'failed-testing',
];

/** MAAS's numbers for how a script went. */
const SCRIPT_STATES: readonly MaasScriptState[] = [
  'pending',
  'running',
  'passed',
  'failed',
  'timed-out',
  'aborted',
  'degraded',
  'installing',
  'failed-installing',
  'skipped',
  'applying-network',
  'failed-applying-network',
];

export const statusOf = (number: number): MaasStatus => STATUSES[number] ?? 'unknown';

/** Undefined for -1, which stands for "none ran". */
export const scriptStateOf = (number: number): MaasScriptState | undefined =>
  number < 0 ? undefined : (SCRIPT_STATES[number] ?? 'unknown');

/** What a filter by state is called in a request: MAAS's own word for it. */
export const statusWord = (status: MaasStatus): string => status.replaceAll('-', '_');
