import { useText } from '../text/use-text.ts';
import { ChangePanel } from './change-panel.tsx';

/** All is well: what a run kept a way back for may be forgotten. */
export function DropSnapshotsPanel({ run, onClose }: { run: string; onClose: () => void }) {
  const { t } = useText();
  return (
    <ChangePanel
      change={{ what: 'drop-snapshots', run }}
      title={t('nodes.snapshot.dropButton')}
      button={t('nodes.snapshot.dropButton')}
      onClose={onClose}
    >
      {() => <p className="lw-help">{t('nodes.snapshot.dropHelp')}</p>}
    </ChangePanel>
  );
}
