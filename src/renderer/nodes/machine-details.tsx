import { useState } from 'react';
import type { PowerChange } from '../../contract/machines.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { StateBadge } from '../components/state-badge.tsx';
import { Age } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { routeHash } from '../core/route.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { ChangePanel } from '../guide/change-panel.tsx';
import { DropSnapshotsPanel } from '../guide/drop-snapshots-panel.tsx';
import { Found } from '../guide/found.tsx';
import { openTerminal } from '../terminal/dock-state.ts';
import { binarySize } from '../text/binary-size.ts';
import { useText } from '../text/use-text.ts';
import { AdoptPanel } from './adopt-panel.tsx';
import { BootOrder } from './boot-order.tsx';
import { consoleCommand } from './console-command.ts';
import { Copyable } from './copyable.tsx';
import { MaasPart } from './maas-part.tsx';
import { MachineDisks } from './machine-disks.tsx';
import { MachineNics } from './machine-nics.tsx';
import type { MachineRow } from './machine-rows.ts';
import { MachineSnapshots, type SnapshotChoice } from './machine-snapshots.tsx';
import { PowerPanel } from './power-panel.tsx';
import { PowerWord } from './power-word.tsx';

interface MachineDetailsProps {
  readonly row: MachineRow;
  readonly onClose: () => void;
}

/** Everything about one machine, and what can be done with it. */
export function MachineDetails({ row, onClose }: MachineDetailsProps) {
  const { t, language } = useText();
  const { path, state, writable } = useLab();
  const [power, setPower] = useState<PowerChange | undefined>(undefined);
  const [asking, setAsking] = useState<Asking | undefined>(undefined);
  const terminal = useCall();
  const { name, host, machine, planned, finding } = row;
  const firmware = machine?.firmware ?? planned?.firmware ?? 'bios';
  const nested = machine?.nested ?? planned?.nested ?? false;
  const mayPower = row.owner === 'ours' && planned !== undefined;
  return (
    <>
      <SidePanel
        title={name}
        onClose={onClose}
        buttons={
          machine === undefined ? undefined : (
            <>
              <ErrorNote error={terminal.error} />
              <div className="lw-buttons">
                {mayPower ? (
                  <PowerButtons row={row} disabled={!writable} onChoose={setPower} />
                ) : null}
                <WayIn row={row} disabled={!writable} onChoose={setAsking} />
                {state.plan.plan?.hosts[host] === undefined ? null : (
                  <Button
                    disabled={!writable || terminal.busy}
                    title={t('nodes.consoleHelp')}
                    onClick={() =>
                      terminal.run(() => openTerminal(path, host, consoleCommand(machine)))
                    }
                  >
                    {t('nodes.console')}
                  </Button>
                )}
              </div>
              {row.owner === 'theirs' ? <p className="lw-help">{t('nodes.powerTheirs')}</p> : null}
              {row.owner === 'theirs' && machine.owner !== undefined ? (
                <p className="lw-help">{t('adopt.otherLabHelp', { lab: machine.owner.lab })}</p>
              ) : null}
            </>
          )
        }
      >
        <p className="lw-row">
          <PowerWord power={row.power} />
          <span className="lw-tag">{t(`nodes.owner.${row.owner}`)}</span>
          {row.role === undefined ? null : (
            <span className="lw-tag">{t(`nodes.role.${row.role}`)}</span>
          )}
          {row.at === undefined ? null : (
            <span className="lw-muted">
              {t('nodes.observed')} <Age at={row.at} />
            </span>
          )}
        </p>
        {finding === undefined ? (
          planned === undefined ? (
            <p className="lw-help">
              {t(row.owner === 'leftover' ? 'nodes.leftover.help' : 'nodes.notInPlan')}
            </p>
          ) : null
        ) : (
          <section className="lw-machine__part" aria-labelledby="machine-finding">
            <h3 id="machine-finding">
              {t('nodes.finding')} <StateBadge state={finding.state} />
            </h3>
            <Found finding={finding} />
          </section>
        )}
        {row.maas === undefined ? null : <MaasPart side={row.maas} power={row.power} />}
        <p className="lw-machine__ways">
          {planned === undefined ? null : (
            <a href={routeHash({ lab: path, screen: 'guide', item: planned.step })}>
              {t('nodes.inGuide')}
            </a>
          )}
          <a href={routeHash({ lab: path, screen: 'map', item: row.key })}>{t('nodes.offMap')}</a>
        </p>
        <dl className="lw-facts">
          <div>
            <dt>{t('nodes.column.host')}</dt>
            <dd translate="no">{host}</dd>
          </div>
          <div>
            <dt>{t('nodes.column.boot')}</dt>
            <dd>
              <BootOrder row={row} />
            </dd>
          </div>
          <div>
            <dt>{t('nodes.processors')}</dt>
            <dd>{row.cpus}</dd>
          </div>
          <div>
            <dt>{t('nodes.column.memory')}</dt>
            <dd>{binarySize(row.memoryMib, language)}</dd>
          </div>
          <div>
            <dt>{t('nodes.firmware')}</dt>
            <dd>{firmware === 'efi' ? 'UEFI' : 'BIOS'}</dd>
          </div>
          <div>
            <dt>{t('nodes.nested')}</dt>
            <dd>{t(nested ? 'nodes.nested.yes' : 'nodes.nested.no')}</dd>
          </div>
          <div>
            <dt>{t('nodes.uuid')}</dt>
            <dd>
              <Copyable text={row.uuid} what={t('nodes.uuid')} />
              <p className="lw-help">{t('nodes.uuidHelp')}</p>
            </dd>
          </div>
        </dl>
        <MachineSnapshots runs={machine?.snapshots ?? []} onChoose={setAsking} />
        <MachineNics row={row} />
        <MachineDisks row={row} />
      </SidePanel>
      {power === undefined ? null : (
        <PowerPanel row={row} to={power} onClose={() => setPower(undefined)} />
      )}
      {asking === undefined ? null : (
        <AskingPanel row={row} asking={asking} onClose={() => setAsking(undefined)} />
      )}
    </>
  );
}

