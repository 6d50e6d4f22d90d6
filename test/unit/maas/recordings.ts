import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../fixtures/maas');
/** Where the recorded MAAS had its API. */
export const API_PATH = '/MAAS/api/2.0/';

export interface Recording {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly form: readonly (readonly [string, string | number])[] | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body_text: string | null;
    readonly body_json: unknown;
  };
}

export const recordingNames: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''))
  .sort();

export function recording(name: string): Recording {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}

/** The body as it was sent, for a type that says JSON. */
export function bodyOf({ response }: Recording): string {
  if (response.body_text !== null) return response.body_text;
  const json = response.headers['Content-Type']?.includes('json');
  return json ? JSON.stringify(response.body_json) : '';
}

/** A request by what counts: whatever order its fields have, and however truth is written. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly op: string | undefined;
  readonly query: readonly string[];
  readonly form: readonly string[];
}

/** MAAS takes `true` and `1` for the same, and `false` and `0`. */
const TRUTH: Readonly<Record<string, string>> = { '0': 'false', '1': 'true' };
const TRUTHS =
  /^(commission|enable_ssh|skip_\w+|dhcp_on|dry_run|verbose|is_superuser|include_output)$/;

const field = ([name, value]: readonly [string, string | number]) =>
  `${name}=${TRUTHS.test(name) ? (TRUTH[String(value)] ?? value) : value}`;

export function sentRequest(
  method: string,
  path: string,
  form: readonly (readonly [string, string | number])[],
): SentRequest {
  const url = new URL(path, 'http://maas');
  const query = [...url.searchParams];
  return {
    method,
    path: url.pathname,
    op: url.searchParams.get('op') ?? undefined,
    query: query
      .filter(([name]) => name !== 'op')
      .map(field)
      .sort(),
    form: form.map(field).sort(),
  };
}

export const recordedRequest = ({ request }: Recording): SentRequest =>
  sentRequest(request.method, request.path, request.form ?? []);
