import { type Message, message } from '../../contract/message.ts';
import { type Offer, splitUrl, type WantedImage } from '../engine/probes/cloud-image.ts';

/** An image as it is asked for, and from where. */
export interface ImageView {
  readonly image: WantedImage;
  /** The proxy on the way to it. */
  readonly proxy: string | undefined;
  /** Asked for by this computer, and not by the hypervisor. */
  readonly here: boolean;
}

/** Names the cause of a failed request, by curl's exit code (curl(1), EXIT CODES). */
export function requestTrouble(
  { image: { url }, proxy, here }: ImageView,
  exitCode: number,
  code = `curl ${exitCode}`,
): Message {
  const by = here ? '-here' : '';
  if (proxy !== undefined && [5, 7, 28, 35, 52, 56, 97].includes(exitCode)) {
    return message('servers.image.proxy', { url, proxy, code });
  }
  if (exitCode === 6) return message(`servers.image.dns${by}`, { url });
  if (exitCode === 35 || exitCode === 60) return message(`servers.image.tls${by}`, { url });
  return message(`servers.image.unreachable${by}`, { url, code });
}

/** Why an offer is none. */
export function offerTrouble(
  view: ImageView,
  offer: Exclude<Offer, { state: 'offered' }>,
): Message {
  const { image, proxy, here } = view;
  const { url, keyring } = image;
  const { folder, file } = splitUrl(url);
  const by = here ? '-here' : '';
  switch (offer.state) {
    case 'unreachable':
      return here
        ? requestTrouble(view, offer.exitCode, offer.detail)
        : requestTrouble(view, offer.exitCode);
    case 'status': {
      const at = `${folder}/${offer.file}`;
      return proxy !== undefined && [403, 407, 502, 503, 504].includes(offer.status)
        ? message('servers.image.proxy-status', { url: at, proxy, status: offer.status })
        : message('servers.image.status', { url: at, status: offer.status });
    }
    case 'keyring-absent':
      return message(`servers.image.keyring-absent${by}`, { keyring });
    case 'keyring-armored':
      return message('servers.image.keyring-armored', { keyring });
    case 'keyring-unreadable':
      return message('servers.image.keyring-unreadable', { keyring });
    case 'wrong-key':
      return message('servers.image.wrong-key', { keyring, folder });
    case 'future':
      return message(`servers.image.clock${by}`, { folder });
    case 'tampered':
      return message('servers.image.tampered', { folder });
    case 'unproved':
      return message('servers.image.unproved', { folder, why: offer.why });
    case 'unlisted':
      return message('servers.image.unlisted', { folder, file });
  }
}
