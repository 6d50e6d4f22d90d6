import type { HostKey } from '../../contract/lab-state.ts';
import { useText } from '../text/use-text.ts';
import { CopyButton } from './copy-button.tsx';

/** A host key as ssh-keygen shows it, for comparing by eye. */
export function Fingerprint({ hostKey }: { hostKey: HostKey }) {
  const { t } = useText();
  return (
    <span className="lw-fingerprint" translate="no">
      <span>{hostKey.type}</span>{' '}
      <span className="lw-fingerprint__value">
        <code>{hostKey.fingerprint}</code>
        <CopyButton text={hostKey.fingerprint} what={t('hosts.fingerprint')} />
      </span>
    </span>
  );
}
