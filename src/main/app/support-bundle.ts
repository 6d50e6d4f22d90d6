import type { LabState } from '../../contract/lab-state.ts';
import type { Journal } from '../engine/journal.ts';

const JOURNAL_ROWS = 500;

export interface BundleInput {
  readonly version: string;
  readonly state: LabState;
  readonly journal: Journal;
  readonly redact: (text: string) => string;
  readonly now: number;
}

/** Addresses, user names and paths of people are not needed to understand a fault. */
function withoutPlaces(text: string, state: LabState): string {
  let clean = text;
  const hosts = Object.entries(state.plan.plan?.hosts ?? {});
  for (const [name, { address, user }] of hosts) {
    clean = clean.replaceAll(address, `<address of ${name}>`);
    if (user.length >= 4) clean = clean.replaceAll(`"${user}"`, '"<user>"');
  }
  return clean.replace(/\/(home|Users)\/[^/"\\\s]+/g, '/$1/<user>');
}

/** Versions, findings and journal as text, without secrets; shown to the person before it is saved. */
export function supportBundle(input: BundleInput): { name: string; text: string } {
  const { state, journal } = input;
  const body = {
    labwright: input.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    at: new Date(input.now).toISOString(),
    plan: { problems: state.plan.problems, sha256: state.plan.sha256 },
    findings: Object.values(state.findings),
    hosts: Object.values(state.hosts).map(({ name, connection, error, system }) => ({
      name,
      connection,
      error,
      system,
    })),
    journal: journal.list({ limit: JOURNAL_ROWS }).rows,
  };
  const text = `${JSON.stringify(body, null, 2)}\n`;
  const stamp = new Date(input.now).toISOString().slice(0, 19).replaceAll(':', '-');
  return {
    name: `labwright-support-${stamp}.json`,
    text: withoutPlaces(input.redact(text), state),
  };
}
