import type { Plan } from '../../contract/plan.ts';
import type { SelectedFile, Selection } from '../drivers/simplestreams/streams.ts';
import { on, type Read } from '../engine/probe.ts';
import {
  indexStamp,
  type Listing,
  listing,
  publishedSelection,
  sourceSelection,
} from '../engine/probes/mirror.ts';
import { proxyOf } from '../engine/probes/proxy.ts';
import type { StepContext } from '../engine/step.ts';

/** The mirror's host, when the plan has a mirror. */
export const mirrorHost = (plan: Plan): readonly string[] =>
  plan.mirror === undefined ? [] : [plan.mirror.host];

/** The mirror of the plan; steps exist only where there is one. */
export function mirrorOf(plan: Plan) {
  if (plan.mirror === undefined) throw new RangeError('the plan has no mirror');
  return plan.mirror;
}

export const stampRead = ({ plan, target }: StepContext) => on(target, indexStamp(mirrorOf(plan)));
export const listingRead = ({ plan, target }: StepContext) => on(target, listing(mirrorOf(plan)));
export const sourceRead = ({ plan, host, target }: StepContext) =>
  on(target, sourceSelection(mirrorOf(plan), proxyOf(plan, host)));

/** The selection of the published index; known only once there is one. */
export function publishedRead(context: StepContext): Read<Selection> | undefined {
  const stamp = context.facts.maybe(stampRead(context))?.stamp;
  if (stamp === undefined) return undefined;
  return on(context.target, publishedSelection(mirrorOf(context.plan), stamp));
}

export function missingFrom(files: readonly SelectedFile[], { sizes }: Listing): SelectedFile[] {
  return files.filter(({ path, size }) => sizes[path] !== size);
}
