import type { MaasPowerForm } from '../../contract/maas-call.ts';
import type { MaasNodeWish, NodePower } from '../../contract/maas-plan.ts';
import type { Plan } from '../../contract/plan.ts';
import { type MachineSpec, machineSpecs } from '../engine/machine-specs.ts';
import { virshAddress } from './power-address.ts';

/** A machine that MAAS deploys, as it shall be there. */
export interface MaasNodeSpec {
  readonly name: string;
  /** Lower case; the first is the one it boots from. MAAS's machine is found by them. */
  readonly macs: readonly string[];
  readonly architecture: string;
  readonly power: MaasPowerForm;
  /** What it is on its hypervisor; absent for a physical one. */
  readonly machine?: MachineSpec;
  /**
   * Where no driver of MAAS can switch it, Labwright does around each call of MAAS, and the app must be
   * open for that (users.md S19).
   */
  readonly switchedBy: 'maas' | 'labwright' | 'person';
  readonly wish: MaasNodeWish;
}

const NO_WISH: MaasNodeWish = { tags: [] };

const form = (
  type: string,
  parameters: Record<string, string>,
  secrets: Record<string, string> = {},
): MaasPowerForm => ({ type, parameters, secrets });

/** 1.7 has no type "manual": what it shall not switch has none (maas.md, power types). */
const byHand = (plan: Plan): MaasPowerForm => form(plan.maas?.line === '1.7' ? '' : 'manual', {});

function virtualPower(plan: Plan, spec: MachineSpec): MaasPowerForm | undefined {
  const host = plan.hosts[spec.on];
  if (host?.role === 'kvm') {
    return form('virsh', { power_address: virshAddress(host), power_id: spec.uuid });
  }
  const site = plan.sites[spec.on];
  // 1.7 has no driver for it, and a host that is reached by its shell has no API that could be driven.
  if (site === undefined || plan.maas?.line === '1.7') return undefined;
  return form(
    'vmware',
    {
      power_address: site.address,
      power_user: site.user,
      power_uuid: spec.uuid,
      ...(site.port === 443 ? {} : { power_port: String(site.port) }),
      // ESXi's certificate is its own; MAAS cannot pin one, and the step says so aloud.
      power_protocol: 'https+unverified',
    },
    { power_pass: site.password },
  );
}

function physicalPower(plan: Plan, power: NodePower): MaasPowerForm {
  switch (power.type) {
    case 'ipmi':
      return form(
        'ipmi',
        { power_driver: power.driver, power_address: power.address, power_user: power.user },
        { power_pass: power.password },
      );
    case 'redfish':
      return form(
        'redfish',
        { power_address: power.address, power_user: power.user },
        { power_pass: power.password },
      );
    case 'webhook':
      return form(
        'webhook',
        {
          power_on_uri: power.on_uri,
          power_off_uri: power.off_uri,
          power_query_uri: power.query_uri,
        },
        power.token === undefined ? {} : { power_token: power.token },
      );
    case 'manual':
      return byHand(plan);
  }
}

/** All machines that MAAS deploys, those of hypervisors first, in the plan's order. */
export function maasNodes(plan: Plan): MaasNodeSpec[] {
  if (plan.maas === undefined) return [];
  const virtual = machineSpecs(plan)
    .filter(({ role }) => role === 'node')
    .map((spec) => {
      const power = virtualPower(plan, spec);
      return {
        name: spec.name,
        macs: spec.nics.map(({ mac }) => mac),
        architecture: 'amd64/generic',
        power: power ?? byHand(plan),
        machine: spec,
        switchedBy: power === undefined ? ('labwright' as const) : ('maas' as const),
        wish: spec.maas ?? NO_WISH,
      };
    });
  const physical = Object.entries(plan.nodes).map(([name, node]) => ({
    name,
    macs: node.macs,
    architecture: node.architecture,
    power: physicalPower(plan, node.power),
    switchedBy: node.power.type === 'manual' ? ('person' as const) : ('maas' as const),
    wish: node.maas ?? NO_WISH,
  }));
  return [...virtual, ...physical];
}