/** What a person asks for beside power. */
type Asking = { readonly what: 'adopt' | 'mark' | 'remove' } | SnapshotChoice;

interface WayInProps {
  readonly row: MachineRow;
  readonly disabled: boolean;
  readonly onChoose: (asking: Asking) => void;
}

/** How a machine comes into the lab, or out of it. */
function WayIn({ row, disabled, onChoose }: WayInProps) {
  const { t } = useText();
  const choose = (what: 'adopt' | 'mark' | 'remove', label: string) => (
    <Button disabled={disabled} onClick={() => onChoose({ what })}>
      {label}
    </Button>
  );
  if (row.owner === 'leftover') return choose('remove', t('nodes.leftover.open'));
  if (row.owner === 'adopted') return choose('mark', t('adopt.markOpen'));
  const nobodys = row.planned === undefined && row.machine?.owner === undefined;
  return row.owner === 'theirs' && nobodys ? choose('adopt', t('adopt.open')) : null;
}

interface AskingPanelProps {
  readonly row: MachineRow;
  readonly asking: Asking;
  readonly onClose: () => void;
}

function AskingPanel({ row, asking, onClose }: AskingPanelProps) {
  const { t } = useText();
  const { name, host, uuid } = row;
  switch (asking.what) {
    case 'adopt':
      return <AdoptPanel row={row} onClose={onClose} />;
    case 'mark':
      return (
        <ChangePanel
          change={{ what: 'mark', host, uuid }}
          title={t('adopt.mark', { name })}
          button={t('adopt.markButton')}
          tone="positive"
          onClose={onClose}
        >
          {() => <p className="lw-help">{t('adopt.markHelp')}</p>}
        </ChangePanel>
      );
    case 'remove':
      return (
        <ChangePanel
          change={{ what: 'remove', host, machines: [uuid], networks: [] }}
          title={t('nodes.leftover.title', { name })}
          button={t('nodes.leftover.button')}
          onClose={onClose}
        >
          {() => <p className="lw-help">{t('nodes.leftover.panelHelp')}</p>}
        </ChangePanel>
      );
    case 'revert':
      return (
        <ChangePanel
          change={asking}
          title={t('undo.bySnapshot')}
          button={t('undo.revertButton')}
          onClose={onClose}
        >
          {() => <p className="lw-help">{t('undo.bySnapshotHelp')}</p>}
        </ChangePanel>
      );
    case 'drop-snapshots':
      return <DropSnapshotsPanel run={asking.run} onClose={onClose} />;
  }
}

interface PowerButtonsProps {
  readonly row: MachineRow;
  readonly disabled: boolean;
  readonly onChoose: (to: PowerChange) => void;
}

function PowerButtons({ row, disabled, onChoose }: PowerButtonsProps) {
  const { t } = useText();
  const choices: readonly PowerChange[] =
    row.power === 'off' ? ['on'] : row.power === 'paused' ? ['on', 'off'] : ['off', 'reset'];
  return choices.map((to) => (
    <Button key={to} disabled={disabled} onClick={() => onChoose(to)}>
      {t(`nodes.powerTo.${to}`)}
    </Button>
  ));
}
