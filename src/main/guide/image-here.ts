import type { ImageAction } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import type { Plan, ProxySettings } from '../../contract/plan.ts';
import { fetchLines } from '../engine/image-shell.ts';
import { on } from '../engine/probe.ts';
import type { Offer } from '../engine/probes/cloud-image.ts';
import { type ImagesHere, imagesHere, offerHere } from '../engine/probes/image-here.ts';
import { proxyFor } from '../engine/probes/proxy.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { type ImageView, offerTrouble } from './image-trouble.ts';
import { imageOf, installedMachines, isOnKvm, storedImage } from './server-image.ts';

/** This computer's way out is the lab's; what a host has of its own is that host's. */
const proxyHere = ({ proxy }: Plan): ProxySettings | undefined => proxy;

const read = ({ target }: Pick<StepContext, 'target'>) => on(target, imagesHere);
const offerRead = (context: StepContext) =>
  on(context.target, offerHere(imageOf(context), proxyHere(context.plan)));

function viewOf(context: StepContext): ImageView {
  const image = imageOf(context);
  const through = proxyHere(context.plan);
  return { image, proxy: through && proxyFor(through, image.url), here: true };
}

/** Where an image comes to lie (images/image-cache.ts). */
const pathIn = (folder: string, sha256: string): string => `${folder}/${sha256}.img`;

/** The image of a machine whose hypervisor cannot fetch one: on this computer, proved. */
export const imageHere: Step = {
  id: 'servers.image',
  targets: (plan) => installedMachines(plan).filter(({ target }) => !isOnKvm(plan, target)),
  needs: ['esxi.storage', 'site.licence'],
  reads: (context) => [read(context), offerRead(context)],
  check: (context) => {
    const { facts } = context;
    const { url, sha256: pinned } = imageOf(context);
    const { folder, availableBytes: available } = facts.need(read(context));
    const stored = storedImage(context);
    if (stored !== undefined) {
      const offer = facts.maybe(offerRead(context));
      const newer = offer?.state === 'offered' && offer.sha256 !== stored.sha256;
      return {
        state: 'done',
        reason: message('servers.image.done-here', { path: stored.path, sha256: stored.sha256 }),
        notes: newer ? [message('servers.image.newer', { url })] : [],
      };
    }
    const offer = facts.need(offerRead(context));
    if (offer.state !== 'offered') {
      return { state: 'manual', reason: offerTrouble(viewOf(context), offer) };
    }
    const size = offer.size ?? 0;
    if (size > available) {
      const reason = message('servers.image.no-room', { path: folder, size, available });
      return { state: 'manual', reason };
    }
    const notes = pinned === undefined ? [] : [message('servers.image.pinned')];
    return { state: 'todo', reason: message('servers.image.absent-here', { url, size }), notes };
  },
  plan: (context) => {
    const { facts, target, plan } = context;
    const offer = facts.need(offerRead(context));
    if (storedImage(context) !== undefined || offer.state !== 'offered') return [];
    const { url } = imageOf(context);
    const proxy = proxyHere(plan);
    const image = { url, ...sizeAndHash(offer) };
    const action: ImageAction = {
      kind: 'image',
      id: 'fetch-image',
      title: message('servers.image.action-here', { url }),
      target,
      image,
      ...(proxy === undefined ? {} : { proxy }),
      equivalent: fetchLines(image, proxy),
    };
    return [action];
  },
  expects: (context) => {
    const offer = context.facts.maybe(offerRead(context));
    const now = context.facts.maybe(read(context));
    if (offer?.state !== 'offered' || now === undefined) return [];
    const { url } = imageOf(context);
    const { sha256, size = 0 } = offer;
    const made = { url, sha256, size, path: pathIn(now.folder, sha256) };
    const value: ImagesHere = { ...now, images: [...now.images, made] };
    return [{ read: read(context), value }];
  },
};

function sizeAndHash({ sha256, size }: Extract<Offer, { state: 'offered' }>) {
  return size === undefined ? { sha256 } : { sha256, size };
}
