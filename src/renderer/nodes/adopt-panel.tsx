import { useState } from 'react';
import { MachineRole } from '../../contract/plan.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { ChoiceField } from '../components/field.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';
import type { MachineRow } from './machine-rows.ts';

/** What lab.yaml would say of a machine that exists, and how it stands by that. */
export function AdoptPanel({ row, onClose }: { row: MachineRow; onClose: () => void }) {
  const { t, say } = useText();
  const { path: lab, state, writable } = useLab();
  const { name, host, uuid, key } = row;
  const [role, setRole] = useState<MachineRole>('other');
  const save = useCall();
  const proposal = useAnswer(`${key} ${role}`, state.plan.sha256, (signal) =>
    calls.machines.adopt({ lab, host, uuid, role }, { signal }),
  );
  const shown = proposal.value;
  const notes = [...(shown?.departures ?? []), ...(shown?.notes ?? [])];
  return (
    <SidePanel
      title={t('adopt.title', { name })}
      onClose={onClose}
      buttons={
        <>
          <ErrorNote error={save.error} />
          <div className="lw-buttons">
            <Button
              appearance="positive"
              disabled={
                !writable ||
                save.busy ||
                proposal.loading ||
                shown === undefined ||
                shown.problems.length > 0
              }
              onClick={async () => {
                const { text, expected } = shown ?? { text: '', expected: '' };
                if (await save.run(() => calls.plan.save({ lab, text, expected }))) onClose();
              }}
            >
              {t('adopt.button')}
            </Button>
          </div>
        </>
      }
    >
      <p className="lw-help">{t('adopt.help')}</p>
      <ChoiceField
        className="lw-adopt__role"
        label={t('nodes.column.role')}
        value={role}
        choices={MachineRole.options.map((value) => ({ value, label: t(`nodes.role.${value}`) }))}
        onChange={(event) => setRole(MachineRole.catch('other').parse(event.target.value))}
      />
      <ErrorNote error={proposal.error} />
      {shown === undefined ? (
        proposal.loading ? (
          <p className="lw-muted">{t('common.loading')}</p>
        ) : null
      ) : (
        <>
          <CommandBlock text={shown.added} what={t('adopt.lines')} />
          {shown.problems.length === 0 ? null : (
            <Notice tone="negative" title={t('plan.problems', { n: shown.problems.length })}>
              <ul className="lw-notes">
                {shown.problems.map(({ path, reason }) => (
                  <li key={path}>
                    <code>{path}</code> {say(reason)}
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          {notes.length > 0 ? (
            <section className="lw-machine__part" aria-labelledby="adopt-departs">
              <h3 id="adopt-departs">{t('adopt.departs')}</h3>
              <ul className="lw-notes">
                {notes.map((each) => (
                  <li key={JSON.stringify(each)}>{say(each)}</li>
                ))}
              </ul>
            </section>
          ) : shown.problems.length > 0 ? null : (
            <p>{t('adopt.fits')}</p>
          )}
        </>
      )}
    </SidePanel>
  );
}
