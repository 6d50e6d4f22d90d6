import type { ScriptAction } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { CloudImage, type MachineInstall, type Plan, UBUNTU_IMAGES } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import { on, type Read } from '../engine/probe.ts';
import {
  IMAGE_RECORDS,
  offeredImage,
  type StoredImage,
  splitUrl,
  storedImages,
  type WantedImage,
} from '../engine/probes/cloud-image.ts';
import { diskRoom } from '../engine/probes/files.ts';
import { imagesHere } from '../engine/probes/image-here.ts';
import { proxyExports, proxyFor, proxyOf } from '../engine/probes/proxy.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import type { InstalledSpec } from '../seed/cloud-seed.ts';
import { type ImageView, offerTrouble, requestTrouble } from './image-trouble.ts';
import { POOL } from './kvm-host.ts';

/** Ubuntu's own place: /releases/RELEASE/release is the newest build of a release (its README). */
const RELEASES = 'https://cloud-images.ubuntu.com/releases';

/** Our own exit code; curl's end at 99 (curl(1)). */
const WRONG_HASH = 111;

/** Machines that get their system from an image. */
export function installedSpecs(plan: Plan): InstalledSpec[] {
  return machineSpecs(plan).flatMap((spec) =>
    spec.install === undefined ? [] : [{ ...spec, install: spec.install }],
  );
}

export const installedMachines = (plan: Plan): Owner[] =>
  installedSpecs(plan).map(({ name, on: target }) => ({ owner: name, target }));

/** Whether a machine's host fetches images itself; this computer does it for the others. */
export const isOnKvm = (plan: Plan, target: string): boolean => plan.hosts[target]?.role === 'kvm';

export function installedSpec({ plan, owner }: Pick<StepContext, 'plan' | 'owner'>): InstalledSpec {
  const spec = installedSpecs(plan).find(({ name }) => name === owner);
  if (spec === undefined) throw new RangeError(`no machine ${owner} with an installation`);
  return spec;
}

const KEYRING = CloudImage.parse({ url: RELEASES }).keyring;

/** The image of an installation: the one that it names, else Ubuntu's of the release. */
export function wantedImage({ image, release }: MachineInstall): WantedImage {
  if (image !== undefined) return { ...image, sha256: image.sha256 };
  const url = `${RELEASES}/${release}/release/${UBUNTU_IMAGES[release]}`;
  return { url, sha256: undefined, keyring: KEYRING };
}

/** Whether a host needs the package with Ubuntu's keyring. */
export const asksUbuntuKeyring = (install: MachineInstall): boolean => {
  const { sha256, keyring } = wantedImage(install);
  return sha256 === undefined && keyring === KEYRING;
};

/** Where an image lies: the hash is in the name, so that two builds never meet. */
export function imagePath(url: string, sha256: string): string {
  const name = splitUrl(url).file.replace(/\.(img|qcow2|raw)$/, '');
  return `${POOL.path}/${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}-${sha256.slice(0, 16)}.img`;
}

/** What is kept of images for a host, there or here. */
export const storedRead = ({
  plan,
  target,
}: Pick<StepContext, 'plan' | 'target'>): Read<{ readonly images: readonly StoredImage[] }> =>
  isOnKvm(plan, target) ? on(target, storedImages) : on(target, imagesHere);
export const imageOf = (context: StepContext) => wantedImage(installedSpec(context).install);
const offerRead = (context: StepContext) =>
  on(context.target, offeredImage(imageOf(context), proxyOf(context.plan, context.host)));

/** The image, once it is there and proved; the youngest when there are several. */
export function storedImage(context: StepContext): StoredImage | undefined {
  const wanted = imageOf(context);
  return context.facts
    .maybe(storedRead(context))
    ?.images.findLast(
      ({ url, sha256 }) =>
        url === wanted.url && (wanted.sha256 === undefined || wanted.sha256 === sha256),
    );
}

/**
 * Fetches the image beside its place, goes on where it was cut off, proves it and notes that it did.
 * What is there already is only proved.
 */
function fetchScript(context: StepContext, sha256: string): string {
  const { url } = imageOf(context);
  const path = imagePath(url, sha256);
  return `${proxyExports(proxyOf(context.plan, context.host))}f=${quote(path)}; p=$f.part
proved() { [ "$(sha256sum <"$1" | cut -c1-64)" = ${sha256} ]; }
note() {
  sync; chmod 644 "$f"; mkdir -p -m 700 ${IMAGE_RECORDS.slice(0, IMAGE_RECORDS.lastIndexOf('/'))}
  echo "${sha256} $(stat -c '%s %Y %i' "$f") $f "${quote(url)} >>${IMAGE_RECORDS}
}
fetch() {
  curl -fsSL -C - --retry 3 --speed-limit 1 --speed-time 120 -o "$p" ${quote(url)} & c=$!
  while kill -0 $c 2>/dev/null; do echo "have $(stat -c %s "$p" 2>/dev/null || echo 0)"; sleep 1; done
  wait $c
}
if [ -e "$f" ]; then
  if proved "$f"; then note; exit; fi
  rm -f "$f"
fi
if [ ! -e "$p" ] || ! proved "$p"; then
  n=0
  while fetch; r=$?; [ $r -ne 0 ] && [ $n -lt 5 ]; do
    n=$((n + 1))
    case $r in
    # Cut off, silent, reset.
    18 | 28 | 56) echo "cut off (curl $r); going on"; sleep 2 ;;
    # The server cannot go on in the middle, or what is here is longer than what is there.
    22 | 33 | 36) [ -e "$p" ] || break; rm -f "$p" ;;
    *) break ;;
    esac
  done
  [ $r -eq 0 ] || exit $r
fi
proved "$p" || { echo "SHA-256 is $(sha256sum <"$p" | cut -c1-64)"; rm -f "$p"; exit ${WRONG_HASH}; }
mv -f "$p" "$f" && note
`;
}

