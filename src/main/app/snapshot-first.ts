import type { PlannedStep, Preview, SnapshotOffer } from '../../contract/action.ts';
import type { Machine } from '../../contract/inventory.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { isMachineStep, type MachineSpec, machineSpecs } from '../engine/machine-specs.ts';
import { asPreview, digestOf } from '../engine/preview.ts';
import { instanceId } from '../engine/step.ts';

const STEP = 'nodes.snapshot';

export interface SnapshotScene {
  readonly plan: Plan;
  readonly inventories: LabState['inventories'];
  readonly driver: (plan: Plan, target: string) => Hypervisor;
}

interface Kept {
  readonly spec: MachineSpec;
  readonly machine: Machine;
}

/**
 * The machine of ours that a step puts at risk: the one that it is about, or the one inside which it
 * works. Changing a machine that exists is risk enough; otherwise the step must name one.
 */
function atRisk(
  step: PlannedStep,
  specs: readonly MachineSpec[],
  { inventories }: SnapshotScene,
): Kept | undefined {
  if (step.risks.length === 0 && !isMachineStep(step.step)) return undefined;
  const spec = specs.find(
    ({ name, on, install }) =>
      (on === step.target && step.id === instanceId(step.step, name)) ||
      (install !== undefined && name === step.target),
  );
  const machine = inventories[spec?.on ?? '']?.inventory.machines.find(
    ({ uuid, owner }) => uuid === spec?.uuid && owner?.lab === spec.mark.lab,
  );
  return spec === undefined || machine === undefined ? undefined : { spec, machine };
}

/**
 * The same preview with what could be kept by a snapshot first. When that is wanted, the snapshots
 * are steps of it, before the first that needs them: what is shown is what is done.
 */
export function withSnapshots(shown: Preview, scene: SnapshotScene, wanted: boolean): Preview {
  const { plan, driver } = scene;
  const specs = machineSpecs(plan);
  const offers = new Map<string, SnapshotOffer>();
  const steps: PlannedStep[] = [];
  for (const step of shown.steps) {
    const kept = atRisk(step, specs, scene);
    if (kept === undefined) {
      steps.push(step);
      continue;
    }
    const { name, on } = kept.spec;
    const hypervisor = driver(plan, on);
    const trouble = hypervisor.snapshotTrouble(kept.machine);
    const isNew = !offers.has(name);
    offers.set(name, { machine: name, ...(trouble === undefined ? {} : { trouble }) });
    if (!wanted || trouble !== undefined) {
      steps.push(step);
      continue;
    }
    const id = instanceId(STEP, name);
    if (isNew) {
      const actions = [...hypervisor.takeSnapshot(kept.spec)];
      const digest = digestOf(actions);
      const own = { actions, risks: [], predicted: false, aside: true as const, digest };
      steps.push({ id, step: STEP, target: on, ...own });
    }
    steps.push({ ...step, after: [id] });
  }
  return asPreview(steps, shown.left, [...offers.values()]);
}
