import { core } from '../core/core-connection.ts';
import { useStore } from '../core/store.ts';
import { useText } from '../text/use-text.ts';
import { Mark } from './nav.tsx';

/** Failed attempts after which it is worth saying that nobody answers. */
const ATTEMPTS_BEFORE_WORDS = 3;

/** Before the first connection. Nothing is said at first: it usually takes no time at all. */
export function Waiting() {
  const { t } = useText();
  const { attempts } = useStore(core.state);
  return (
    <main className="lw-waiting">
      <Mark />
      <p role="status">
        {attempts < ATTEMPTS_BEFORE_WORDS ? t('connection.starting') : t('connection.nobody')}
      </p>
    </main>
  );
}
