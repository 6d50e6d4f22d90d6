import { Icon } from '../components/icon.tsx';
import { Button } from '../components/kit.ts';
import { core } from '../core/core-connection.ts';
import { useStore } from '../core/store.ts';
import { useText } from '../text/use-text.ts';

/** Failed attempts after which waiting alone is unlikely to help. */
const ATTEMPTS_BEFORE_ADVICE = 5;

export function ConnectionBanner() {
  const { t } = useText();
  const { phase, attempts } = useStore(core.state);
  if (phase !== 'lost') return null;
  return (
    <div className="lw-banner" role="status">
      <Icon name="running" />
      <span>
        {t('connection.reconnecting')}{' '}
        {attempts >= ATTEMPTS_BEFORE_ADVICE ? t('connection.advice') : ''}
      </span>
      <Button small onClick={() => core.retryNow()}>
        {t('connection.retryNow')}
      </Button>
    </div>
  );
}
