import type { InventoryState } from '../../contract/lab-state.ts';
import type { HostForecast, PlannedMachines } from '../../contract/machines.ts';
import { Icon } from '../components/icon.tsx';
import { Age } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { binarySize } from '../text/binary-size.ts';
import { useText } from '../text/use-text.ts';

const MIB = 1024 ** 2;

interface HostRoomProps {
  readonly planned: PlannedMachines | undefined;
}

/** What each hypervisor has, when it was asked, and what the missing machines will take of it. */
export function HostRoom({ planned }: HostRoomProps) {
  const { t } = useText();
  const { state } = useLab();
  const forecasts = planned?.forecasts ?? [];
  const names = [
    ...new Set([...forecasts.map(({ host }) => host), ...Object.keys(state.inventories)]),
  ];
  return (
    <ul className="lw-room" aria-label={t('nodes.hosts')}>
      {names.map((name) => (
        <Host
          key={name}
          name={name}
          known={state.inventories[name]}
          forecast={forecasts.find(({ host }) => host === name)}
        />
      ))}
    </ul>
  );
}

interface HostProps {
  readonly name: string;
  readonly known: InventoryState | undefined;
  readonly forecast: HostForecast | undefined;
}

function Host({ name, known, forecast }: HostProps) {
  const { t, language } = useText();
  const inventory = known?.inventory;
  const free = forecast?.availableBytes;
  const running = (inventory?.machines ?? []).reduce(
    (sum, { power, memoryMib }) => sum + (power === 'off' ? 0 : memoryMib),
    0,
  );
  const memoryIsOver =
    inventory !== undefined &&
    forecast !== undefined &&
    forecast.machines > 0 &&
    running + forecast.memoryMib > inventory.memoryMib;
  const diskIsOver = free !== undefined && (forecast?.diskBytes ?? 0) > free;
  const facts = [
    inventory === undefined ? undefined : `${inventory.product} ${inventory.version}`,
    inventory === undefined
      ? undefined
      : t('nodes.host', {
          cpus: inventory.cpus,
          memory: binarySize(inventory.memoryMib, language),
        }),
    free === undefined ? undefined : t('nodes.free', { size: binarySize(free / MIB, language) }),
    inventory === undefined || inventory.unreadable.length === 0
      ? undefined
      : t('nodes.unreadable', { n: inventory.unreadable.length }),
  ].filter((each) => each !== undefined);
  return (
    <li>
      <p>
        <strong translate="no">{name}</strong>{' '}
        <span className="lw-muted">
          {facts.join(' · ')}
          {facts.length > 0 ? ' · ' : ''}
          {known === undefined ? (
            t('nodes.notAsked')
          ) : (
            <>
              {t('nodes.observed')} <Age at={known.at} />
            </>
          )}
        </span>
      </p>
      {forecast === undefined ? null : (
        <p className="lw-room__forecast">
          {forecast.machines === 0
            ? t('nodes.forecastNone')
            : t('nodes.forecast', {
                machines: forecast.machines,
                cpus: forecast.cpus,
                memory: binarySize(forecast.memoryMib, language),
                disk: binarySize(forecast.diskBytes / MIB, language),
              })}
          {memoryIsOver ? <Warning text={t('nodes.over.memory')} /> : null}
          {diskIsOver ? <Warning text={t('nodes.over.disk')} /> : null}
        </p>
      )}
    </li>
  );
}

function Warning({ text }: { text: string }) {
  return (
    <span className="lw-lint">
      <Icon name="drifted" />
      <span>{text}</span>
    </span>
  );
}
