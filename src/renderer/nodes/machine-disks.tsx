import { binarySize } from '../text/binary-size.ts';
import { useText } from '../text/use-text.ts';
import type { MachineRow } from './machine-rows.ts';

const GIB_IN_MIB = 1024;

/** Disks as the hypervisor has them, or as they are planned. */
export function MachineDisks({ row: { machine, planned } }: { row: MachineRow }) {
  const { t, language } = useText();
  return (
    <section className="lw-machine__part" aria-labelledby="machine-disks">
      <h3 id="machine-disks">{t('nodes.disks')}</h3>
      <ol className="lw-machine__list">
        {machine === undefined
          ? planned?.disksGib.map((gib, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place of a disk is what it is.
              <li key={index}>{binarySize(gib * GIB_IN_MIB, language)}</li>
            ))
          : machine.disks.map(({ path, bus, serial }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place of a disk is what it is.
              <li key={index}>
                {path === '' ? (
                  <span className="lw-muted">{t('nodes.disk.empty')}</span>
                ) : (
                  <code translate="no">{path}</code>
                )}
                <span className="lw-muted">
                  <span translate="no">{bus}</span>
                  {path === ''
                    ? ''
                    : ` · ${t(serial ? 'nodes.disk.serial' : 'nodes.disk.noSerial')}`}
                </span>
              </li>
            ))}
      </ol>
    </section>
  );
}
