import {
  BOOT_STAGES,
  type BootHistory,
  type BootLadder,
  type BootStage,
} from '../../contract/boot-ladder.ts';
import type { MaasEvent } from '../../contract/maas.ts';

/** Which rung an event of MAAS proves (event names: maascommon/events.py, by users.md). */
function provenBy({ type, description }: MaasEvent): BootStage | undefined {
  switch (type) {
    case 'PXE Request':
      return 'dhcp';
    case 'TFTP Request':
      return 'bootloader';
    case 'HTTP Request':
      // Kernel and root image are fetched by HTTP, one after the other.
      if (/squashfs/.test(description)) return 'ephemeral';
      return /kernel|initrd/.test(description) ? 'kernel' : undefined;
    case 'Performing PXE boot':
      return 'kernel';
    case 'Loading ephemeral':
      return 'ephemeral';
    case 'Gathering information':
    case 'Node commissioning':
    case 'Node installation':
    case 'Testing':
    case 'Configuring storage':
    case 'Installing OS':
    case 'Configuring OS':
    case 'Rebooting':
      return 'reporting';
    case 'Script result':
      // The first are set to pending by the region itself.
      return /to 'Running'/.test(description) ? 'reporting' : undefined;
    case 'Ready':
    case 'Deployed':
      return 'over';
    default:
      return undefined;
  }
}

const WORK: Readonly<Record<string, BootLadder['work']>> = {
  Commissioning: 'commissioning',
  Deploying: 'deploying',
};

const rank = (stage: BootStage): number => BOOT_STAGES.indexOf(stage);

/** All that MAAS set to work on with one machine, in order. `events` are of this machine alone. */
function climbs(events: readonly MaasEvent[]): BootLadder[] {
  const found: BootLadder[] = [];
  for (const event of events.toSorted((a, b) => a.id - b.id)) {
    const at = Date.parse(event.at);
    if (Number.isNaN(at)) continue;
    const work = event.level === 'info' ? WORK[event.type] : undefined;
    if (work !== undefined) {
      const proofs = [{ stage: 'asked' as const, at, said: event.type }];
      found.push({ work, stage: 'asked', since: at, proofs });
      continue;
    }
    const current = found.at(-1);
    if (current === undefined || current.failed !== undefined || current.stage === 'over') continue;
    if (event.type === 'Marking node failed') {
      current.failed = event.description;
      continue;
    }
    const stage = provenBy(event);
    // A machine that starts anew in the middle (an installed system's first start) climbs no second time.
    if (stage === undefined || rank(stage) <= rank(current.stage)) continue;
    current.stage = stage;
    current.since = at;
    current.proofs.push({ stage, at, said: said(event) });
  }
  return found;
}

const said = ({ type, description }: MaasEvent): string =>
  description === '' ? type : `${type}: ${description}`;

/** How far each machine has come, by its id; those that MAAS has not worked on lately are absent. */
export function bootLadders(events: readonly MaasEvent[]): Record<string, BootLadder> {
  const ladders: Record<string, BootLadder> = {};
  for (const [machine, own] of Map.groupBy(events, (event) => event.machine)) {
    const last = climbs(own).at(-1);
    if (machine !== '' && last !== undefined) ladders[machine] = last;
  }
  return ladders;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** How long things took before, of all machines: what was finished counts, what failed does not. */
export function bootHistory(events: readonly MaasEvent[]): BootHistory {
  const finished = [...Map.groupBy(events, (event) => event.machine).values()]
    .flatMap(climbs)
    .filter(({ stage }) => stage === 'over');
  const whole = (work: BootLadder['work']) =>
    median(
      finished
        .filter((climb) => climb.work === work)
        .map(({ proofs, since }) => (since - (proofs[0]?.at ?? since)) / 1000),
    );
  const commissioning = whole('commissioning');
  const deploying = whole('deploying');
  const stages: BootHistory['stages'] = {};
  for (const stage of BOOT_STAGES) {
    const took = finished.flatMap(({ proofs }) => {
      const index = proofs.findIndex((proof) => proof.stage === stage);
      const [from, to] = [proofs[index], proofs[index + 1]];
      return index < 0 || !from || !to ? [] : [(to.at - from.at) / 1000];
    });
    const usual = median(took);
    if (usual !== undefined) stages[stage] = usual;
  }
  return {
    ...(commissioning === undefined ? {} : { commissioning }),
    ...(deploying === undefined ? {} : { deploying }),
    stages,
  };
}
