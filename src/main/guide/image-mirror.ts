import type { Chapter } from '../engine/step.ts';
import { files, images, refresh, servedStep, signature } from './mirror-images.ts';
import { clockStep, disk, packages, reachable, sudo, webRoot } from './mirror-server.ts';

/** The guide's chapter on the image server, in its order. */
export const imageMirror: Chapter = {
  id: 'mirror',
  steps: [
    reachable,
    sudo,
    clockStep,
    disk,
    packages,
    webRoot,
    images,
    signature,
    files,
    servedStep,
    refresh,
  ],
};
