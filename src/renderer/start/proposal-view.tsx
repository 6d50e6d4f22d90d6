import { useState } from 'react';
import type { Proposal } from '../../contract/api.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Fingerprint } from '../components/fingerprint.tsx';
import { Button } from '../components/kit.ts';
import { PathField } from '../components/path-field.tsx';
import { appState } from '../core/app-state.ts';
import { calls } from '../core/core-connection.ts';
import { useStore } from '../core/store.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { directoryFor } from './lab-directory.ts';
import { openLab } from './open-lab.ts';

interface ProposalViewProps {
  readonly proposal: Proposal;
  readonly busy: boolean;
  readonly onAccept: (key: { address: string; fingerprint: string }) => void;
}

export function ProposalView({ proposal, busy, onAccept }: ProposalViewProps) {
  const { t, say } = useText();
  const { info } = useStore(appState);
  const [directory, setDirectory] = useState<string | undefined>(undefined);
  const save = useCall();
  const where = directory ?? directoryFor(info?.labsDirectory ?? '', 'lab');
  return (
    <section className="lw-proposal" aria-label={t('propose.result')}>
      {proposal.unreached.map(({ address, error, offered }) => (
        <ErrorNote key={address} error={error}>
          {offered === undefined ? null : (
            <>
              <Fingerprint hostKey={offered} />
              <p className="lw-help">{t('hosts.compareHelp')}</p>
              <Button
                small
                disabled={busy}
                onClick={() => onAccept({ address, fingerprint: offered.fingerprint })}
              >
                {t('propose.trust', { address })}
              </Button>
            </>
          )}
        </ErrorNote>
      ))}
      {proposal.values.length === 0 ? null : (
        <>
          <h3>{t('propose.found')}</h3>
          <ul className="lw-values">
            {proposal.values.map((value) => (
              <li key={value.path}>
                <p>
                  <code>{value.path}</code> <code className="lw-strong">{value.value}</code>
                </p>
                <p className="lw-help">{say(value.why)}</p>
                {value.evidence === '' ? null : (
                  <Disclosure summary={t('guide.evidence')}>
                    <CommandBlock tone="output" text={value.evidence} what={t('guide.evidence')} />
                  </Disclosure>
                )}
              </li>
            ))}
          </ul>
          <Disclosure summary={t('propose.text')}>
            <CommandBlock text={proposal.text} what="lab.yaml" />
          </Disclosure>
          <ErrorNote error={save.error} />
          <form
            className="lw-inline-form"
            onSubmit={(event) => {
              event.preventDefault();
              void save.run(async () => {
                const saved = { directory: where.trim(), text: proposal.text };
                openLab((await calls.labs.saveProposal(saved)).lab);
              });
            }}
          >
            <PathField
              what="folder"
              label={t('form.directory')}
              value={where}
              onPath={setDirectory}
            />
            <Button type="submit" appearance="positive" disabled={save.busy || where.trim() === ''}>
              {t('propose.save')}
            </Button>
          </form>
        </>
      )}
    </section>
  );
}
