import { esxiShell } from '../drivers/esxi-shell/esxi-shell.ts';
import { libvirt } from '../drivers/libvirt/libvirt.ts';
import { siteAction, vsphere } from '../drivers/vsphere/vsphere.ts';
import type { Chapter } from '../engine/step.ts';
import { bridge } from '../guide/bridge.ts';
import { esxiSteps } from '../guide/esxi-host.ts';
import { patchSteps } from '../guide/esxi-patch.ts';
import { esxiTimeSteps, siteTimeSteps } from '../guide/host-time.ts';
import { imageMirror } from '../guide/image-mirror.ts';
import { isolatedNetwork } from '../guide/isolated-network.ts';
import * as kvm from '../guide/kvm-host.ts';
import { leftovers } from '../guide/leftovers.ts';
import * as maasImages from '../guide/maas-images.ts';
import * as maasNetwork from '../guide/maas-network.ts';
import { maasNodeSteps } from '../guide/maas-nodes.ts';
import { maasServer } from '../guide/maas-server.ts';
import * as maasSettings from '../guide/maas-settings.ts';
import { machineAsides } from '../guide/machine-asides.ts';
import { nestedGuest } from '../guide/nested-guest.ts';
import { nodeSteps } from '../guide/nodes.ts';
import { portfast } from '../guide/portfast.ts';
import { portgroupSteps } from '../guide/portgroup.ts';
import { powerChapter } from '../guide/power-proof.ts';
import { quiet } from '../guide/quiet-network.ts';
import { serverSteps } from '../guide/server-machines.ts';
import { siteSteps } from '../guide/site.ts';
import { driverFor } from './driver-for.ts';

const api = { inventory: vsphere.inventory, action: siteAction };
const esxi = esxiSteps(esxiShell);
const { portgroup, policy } = portgroupSteps(driverFor);
const { storage, acceleration } = kvm.kvmSteps(libvirt);
const { room, machine, machineStep } = nodeSteps(driverFor);

/** All chapters that exist, in the guide's order; a plan shows those that it has something for. */
export const CHAPTERS: readonly Chapter[] = [
  { id: 'site', steps: [...siteSteps(api), ...siteTimeSteps(api)] },
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
  { id: 'esxi', steps: [...esxi.first, ...esxiTimeSteps, esxi.storage, ...patchSteps] },
  {
    id: 'network',
    steps: [bridge, isolatedNetwork(driverFor), portgroup, policy, quiet, portfast],
  },
  { id: 'asides', aside: true, steps: machineAsides(driverFor) },
  { id: 'servers', steps: [...serverSteps(driverFor, machineStep), nestedGuest(driverFor)] },
  imageMirror,
  maasServer,
  powerChapter,
  {
    id: 'maas-settings',
    steps: [maasSettings.answers, maasSettings.settings, maasSettings.sshKeys],
  },
  {
    id: 'maas-images',
    steps: [
      maasImages.source,
      maasImages.selections,
      maasImages.importImages,
      maasImages.commissioningRelease,
    ],
  },
  {
    id: 'maas-network',
    steps: [maasNetwork.subnet, maasNetwork.ranges, maasNetwork.quiet, maasNetwork.dhcp],
  },
  { id: 'nodes', steps: [room, machine, leftovers(driverFor)] },
  { id: 'enrol', steps: maasNodeSteps(driverFor) },
];
