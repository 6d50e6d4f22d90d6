import type { MaasConfiguration } from '../../contract/maas-facts.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { sameUrl, wantedSource } from './maas-image-source.ts';
import {
  configurationRead,
  expectConfiguration,
  maasAction,
  maasHosts,
  maasOf,
} from './maas-target.ts';

/** A full import over a slow line; the wait shows how far it is. */
const IMPORT_SECONDS = 6 * 3600;

const withImages = (plan: Plan): readonly string[] =>
  plan.maas?.images === undefined ? [] : maasHosts(plan);

function imagesOf(plan: Plan) {
  const { images } = maasOf(plan);
  if (images === undefined) throw new RangeError('the plan wants no images');
  return images;
}

/** MAAS works well with one source only (users.md S11): it is changed, and others are said. */
export const source: Step = {
  id: 'maas.image-source',
  targets: withImages,
  needs: ['maas.settings'],
  needsEverywhere: ['mirror.served'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { sources } = context.facts.need(configurationRead(context));
    const { url, keyring } = wantedSource(context.plan);
    const [first, ...others] = sources;
    const notes = others.map((other) => message('maas.image-source.other', { url: other.url }));
    const params = { url, keyring, found: first?.url ?? '–', foundKeyring: first?.keyring ?? '–' };
    if (first === undefined) {
      return { state: 'todo', reason: message('maas.image-source.none', params), notes };
    }
    if (!sameUrl(first.url, url)) {
      return { state: 'todo', reason: message('maas.image-source.other-url', params), notes };
    }
    // With the path of the other kind of package the import fails on a signature (users.md D33).
    if (first.keyring !== keyring) {
      return { state: 'todo', reason: message('maas.image-source.other-keyring', params), notes };
    }
    return { state: 'done', reason: message('maas.image-source.done', params), notes };
  },
  plan: (context) => {
    const { url, keyring } = wantedSource(context.plan);
    const call = { kind: 'set-source' as const, url, keyring };
    return [
      maasAction(context.target, 'set-source', message('maas.image-source.action', { url }), call),
    ];
  },
  expects: (context) =>
    expectConfiguration(context, ({ sources }) => {
      const [first, ...others] = sources;
      const wanted = wantedSource(context.plan);
      return { sources: [{ selections: first?.selections ?? [], ...wanted }, ...others] };
    }),
  undo: ({ target, before }) => {
    const then = before[configurationRead({ target }).probe.key] as MaasConfiguration | undefined;
    const was = then?.sources[0];
    if (was === undefined) return [];
    const title = message('maas.image-source.undo', { url: was.url });
    const { url, keyring } = was;
    return [maasAction(target, 'set-source', title, { kind: 'set-source', url, keyring })];
  },
};

interface Selection {
  readonly os: string;
  readonly release: string;
}

/** What is chosen and should not be, and what should be and is not. */
function selectionDifference(context: StepContext): {
  readonly missing: readonly string[];
  readonly wider: readonly Selection[];
} {
  const { sources } = context.facts.need(configurationRead(context));
  const chosen = sources[0]?.selections ?? [];
  const { releases, arches } = imagesOf(context.plan);
  const has = (release: string) =>
    chosen.some(
      (each) =>
        each.os === 'ubuntu' &&
        each.release === release &&
        arches.every((arch) => each.arches.includes(arch) || each.arches.includes('*')),
    );
  return {
    missing: releases.filter((release) => !has(release)),
    wider: chosen.filter(({ os, release }) => os !== 'ubuntu' || !releases.includes(release)),
  };
}

const selectionCalls = (context: StepContext) => {
  const { missing, wider } = selectionDifference(context);
  const { arches } = imagesOf(context.plan);
  return [
    ...missing.map((release) =>
      maasAction(
        context.target,
        `select-${release.replaceAll(/[^a-z0-9]/g, '-')}`,
        message('maas.selections.action', { release, arches: arches.join(', ') }),
        { kind: 'select-images', os: 'ubuntu', release, arches },
      ),
    ),
    ...wider.map(({ os, release }) =>
      maasAction(
        context.target,
        `deselect-${`${os}-${release}`.replaceAll(/[^a-z0-9]/g, '-')}`,
        message('maas.selections.remove', { release: `${os}/${release}` }),
        { kind: 'deselect-images', os, release },
      ),
    ),
  ];
};

/**
 * No wider than what was mirrored: a filtered mirror still lists everything, and one image that it
 * does not have makes the whole import fail (users.md D29).
 */
