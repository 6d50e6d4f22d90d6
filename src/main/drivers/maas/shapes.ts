import { z } from 'zod';
import { ClusterImage, Interface, Node, NodeGroup, Result } from './api-1/shapes.ts';
import { Event } from './api-2/event-shape.ts';
import {
  BootImageDetailsShape,
  BootImageShape,
  BootSourceShape,
  RackImagesShape,
  SelectionShape,
} from './api-2/image-shape.ts';
import { Machine, Power, PowerParameters, PowerTypeShape } from './api-2/machine-shape.ts';
import { FreeRangeShape, IpRange, Subnet, TakenRangeShape } from './api-2/network-shape.ts';
import { KnownScriptShape, ScriptSet } from './api-2/script-shape.ts';
import {
  Named,
  NewKey,
  Notification,
  Rack,
  Setting,
  SshKeyShape,
  User,
  Version,
} from './api-2/server-shape.ts';
import { list, one, type Shape } from './shape.ts';

/**
 * Every form of an answer by its name, which is what a thread can be told and what an error says was
 * expected.
 */
export const shapes = {
  'boot image': one(BootImageDetailsShape),
  'boot images': list(BootImageShape),
  'boot source': one(BootSourceShape),
  'boot sources': list(BootSourceShape),
  clusters: list(NodeGroup),
  'cluster images': list(ClusterImage),
  'cluster interfaces': list(Interface),
  events: list(Event, 'events'),
  'free addresses': list(FreeRangeShape),
  'IP ranges': list(IpRange),
  key: one(NewKey),
  machine: one(Machine),
  machines: list(Machine),
  names: list(Named),
  node: one(Node),
  'node results': list(Result),
  nodes: list(Node),
  notifications: list(Notification),
  power: one(Power),
  'power parameters': one(PowerParameters),
  'power types': list(PowerTypeShape),
  'rack images': one(RackImagesShape),
  'rack controllers': list(Rack),
  'script set': one(ScriptSet),
  'script sets': list(ScriptSet),
  scripts: list(KnownScriptShape),
  selection: one(SelectionShape),
  selections: list(SelectionShape),
  setting: one(Setting),
  'SSH key': one(SshKeyShape),
  'SSH keys': list(SshKeyShape),
  subnets: list(Subnet),
  'taken addresses': list(TakenRangeShape),
  'true or false': one(z.boolean()),
  user: one(User),
  version: one(Version),
} as const;

export type ShapeName = keyof typeof shapes;
export type Shaped<N extends ShapeName> = (typeof shapes)[N] extends Shape<infer T> ? T : never;
