import { type Message, message } from '../../contract/message.ts';
import { PLAN_VERSION } from '../../contract/plan.ts';

type Raw = Record<string, unknown>;

/**
 * Steps from one version of lab.yaml to the next, by the version they start from. Version 1 is the
 * first; a later build adds `1: (raw) => …` here and the file is rewritten when it is next saved.
 */
const MIGRATIONS: Readonly<Record<number, (raw: Raw) => Raw>> = {};

/** Brings a parsed file up to PLAN_VERSION, or says why it cannot be read. */
export function migratePlan(raw: Raw): { value: Raw } | { problem: Message } {
  let value = raw;
  for (;;) {
    const version = value.version;
    if (version === undefined) return { problem: message('plan.missing-key', { key: 'version' }) };
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
      return { problem: message('plan.bad-version', { version: String(version) }) };
    }
    if (version === PLAN_VERSION) return { value };
    if (version > PLAN_VERSION) return { problem: message('plan.newer-version', { version }) };
    const step = MIGRATIONS[version];
    if (step === undefined) return { problem: message('plan.bad-version', { version }) };
    value = step(value);
  }
}
