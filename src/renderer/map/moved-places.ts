import { z } from 'zod';

const Moved = z.record(z.string(), z.object({ x: z.number(), y: z.number() }));
/** Where the person put nodes, relative to their frame, by node. */
export type Moved = z.infer<typeof Moved>;

const keyOf = (lab: string): string => `labwright.map.${lab}`;

/** Kept for as long as the window is: a map is looked at anew on another day. */
export function readMoved(lab: string): Moved {
  try {
    return Moved.parse(JSON.parse(sessionStorage.getItem(keyOf(lab)) ?? '{}'));
  } catch {
    return {};
  }
}

export function keepMoved(lab: string, moved: Moved): void {
  sessionStorage.setItem(keyOf(lab), JSON.stringify(moved));
}
