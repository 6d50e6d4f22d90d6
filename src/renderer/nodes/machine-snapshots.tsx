import { startOfRun } from '../../contract/snapshot-name.ts';
import { Button } from '../components/kit.ts';
import { Age } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';

export type SnapshotChoice =
  | { readonly what: 'revert'; readonly run: string }
  | { readonly what: 'drop-snapshots'; readonly run: string };

interface MachineSnapshotsProps {
  readonly runs: readonly string[];
  readonly onChoose: (choice: SnapshotChoice) => void;
}

/** Snapshots of ours that are still there: each is named by its run, and says its age by that. */
export function MachineSnapshots({ runs, onChoose }: MachineSnapshotsProps) {
  const { t } = useText();
  const { writable } = useLab();
  if (runs.length === 0) return null;
  return (
    <section className="lw-machine__part" aria-labelledby="machine-snapshots">
      <h3 id="machine-snapshots">{t('nodes.snapshots')}</h3>
      <p className="lw-help">{t('nodes.snapshot.help')}</p>
      <ul className="lw-machine__list">
        {runs.map((run) => (
          <li key={run}>
            <span>
              {t('nodes.snapshot.of', { run })} <Age at={startOfRun(run)} />
            </span>
            <span className="lw-row">
              <Button small disabled={!writable} onClick={() => onChoose({ what: 'revert', run })}>
                {t('nodes.snapshot.revertOpen')}
              </Button>
              <Button
                small
                disabled={!writable}
                onClick={() => onChoose({ what: 'drop-snapshots', run })}
              >
                {t('nodes.snapshot.dropOpen')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
