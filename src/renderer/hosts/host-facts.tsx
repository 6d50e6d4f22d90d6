import type { HostState } from '../../contract/lab-state.ts';
import { Disclosure } from '../components/disclosure.tsx';
import { Fingerprint } from '../components/fingerprint.tsx';
import { Moment } from '../components/when.tsx';
import { useText } from '../text/use-text.ts';
import { isCertificate } from './is-certificate.ts';

export function HostFacts({ host }: { host: HostState }) {
  const { t } = useText();
  const { system, machineId, algorithms, trusted, connection } = host;
  const any = system !== undefined || machineId !== undefined;
  return (
    <>
      {any ? (
        <dl className="lw-facts">
          {system === undefined ? null : (
            <div>
              <dt>{t('hosts.system')}</dt>
              <dd>{system}</dd>
            </div>
          )}
          {machineId === undefined ? null : (
            <div>
              <dt>machine-id</dt>
              <dd>
                <code>{machineId}</code>
              </dd>
            </div>
          )}
        </dl>
      ) : null}
      {trusted.length === 0 || connection === 'changed' ? null : (
        <Disclosure
          summary={
            isCertificate(host)
              ? t('hosts.trustedCertificate')
              : t('hosts.trustOf', { n: trusted.length })
          }
        >
          <ul className="lw-trusted">
            {trusted.map((key) => (
              <li key={`${key.file} ${key.fingerprint}`}>
                <Fingerprint hostKey={key} />
                <span className="lw-tag">{t(`hosts.file.${key.file}`)}</span>
                {key.since === undefined ? null : (
                  <span className="lw-muted">
                    {t('hosts.since')} <Moment at={key.since} />
                  </span>
                )}
              </li>
            ))}
          </ul>
          {algorithms === undefined ? null : (
            <p className="lw-help">
              {t('hosts.algorithms')} <code>{algorithms}</code>
            </p>
          )}
        </Disclosure>
      )}
    </>
  );
}
