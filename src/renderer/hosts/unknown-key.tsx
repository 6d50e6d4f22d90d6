import type { HostState } from '../../contract/lab-state.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Fingerprint } from '../components/fingerprint.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { isCertificate } from './is-certificate.ts';

/** Run on the machine itself, where nobody stands in between. */
const COMPARE_KEYS = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -l -f $key; done';
const COMPARE_CERTIFICATE = 'openssl x509 -in /etc/vmware/ssl/rui.crt -fingerprint -sha256 -noout';

/** First meeting: compare the fingerprint, then trust it. */
export function UnknownKey({ host }: { host: HostState }) {
  const { t } = useText();
  const { path, writable } = useLab();
  const call = useCall();
  const offered = host.offered;
  const site = isCertificate(host);
  if (offered === undefined) return <ErrorNote error={host.error} />;
  return (
    <Notice tone="caution" title={t('hosts.unknownKey')}>
      <Fingerprint hostKey={offered} />
      <p>{t('hosts.compareHelp')}</p>
      <Disclosure summary={t('hosts.howToCompare')}>
        {site ? <p>{t('hosts.compareCertificate')}</p> : null}
        <CommandBlock text={site ? COMPARE_CERTIFICATE : COMPARE_KEYS} what={t('guide.command')} />
      </Disclosure>
      <ErrorNote error={call.error} />
      <p className="lw-row">
        <Button
          appearance="positive"
          disabled={!writable || call.busy}
          onClick={() =>
            call.run(() =>
              calls.hosts.trust({
                lab: path,
                host: host.name,
                fingerprint: offered.fingerprint,
                replace: false,
              }),
            )
          }
        >
          {t(site ? 'hosts.trustCertificate' : 'hosts.trust')}
        </Button>
      </p>
    </Notice>
  );
}