function viewOf(context: StepContext): ImageView {
  const image = imageOf(context);
  const proxy = proxyFor(proxyOf(context.plan, context.host), image.url);
  return { image, proxy, here: false };
}

/** The image of a machine on a KVM host, which fetches it itself. */
export const imageOnKvm: Step = {
  id: 'servers.image',
  targets: (plan) => installedMachines(plan).filter(({ target }) => isOnKvm(plan, target)),
  needs: ['kvm.storage', 'servers.packages'],
  reads: (context) => [
    storedRead(context),
    offerRead(context),
    on(context.target, diskRoom(POOL.path)),
  ],
  check: (context) => {
    const { facts } = context;
    const { url } = imageOf(context);
    facts.need(storedRead(context));
    const stored = storedImage(context);
    if (stored !== undefined) {
      const offer = facts.maybe(offerRead(context));
      const newer = offer?.state === 'offered' && offer.sha256 !== stored.sha256;
      return {
        state: 'done',
        reason: message('servers.image.done', { path: stored.path, sha256: stored.sha256 }),
        notes: newer ? [message('servers.image.newer', { url })] : [],
      };
    }
    const offer = facts.need(offerRead(context));
    if (offer.state !== 'offered') {
      return { state: 'manual', reason: offerTrouble(viewOf(context), offer) };
    }
    const { availableBytes: available } = facts.need(on(context.target, diskRoom(POOL.path)));
    const size = offer.size ?? 0;
    if (size > available) {
      const reason = message('servers.image.no-room', { path: POOL.path, size, available });
      return { state: 'manual', reason };
    }
    const notes = imageOf(context).sha256 === undefined ? [] : [message('servers.image.pinned')];
    return { state: 'todo', reason: message('servers.image.absent', { url, size }), notes };
  },
  plan: (context) => {
    const { facts, target } = context;
    const offer = facts.need(offerRead(context));
    if (storedImage(context) !== undefined || offer.state !== 'offered') return [];
    const { url } = imageOf(context);
    const action: ScriptAction = {
      kind: 'script',
      id: 'fetch-image',
      title: message('servers.image.action', { url }),
      target,
      sudo: true,
      cancel: 'kill',
      silenceSeconds: 120,
      secrets: [],
      script: fetchScript(context, offer.sha256),
      progress: {
        parser: 'bytes-so-far',
        ...(offer.size === undefined ? {} : { totalBytes: offer.size }),
      },
    };
    return [action];
  },
  expects: (context) => {
    const offer = context.facts.maybe(offerRead(context));
    if (offer?.state !== 'offered') return [];
    const { url } = imageOf(context);
    const { sha256, size = 0 } = offer;
    const known = context.facts.maybe(storedRead(context))?.images ?? [];
    const images = [...known, { url, sha256, size, path: imagePath(url, sha256) }];
    return [{ read: storedRead(context), value: { images } }];
  },
  explain: (context, { exitCode }) => {
    const { url } = imageOf(context);
    if (exitCode === WRONG_HASH) return message('servers.image.wrong-hash', { url });
    // curl could not write, and nothing but room is missing where we are root.
    if (exitCode === 23) return message('servers.image.disk-full', { path: POOL.path });
    if (exitCode === 22) return message('servers.image.refused', { url });
    if (exitCode === undefined || exitCode > 99) return undefined;
    return requestTrouble(viewOf(context), exitCode);
  },
  undo: (context) => {
    const { target, before, keepData } = context;
    if (keepData) return [];
    const stored = storedImage(context);
    const then = before[storedImages.key] as { images: StoredImage[] } | undefined;
    if (stored === undefined || then === undefined) return [];
    if (then.images.some(({ path }) => path === stored.path)) return [];
    const path = quote(stored.path);
    return [
      {
        kind: 'script',
        id: 'remove-image',
        title: message('servers.image.undo', { path: stored.path }),
        target,
        sudo: true,
        cancel: 'after-this',
        silenceSeconds: 60,
        secrets: [],
        // The note goes last: without it nobody would know the file for ours.
        script: `rm -f ${path} ${path}.part
[ ! -e ${IMAGE_RECORDS} ] || { grep -vF -e ${quote(` ${stored.path} `)} ${IMAGE_RECORDS} >${IMAGE_RECORDS}.new; mv -f ${IMAGE_RECORDS}.new ${IMAGE_RECORDS}; }
`,
      },
    ];
  },
};