export const selections: Step = {
  id: 'maas.selections',
  targets: withImages,
  needs: ['maas.image-source'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { missing, wider } = selectionDifference(context);
    const params = {
      releases: imagesOf(context.plan).releases.join(', '),
      missing: missing.join(', '),
      wider: wider.map(({ os, release }) => `${os}/${release}`).join(', '),
    };
    if (missing.length > 0) {
      return { state: 'todo', reason: message('maas.selections.missing', params) };
    }
    return wider.length > 0
      ? { state: 'todo', reason: message('maas.selections.wider', params) }
      : { state: 'done', reason: message('maas.selections.done', params) };
  },
  plan: selectionCalls,
  expects: (context) =>
    expectConfiguration(context, ({ sources: [first, ...others] }) => {
      if (first === undefined) return {};
      const { releases, arches } = imagesOf(context.plan);
      const chosen = releases.map((release) => ({ os: 'ubuntu', release, arches }));
      return { sources: [{ ...first, selections: chosen }, ...others] };
    }),
  undo: (context) => {
    const then = context.before[configurationRead(context).probe.key] as
      | MaasConfiguration
      | undefined;
    const was = then?.sources[0]?.selections ?? [];
    return context.made.flatMap((action) => {
      if (action.kind !== 'maas') return [];
      const { call } = action;
      const { target } = context;
      if (call.kind === 'select-images') {
        // MAAS deletes images that are no longer chosen.
        if (context.keepData) return [];
        const { os, release } = call;
        const title = message('maas.selections.remove', { release: `${os}/${release}` });
        return [maasAction(target, action.id, title, { kind: 'deselect-images', os, release })];
      }
      if (call.kind !== 'deselect-images') return [];
      const old = was.find(({ os, release }) => os === call.os && release === call.release);
      if (old === undefined) return [];
      const params = { release: old.release, arches: old.arches.join(', ') };
      return [
        maasAction(target, action.id, message('maas.selections.action', params), {
          kind: 'select-images',
          ...old,
        }),
      ];
    });
  },
};

/** Images of the releases that were chosen, as far as MAAS has them. */
function imported(context: StepContext) {
  const { images, importing } = context.facts.need(configurationRead(context));
  const { releases, arches } = imagesOf(context.plan);
  const of = (release: string, arch: string) =>
    images.filter(
      ({ name, architecture }) =>
        name === `ubuntu/${release}` && architecture.split('/')[0] === arch,
    );
  const wanted = releases.flatMap((release) =>
    arches.map((arch) => ({ release, arch, images: of(release, arch) })),
  );
  const lacking = wanted.filter((each) => !each.images.some(({ complete }) => complete === true));
  const all = wanted.flatMap((each) => each.images);
  return {
    importing,
    lacking,
    size: all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    received: all.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
  };
}

const importParams = (context: StepContext): Record<string, string | number> => {
  const { lacking, size, received } = imported(context);
  const images = lacking.map(({ release, arch }) => `${release}/${arch}`).join(', ');
  return { images, size, received };
};

export const importImages: Step = {
  id: 'maas.images',
  targets: withImages,
  needs: ['maas.selections'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { importing, lacking } = imported(context);
    const params = importParams(context);
    if (lacking.length === 0) {
      const notes = importing ? [message('maas.images.still-importing')] : [];
      return { state: 'done', reason: message('maas.images.done', params), notes };
    }
    return importing
      ? { state: 'todo', reason: message('maas.images.importing', params) }
      : { state: 'todo', reason: message('maas.images.absent', params) };
  },
  plan: (context) => {
    const { target } = context;
    return [
      maasAction(target, 'start-import', message('maas.images.action'), { kind: 'import-images' }),
      {
        kind: 'wait',
        id: 'wait-for-import',
        title: message('maas.images.wait'),
        target,
        finding: `maas.images@${target}`,
        seconds: IMPORT_SECONDS,
        amount: { done: 'received', total: 'size' },
      },
    ];
  },
  expects: (context) =>
    expectConfiguration(context, ({ images }) => {
      const known = new Set(images.map(({ name }) => name));
      const { releases, arches } = imagesOf(context.plan);
      const coming = releases
        .filter((release) => !known.has(`ubuntu/${release}`))
        .flatMap((release) =>
          arches.map((arch) => ({
            name: `ubuntu/${release}`,
            architecture: `${arch}/generic`,
            complete: true,
            sizeBytes: 0,
            receivedBytes: 0,
          })),
        );
      return { images: [...images.map((each) => ({ ...each, complete: true })), ...coming] };
    }),
};

/** The release that machines are examined with: what the plan says, else the last of its list. */
const examinedWith = (plan: Plan): string => {
  const { commissioning, releases } = imagesOf(plan);
  return commissioning ?? releases.at(-1) ?? '';
};

/** MAAS refuses to examine machines with a release that it does not have. */
export const commissioningRelease: Step = {
  id: 'maas.commissioning-release',
  targets: withImages,
  needs: ['maas.images'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { settings, images } = context.facts.need(configurationRead(context));
    const release = examinedWith(context.plan);
    const found = String(settings.commissioning_distro_series ?? '–');
    const params = { release, found };
    if (!images.some(({ name, complete }) => name === `ubuntu/${release}` && complete)) {
      return { state: 'manual', reason: message('maas.commissioning-release.no-image', params) };
    }
    return found === release
      ? { state: 'done', reason: message('maas.commissioning-release.done', params) }
      : { state: 'todo', reason: message('maas.commissioning-release.differs', params) };
  },
  plan: (context) => [setRelease(context.target, examinedWith(context.plan))],
  expects: (context) =>
    expectConfiguration(context, (now) => ({
      settings: { ...now.settings, commissioning_distro_series: examinedWith(context.plan) },
    })),
  undo: ({ target, before }) => {
    const then = before[configurationRead({ target }).probe.key] as MaasConfiguration | undefined;
    const was = then?.settings.commissioning_distro_series;
    return typeof was === 'string' && was !== '' ? [setRelease(target, was)] : [];
  },
};

const setRelease = (target: string, release: string) =>
  maasAction(
    target,
    'set-commissioning-release',
    message('maas.commissioning-release.action', { release }) satisfies Message,
    { kind: 'set-setting', name: 'commissioning_distro_series', value: release },
  );
