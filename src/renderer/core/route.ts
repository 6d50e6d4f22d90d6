import { Store, useStore } from './store.ts';

export const SCREENS = ['guide', 'map', 'nodes', 'hosts', 'journal', 'plan', 'settings'] as const;
export type Screen = (typeof SCREENS)[number];

export interface Route {
  /** Path of the open lab; none on the start screen. */
  readonly lab: string | undefined;
  readonly screen: Screen;
  /** What is selected on the screen: a step instance, a host. */
  readonly item: string | undefined;
}

function parse(hash: string): Route {
  const [kind, lab, screen, item] = hash.replace(/^#\/?/, '').split('/');
  const known = SCREENS.find((name) => name === screen);
  if (kind !== 'lab' || lab === undefined || lab === '') {
    return { lab: undefined, screen: 'guide', item: undefined };
  }
  return {
    lab: decode(lab),
    screen: known ?? 'guide',
    item: item === undefined || item === '' ? undefined : decode(item),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function routeHash(route: Route): string {
  if (route.lab === undefined) return '#/';
  const parts = ['lab', encodeURIComponent(route.lab), route.screen];
  if (route.item !== undefined) parts.push(encodeURIComponent(route.item));
  return `#/${parts.join('/')}`;
}

const store = new Store<Route>(parse(location.hash));
window.addEventListener('hashchange', () => store.set(parse(location.hash)));

export function useRoute(): Route {
  return useStore(store);
}

export function goTo(change: Partial<Route>): void {
  const next = { ...store.get(), ...change };
  const hash = routeHash(next);
  if (hash === location.hash) return;
  location.hash = hash;
  store.set(next);
}
