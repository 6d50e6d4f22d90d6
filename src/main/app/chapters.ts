import { libvirt } from '../drivers/libvirt/libvirt.ts';
import type { Chapter } from '../engine/step.ts';
import { bridge, quiet } from '../guide/bridge.ts';
import { imageMirror } from '../guide/image-mirror.ts';
import { isolatedNetwork } from '../guide/isolated-network.ts';
import * as kvm from '../guide/kvm-host.ts';
import { nodeSteps } from '../guide/nodes.ts';

const { storage, acceleration } = kvm.kvmSteps(libvirt);
const { room, machine } = nodeSteps(() => libvirt);

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
  imageMirror,
  { id: 'nodes', steps: [room, machine] },
];
