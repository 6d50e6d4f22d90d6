/** What is sent back, whole. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';
/** Of a 3.3.11, as recorded: it changes with the API. */
const HASH = '1d020ba276dee29a88822f085bea1125af4cff1b';

/** Everything that a handler gives by itself. */
const GIVEN = { Vary: 'Authorization, Cookie', 'X-Maas-Api-Hash': HASH };
/** Everything that a handler throws. */
const THROWN = { Vary: 'Cookie' };

/** Indented by four, as MAAS does. */
const written = (value: unknown) => JSON.stringify(value, null, 4);

export const json = (value: unknown, status = 200): Answer => ({
  status,
  body: written(value),
  headers: { 'Content-Type': JSON_TYPE, ...GIVEN },
});

/** As `get_config` answers: without a charset. */
export const bareJson = (value: unknown): Answer => ({
  status: 200,
  body: JSON.stringify(value),
  headers: { 'Content-Type': 'application/json', ...GIVEN },
});

export const text = (body: string, type = 'text/plain'): Answer => ({
  status: 200,
  body,
  headers: { 'Content-Type': type, ...GIVEN },
});

export const deleted: Answer = {
  status: 204,
  body: '',
  headers: { 'Content-Type': 'text/plain', ...GIVEN },
};

/** The version, which is given to anybody. */
export const anonymous = (value: unknown): Answer => ({
  status: 200,
  body: written(value),
  headers: { 'Content-Type': JSON_TYPE, Vary: 'Authorization', 'X-Maas-Api-Hash': HASH },
});

/** Ends the handling of a request with an answer that is no success. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(status: number, body: string, headers: Readonly<Record<string, string>>) {
    super(`${status} ${body}`);
    this.answer = { status, body, headers };
  }
}

/** A form that is not valid, by field; `__all__` is the form as a whole. */
export const badForm = (
  fields: Readonly<Record<string, readonly string[]>>,
  type = JSON_TYPE,
): Refused => new Refused(400, JSON.stringify(fields), { 'Content-Type': type, ...THROWN });

/** Of an unknown setting, or of what the database finds twice: without a charset. */
export const badFormBare = (fields: Readonly<Record<string, readonly string[]>>): Refused =>
  badForm(fields, 'application/json');

export const refused = (status: number, said: string, more: Record<string, string> = {}): Refused =>
  new Refused(status, said, { 'Content-Type': TEXT_TYPE, ...THROWN, ...more });

export const badText = (said: string): Refused => refused(400, said);

/** What a handler gives, not throws: no object of this kind. */
export const noSuch = (kind: string): Refused =>
  new Refused(404, `No ${kind} matches the given query.`, {
    'Content-Type': 'text/plain',
    ...GIVEN,
  });

export const unknownPath = (path: string): Refused =>
  new Refused(404, `Unknown API endpoint: ${path}.`, { 'Content-Type': TEXT_TYPE });

export const noHeader = (): Refused =>
  new Refused(401, 'Forbidden', { 'Content-Type': 'text/plain', ...GIVEN });

export const wrongVerb = (allowed: readonly string[]): Refused =>
  new Refused(405, '', {
    'Content-Type': 'text/html; charset=utf-8',
    Allow: allowed.join(', '),
    ...GIVEN,
  });

export const unauthorized = (why: string): Refused =>
  new Refused(401, `Authorization Error: ${why}`, {
    'Content-Type': 'text/html; charset=utf-8',
    'WWW-Authenticate': 'OAuth realm="OAuth"',
    ...THROWN,
  });

/** What the database refuses, after it was tried again for as long as MAAS does. */
export const conflict = (): Refused =>
  new Refused(409, CONFLICT_PAGE, {
    'Content-Type': 'text/html; charset=utf-8',
    'Retry-After': '5',
  });

const CONFLICT_PAGE = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
  <head>
    <title>Error: Conflict Error</title>
  </head>
  <body>
    <h2 class="p-heading--four">
      Conflict error. Try your request again, as it will most likely succeed.
    </h2>
  </body>
</html>
`;

export const required = 'This field is required.';
export const notAChoice = (value: string): string =>
  `Select a valid choice. ${value} is not one of the available choices.`;
export const notOneOf = (value: string, what: string, choices: readonly string[]): string =>
  `'${value}' is not a valid ${what}.  It should be one of: ${choices.map((choice) => `'${choice}'`).join(', ')}.`;
