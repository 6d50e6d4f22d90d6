import { useRef, useState } from 'react';
import type { Proposal } from '../../contract/api.ts';
import { NewLab } from '../../contract/api.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import type { HostAnswers } from './host-answers.ts';
import { hostOf, NO_ANSWERS } from './host-answers.ts';
import { HostFields } from './host-fields.tsx';
import { keepSecrets } from './keep-secrets.ts';
import { ProposalView } from './proposal-view.tsx';

interface Accepted {
  readonly address: string;
  readonly fingerprint: string;
}

/** `10.0.0.2, 10.0.0.3` are two hosts that are reached in the same way. */
function addressesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
}

/** Looks at machines that are already there and proposes the plan that describes them. */
export function FromWhatExists() {
  const { t } = useText();
  const [answers, setAnswers] = useState<HostAnswers>({ ...NO_ANSWERS });
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const [accepted, setAccepted] = useState<readonly Accepted[]>([]);
  const [proposal, setProposal] = useState<Proposal | undefined>(undefined);
  const password = useRef<HTMLInputElement>(null);
  const key = useRef<HTMLTextAreaElement>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const call = useCall();

  const look = async (accept: readonly Accepted[]) => {
    const addresses = addressesOf(answers.address);
    const hosts = addresses.map((address, index) => ({
      ...hostOf(answers),
      name: index === 0 ? answers.name : `host-${index + 1}`,
      address,
    }));
    const bad = new Set<string>(hosts.length === 0 ? ['address'] : []);
    for (const host of hosts) {
      const parsed = NewLab.shape.host.safeParse(host);
      for (const issue of parsed.error?.issues ?? []) bad.add(String(issue.path.at(-1)));
    }
    setWrong(bad);
    if (bad.size > 0) return;
    await call.run(async () => {
      const typed = await keepSecrets(hosts, { password, key, passphrase });
      // The fields are empty now: the next look must still know.
      const known = { ...answers, keyPassphrase: typed || answers.keyPassphrase };
      setAnswers(known);
      const { keyPassphrase = false } = hostOf(known);
      setProposal(
        await calls.labs.propose({
          hosts: hosts.map((host) => ({ ...host, keyPassphrase })),
          accept: [...accept],
        }),
      );
    });
  };
  return (
    <>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void look(accepted);
        }}
      >
        <p className="lw-help">{t('propose.what')}</p>
        <HostFields
          answers={answers}
          onChange={setAnswers}
          secrets={{ password, key, passphrase }}
          wrong={wrong}
        />
        <ErrorNote error={call.error} />
        <div className="lw-form-end">
          <p className="lw-help">{t('propose.addressHelp')}</p>
          <Button
            type="submit"
            appearance={proposal === undefined ? 'positive' : ''}
            disabled={call.busy}
          >
            {call.busy ? t('propose.looking') : t('propose.look')}
          </Button>
        </div>
      </form>
      {proposal === undefined ? null : (
        <ProposalView
          proposal={proposal}
          busy={call.busy}
          onAccept={(key) => {
            const next = [...accepted, key];
            setAccepted(next);
            void look(next);
          }}
        />
      )}
    </>
  );
}
