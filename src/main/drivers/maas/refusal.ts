import { type ErrorCode, LabwrightError } from '../../../contract/error.ts';
import { inertText } from '../../../contract/inert-text.ts';
import { type Said, sayingOf } from './known-refusals.ts';

/** A refusal of MAAS as it came, read whole; never one with status 401. */
export interface Refusal {
  /** What was asked for, as a path of the API. */
  readonly what: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a person needs of it; a page of HTML or a traceback is longer. */
const DETAIL_CHARACTERS = 2000;
/** How far MAAS's clock and ours may differ before it refuses every request (MAAS's oauth). */
const SKEW_LIMIT_SECONDS = 300;

/**
 * Turns a refusal into an error that says what to do. What kind of body it has is decided by its type,
 * as MAAS answers with JSON, text, HTML or nothing. `clean` takes secrets out of what was said.
 */
export function refusalError(
  maas: string,
  { what, status, headers, body }: Refusal,
  clean: (text: string) => string,
): LabwrightError {
  const said = readBody(headers['content-type'] ?? '', clean(inertText(body)));
  const saying = sayingOf(status, said);
  const retry = Number.parseInt(headers['retry-after'] ?? '', 10);
  const params = {
    maas,
    what,
    status,
    ...(Number.isNaN(retry) ? {} : { seconds: retry }),
    ...saying.params,
    // Of a form as a whole no field complains.
    ...(saying.params.field === '' ? { field: what } : {}),
  };
  const detail = said.text.slice(0, DETAIL_CHARACTERS);
  return new LabwrightError(saying.code, params, detail === '' ? {} : { detail });
}

/**
 * Status 401. Its body can hold the very secret that was expected, so nothing of it goes anywhere: it is
 * matched against what MAAS is known to say, and numbers are taken out of one of its sentences.
 */
export function unauthorized(
  maas: string,
  { headers, body }: Pick<Refusal, 'headers' | 'body'>,
  now: number,
): LabwrightError {
  const expired = /Expired timestamp: given (\d{1,12}) and now (\d{1,12}) /.exec(body);
  const theirs = Date.parse(headers.date ?? '');
  const skew =
    expired !== null
      ? Number(expired[2]) - Number(expired[1])
      : Number.isNaN(theirs)
        ? 0
        : Math.round((theirs - now) / 1000);
  // A clock that is ahead is let pass by MAAS; one that is behind explains the refusal.
  if (expired !== null || skew > SKEW_LIMIT_SECONDS)
    return new LabwrightError('maas-clock-skew', { maas, seconds: skew });
  const code: ErrorCode = /^Forbidden\s*$/.test(body) ? 'maas-key-not-seen' : 'maas-key-refused';
  return new LabwrightError(code, { maas });
}

function readBody(type: string, body: string): Said {
  if (type.includes('html')) return { kind: 'page', text: textOfPage(body), fields: {} };
  if (!type.includes('json')) return { kind: 'text', text: body.trim(), fields: {} };
  const fields: Record<string, string[]> = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) {
      for (const [name, value] of Object.entries(parsed)) {
        fields[name] = (Array.isArray(value) ? value : [value]).map(String);
      }
    }
  } catch {
    return { kind: 'text', text: body.trim(), fields: {} };
  }
  const lines = Object.entries(fields).map(([name, texts]) =>
    name === '__all__' ? texts.join(' ') : `${name}: ${texts.join(' ')}`,
  );
  return { kind: 'form', text: lines.join('\n'), fields };
}

/** What a page says, roughly: enough for a detail line. */
function textOfPage(html: string): string {
  return html
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
