import { isMap, type Node, parseDocument, visit } from 'yaml';
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
    const node: Node = document.createNode(value);
    // Lists of ours are short: on one line they read best.
    visit(node, {
      Seq: (_key, list) => {
        list.flow = true;
      },
    });
    // A plain value keeps the comment that stands beside the old one.
    document.setIn(path, typeof value === 'object' ? node : value);
  }
  return document.toString({ lineWidth: 0 });
}
