import type { Answer } from './answer.ts';
import type { Region } from './region.ts';
import type { Fields } from './request-form.ts';
import type { RegionUser } from './users.ts';

export interface Call {
  readonly region: Region;
  readonly user: RegionUser;
  /** Parts of the path, in order. */
  readonly params: readonly string[];
  readonly query: Fields;
  readonly form: Fields;
}

export type Handler = (call: Call) => Answer;

/** A path and what can be done there: by method, or method and operation (`GET?op`). */
export interface Route {
  /** With `{}` for a part that varies. */
  readonly path: string;
  readonly calls: Readonly<Record<string, Handler>>;
  /** What works without a key; a path that has this is not refused before the operation is known. */
  readonly anonymous?: Readonly<Record<string, (call: Omit<Call, 'user'>) => Answer>>;
}

export interface Found {
  readonly route: Route;
  readonly params: readonly string[];
}

export function findRoute(routes: readonly Route[], path: string): Found | undefined {
  for (const route of routes) {
    const pattern = route.path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll('{}', '([^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match !== null) return { route, params: match.slice(1).map(decodeURIComponent) };
  }
  return undefined;
}

/** Verbs of a path, in the order in which MAAS lists them. */
export function verbsOf({ calls }: Route): readonly string[] {
  const verbs = new Set(Object.keys(calls).map((call) => call.split('?')[0] ?? ''));
  return ['POST', 'GET', 'PUT', 'DELETE'].filter((verb) => verbs.has(verb));
}
