import { useNow } from '../core/ticking.ts';
import { age, moment, momentWithZone } from '../text/quantities.ts';
import { useText } from '../text/use-text.ts';

/** A moment in local time; the zone is in the title. */
export function Moment({ at }: { at: number }) {
  const { language } = useText();
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={momentWithZone(at, language)}>
      {moment(at, language, now)}
    </time>
  );
}

/** An age that grows while it is looked at. */
export function Age({ at }: { at: number }) {
  const text = useText();
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={momentWithZone(at, text.language)}>
      {age(text, at, now)}
    </time>
  );
}
