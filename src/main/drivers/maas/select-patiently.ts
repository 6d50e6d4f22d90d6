import { LabwrightError } from '../../../contract/error.ts';
import type { ImageSelection, MaasImages, StoredSelection } from '../../engine/maas.ts';
import type { LinkClock } from './link.ts';

/** The index of a mirror is a few MB, from far away it takes minutes. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 3000;

/**
 * MAAS caches the index of a source in the background and refuses selections before it has. For the
 * first source ever it does not even begin: only an import makes it read the index. So: try, start an
 * import once, and try again until it is taken.
 */
export async function selectPatiently(
  images: Pick<MaasImages, 'select' | 'startImport'>,
  clock: LinkClock,
  source: number,
  selection: ImageSelection,
  signal: AbortSignal | undefined,
): Promise<StoredSelection> {
  const options = signal ? { signal } : {};
  const until = clock.now() + PATIENCE_MS;
  for (let tries = 0; ; tries++) {
    try {
      return await images.select(source, selection, options);
    } catch (error) {
      const early = error instanceof LabwrightError && error.code === 'maas-selection-not-offered';
      if (!early || clock.now() >= until) throw error;
      if (tries === 0) await images.startImport(options);
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}
