import type { LabState } from '../../contract/lab-state.ts';
import type { Journal } from '../engine/journal.ts';
import { type ThisComputer, withoutPlaces } from './without-places.ts';

const JOURNAL_ROWS = 500;

export interface BundleInput {
  readonly version: string;
  readonly state: LabState;
  readonly journal: Journal;
  readonly redact: (text: string) => string;
  readonly here: ThisComputer;
  readonly now: number;
}

/** Versions, findings and journal as text, without secrets, people and places; shown to the person before it is saved. */
export function supportBundle(input: BundleInput): { name: string; text: string } {
  const { state, journal } = input;
  const { rows: all } = journal.list({ limit: JOURNAL_ROWS });
  // The plan of a run is full of places, and what matters of it is in the steps.
  const rows = all.map((row) =>
    row.entry.kind === 'run-started' ? { ...row, entry: { ...row.entry, plan: undefined } } : row,
  );
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
    journal: rows,
  };
  // Secrets first: of one that holds a name nothing may stay.
  const unsecret = (_key: string, value: unknown) =>
    typeof value === 'string' ? input.redact(value) : value;
  const safe: typeof body = JSON.parse(JSON.stringify(body, unsecret));
  const clean = withoutPlaces(safe, state, rows, input.here);
  const text = `${JSON.stringify(clean, null, 2)}\n`;
  const stamp = new Date(input.now).toISOString().slice(0, 19).replaceAll(':', '-');
  return {
    name: `labwright-support-${stamp}.json`,
    text: input.redact(text),
  };
}
