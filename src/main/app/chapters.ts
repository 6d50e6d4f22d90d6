import { esxiShell } from '../drivers/esxi-shell/esxi-shell.ts';
import { libvirt } from '../drivers/libvirt/libvirt.ts';
import { vsphere } from '../drivers/vsphere/vsphere.ts';
import type { Chapter } from '../engine/step.ts';
import { bridge, quiet } from '../guide/bridge.ts';
import { esxiSteps } from '../guide/esxi-host.ts';
import { imageMirror } from '../guide/image-mirror.ts';
import { isolatedNetwork } from '../guide/isolated-network.ts';
import * as kvm from '../guide/kvm-host.ts';
import { maasServer } from '../guide/maas-server.ts';
import { nodeSteps } from '../guide/nodes.ts';
import { portgroup, portgroupPolicy } from '../guide/portgroup.ts';
import { powerChapter } from '../guide/power-proof.ts';
import { serverSteps } from '../guide/server-machines.ts';
import { siteSteps } from '../guide/site.ts';
import { driverFor } from './driver-for.ts';

const site = siteSteps(vsphere);
const { storage, acceleration } = kvm.kvmSteps(libvirt);
const { room, machine, machineStep } = nodeSteps(driverFor);

/** All chapters that exist, in the guide's order; a plan shows those that it has something for. */
export const CHAPTERS: readonly Chapter[] = [
  { id: 'site', steps: [site.reachable, site.licence] },
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
  { id: 'esxi', steps: esxiSteps(esxiShell) },
  {
    id: 'network',
    steps: [bridge, isolatedNetwork(driverFor), portgroup(esxiShell), portgroupPolicy, quiet],
  },
  { id: 'servers', steps: serverSteps(driverFor, machineStep) },
  imageMirror,
  maasServer,
  powerChapter,
  { id: 'nodes', steps: [room, machine] },
];
