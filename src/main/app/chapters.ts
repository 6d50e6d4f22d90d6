import { libvirt } from '../drivers/libvirt/libvirt.ts';
import type { Chapter } from '../engine/step.ts';
import { bridge, quiet } from '../guide/bridge.ts';
import { imageMirror } from '../guide/image-mirror.ts';
import { isolatedNetwork } from '../guide/isolated-network.ts';
import * as kvm from '../guide/kvm-host.ts';
import { nodeSteps } from '../guide/nodes.ts';
import { serverSteps } from '../guide/server-machines.ts';

const { storage, acceleration } = kvm.kvmSteps(libvirt);
const { room, machine, machineStep } = nodeSteps(() => libvirt);

/** All chapters that exist, in the guide's order; a plan shows those that it has something for. */
export const CHAPTERS: readonly Chapter[] = [
  {
    id: 'kvm',
    steps: [
      kvm.reachable,
      kvm.sudo,
      kvm.clock,
      kvm.packages,
      kvm.service,
      kvm.group,
      storage,
      acceleration,
    ],
  },
  { id: 'network', steps: [bridge, isolatedNetwork(libvirt), quiet] },
  { id: 'servers', steps: serverSteps(() => libvirt, machineStep) },
  imageMirror,
  { id: 'nodes', steps: [room, machine] },
];
