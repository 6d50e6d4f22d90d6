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
import { Found } from '../guide/found.tsx';
import { openTerminal } from '../terminal/dock-state.ts';
import { binarySize } from '../text/binary-size.ts';
import { useText } from '../text/use-text.ts';
import { BootOrder } from './boot-order.tsx';
import { consoleCommand } from './console-command.ts';
import { Copyable } from './copyable.tsx';
import { MaasPart } from './maas-part.tsx';
import { MachineDisks } from './machine-disks.tsx';
import { MachineNics } from './machine-nics.tsx';
import type { MachineRow } from './machine-rows.ts';
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
            <p className="lw-help">{t('nodes.notInPlan')}</p>
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
        <MachineNics row={row} />
        <MachineDisks row={row} />
      </SidePanel>
      {power === undefined ? null : (
        <PowerPanel row={row} to={power} onClose={() => setPower(undefined)} />
      )}
    </>
  );
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
