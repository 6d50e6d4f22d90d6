import { parseDocument } from 'yaml';

export type PlanPath = readonly string[];

/** Reads single values out of a text that may be half written; nothing where it cannot be read. */
export function valueReader(text: string): (path: PlanPath) => string {
  let document: ReturnType<typeof parseDocument> | undefined;
  try {
    document = parseDocument(text, { logLevel: 'silent' });
  } catch {
    document = undefined;
  }
  return (path) => {
    if (document === undefined) return '';
    try {
      const value: unknown = document.getIn(path);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    } catch {
      return '';
    }
  };
}

/** Names of the hosts in a text. */
export function hostNames(text: string): string[] {
  try {
    const hosts: unknown = parseDocument(text, { logLevel: 'silent' }).toJS()?.hosts;
    return hosts !== null && typeof hosts === 'object' ? Object.keys(hosts) : [];
  } catch {
    return [];
  }
}
