import { isMap, parseDocument } from 'yaml';
import { LabwrightError } from '../../contract/error.ts';

export interface PlanChange {
  readonly path: readonly string[];
  /** `null` removes the key; anything else is written as YAML. */
  readonly value: unknown;
}

/** Changes values in the text of lab.yaml and leaves comments, order and the rest as they were. */
export function editPlan(text: string, changes: readonly PlanChange[]): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new LabwrightError('plan-invalid', { first: document.errors[0]?.message ?? '' });
  }
  for (const { path, value } of changes) {
    if (value === null) {
      document.deleteIn(path);
      continue;
    }
    for (let length = 1; length < path.length; length++) {
      const parent = path.slice(0, length);
      if (!isMap(document.getIn(parent, true))) document.setIn(parent, document.createNode({}));
    }
    document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
  }
  return document.toString({ lineWidth: 0 });
}
