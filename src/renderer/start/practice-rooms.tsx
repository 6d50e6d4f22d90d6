import type { PracticeRoom } from '../../contract/practice-room.ts';
import type { MessageKey } from '../../messages/catalogues.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { openLab } from './open-lab.ts';

const ROOMS = [
  { room: 'mirror', what: 'start.practiceMirror', open: 'start.practiceOpen' },
  { room: 'kvm', what: 'start.practiceKvm', open: 'start.practiceOpenKvm' },
  { room: 'esxi', what: 'start.practiceEsxi', open: 'start.practiceOpenEsxi' },
  { room: 'esxi-api', what: 'start.practiceEsxiApi', open: 'start.practiceOpenEsxiApi' },
  { room: 'maas', what: 'start.practiceMaas', open: 'start.practiceOpenMaas' },
] as const satisfies readonly { room: PracticeRoom; what: MessageKey; open: MessageKey }[];

/** The rooms of the practice lab: one host each, with the chapters that are about it. */
export function PracticeRooms() {
  const { t } = useText();
  const opening = useCall();
  return (
    <>
      {ROOMS.map(({ room, what, open }) => (
        <div key={room}>
          <p id={`start-practice-${room}`}>{t(what)}</p>
          <Button
            appearance={room === 'mirror' ? 'positive' : 'default'}
            aria-describedby={`start-practice-${room}`}
            disabled={opening.busy}
            onClick={() =>
              opening.run(async () => openLab((await calls.labs.practice({ room })).lab))
            }
          >
            {opening.busy ? t('start.opening') : t(open)}
          </Button>
        </div>
      ))}
      <ErrorNote error={opening.error} />
    </>
  );
}
