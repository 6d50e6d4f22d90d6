import { useState } from 'react';
import { CheckboxInput } from '../components/kit.ts';
import { ChangePanel } from '../guide/change-panel.tsx';
import { useText } from '../text/use-text.ts';

/** Everything that runs made, taken back at once. */
export function TeardownPanel({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [keepData, setKeepData] = useState(false);
  return (
    <ChangePanel
      change={{ what: 'teardown', keepData }}
      title={t('teardown.title')}
      button={t('teardown.button')}
      onClose={onClose}
    >
      {() => (
        <>
          <p className="lw-help">{t('teardown.help')}</p>
          <CheckboxInput
            label={t('teardown.keepData')}
            checked={keepData}
            onChange={(event) => setKeepData(event.currentTarget.checked)}
          />
        </>
      )}
    </ChangePanel>
  );
}
