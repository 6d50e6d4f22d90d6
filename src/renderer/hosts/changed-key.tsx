import { useState } from 'react';
import type { HostState } from '../../contract/lab-state.ts';
import { Dialog } from '../components/dialog.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { TextField } from '../components/field.tsx';
import { Fingerprint } from '../components/fingerprint.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { Moment } from '../components/when.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { isCertificate } from './is-certificate.ts';

/** A hard stop: old and new side by side, and no way on that a slip of the hand could take. */
export function ChangedKey({ host }: { host: HostState }) {
  const { t, say } = useText();
  const { writable } = useLab();
  const [replacing, setReplacing] = useState(false);
  const { offered, error } = host;
  const site = isCertificate(host);
  // Both fingerprints stand below, side by side: the sentence with them in it is for other places.
  const known = site ? t('hosts.changedCertificate') : t('hosts.changedKey');
  const title = site || error === undefined ? known : say(error.reason);
  return (
    <Notice tone="negative" title={title} alert>
      <p>{t(site ? 'hosts.changedCertificateHelp' : 'hosts.changedKeyHelp')}</p>
      <div className="lw-keys-compare">
        <div>
          <h3>{t('hosts.oldKey')}</h3>
          {host.trusted.map((key) => (
            <div key={key.fingerprint}>
              <Fingerprint hostKey={key} />
              {key.since === undefined ? null : (
                <p className="lw-help">
                  {t('hosts.since')} <Moment at={key.since} />
                </p>
              )}
            </div>
          ))}
        </div>
        <div>
          <h3>{t(site ? 'hosts.newCertificate' : 'hosts.newKey')}</h3>
          {offered === undefined ? <p>{t('hosts.noKey')}</p> : <Fingerprint hostKey={offered} />}
        </div>
      </div>
      <p>{t('hosts.changedKeyAdvice')}</p>
      {offered === undefined ? null : (
        <p className="lw-row">
          <Button small disabled={!writable} onClick={() => setReplacing(true)}>
            {t(site ? 'hosts.replaceCertificateOpen' : 'hosts.replaceOpen')}
          </Button>
        </p>
      )}
      {replacing && offered !== undefined ? (
        <ReplaceKey host={host} onClose={() => setReplacing(false)} />
      ) : null}
    </Notice>
  );
}

function ReplaceKey({ host, onClose }: { host: HostState; onClose: () => void }) {
  const { t } = useText();
  const { path } = useLab();
  const [typed, setTyped] = useState('');
  const call = useCall();
  const site = isCertificate(host);
  const fingerprint = host.offered?.fingerprint ?? '';
  return (
    <Dialog
      title={t(site ? 'hosts.replaceCertificateTitle' : 'hosts.replaceTitle', { host: host.name })}
      onClose={onClose}
    >
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (typed !== host.name) return;
          const replaced = await call.run(() =>
            calls.hosts.trust({ lab: path, host: host.name, fingerprint, replace: true }),
          );
          if (replaced) onClose();
        }}
      >
        <p>{t(site ? 'hosts.replaceCertificateHelp' : 'hosts.replaceHelp')}</p>
        {host.offered === undefined ? null : <Fingerprint hostKey={host.offered} />}
        <TextField
          label={t('hosts.replaceType', { host: host.name })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ErrorNote error={call.error} />
        <div className="lw-buttons is-end">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" appearance="negative" disabled={call.busy || typed !== host.name}>
            {t(site ? 'hosts.replaceCertificate' : 'hosts.replace')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
