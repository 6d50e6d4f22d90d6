import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { type MachineSpec, machineSpecs } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { specOf } from './nodes.ts';

/**
 * What is done with machines only when a person asks for it. They are steps so that the engine can
 * run them, and take them back, like everything else; none is anything to tick off.
 */
export function machineAsides(driver: (context: StepContext) => Hypervisor): readonly Step[] {
  const targets = (wanted: (spec: MachineSpec) => boolean) => (plan: Plan) =>
    machineSpecs(plan)
      .filter(wanted)
      .map(({ name, on: target }): Owner => ({ owner: name, target }));
  const read = (context: StepContext) => on(context.target, driver(context).inventory);
  const found = (context: StepContext) => {
    const { uuid } = specOf(context);
    return context.facts.maybe(read(context))?.machines.find((each) => each.uuid === uuid);
  };

  const snapshot: Step = {
    id: 'nodes.snapshot',
    targets: targets(() => true),
    needs: [],
    reads: (context) => [read(context)],
    check: (context) => {
      context.facts.need(read(context));
      return { state: 'done', reason: message('snapshot.take', { name: context.owner }) };
    },
    undo: (context) => {
      const { run } = context;
      if (run === undefined || !found(context)?.snapshots?.includes(run)) return [];
      return driver(context).removeSnapshot(specOf(context), run);
    },
  };

  const mark: Step = {
    id: 'nodes.mark',
    targets: targets(({ adopted }) => adopted === true),
    needs: [],
    reads: (context) => [read(context)],
    check: (context) => {
      context.facts.need(read(context));
      return { state: 'done', reason: message('adopt.mark', { name: context.owner }) };
    },
    undo: (context) => {
      const spec = specOf(context);
      if (found(context)?.owner?.lab !== spec.mark.lab) return [];
      return driver(context).unmark(spec);
    },
  };

  return [mark, snapshot];
}
