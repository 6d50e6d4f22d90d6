/** A repeated field is how MAAS takes a list. A field that is undefined is left out. */
export type FormValue = string | number | boolean | readonly string[] | undefined;
export type Form = Readonly<Record<string, FormValue>>;

/** Name and value of every field that is sent, in order. */
export function fieldsOf(form: Form): [string, string][] {
  return Object.entries(form).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (typeof value === 'object') return value.map((item) => [name, item]);
    return [[name, String(value)]];
  });
}

/** `application/x-www-form-urlencoded`, which every call of every version takes; JSON only some do. */
export function urlEncoded(form: Form): string {
  return new URLSearchParams(fieldsOf(form)).toString();
}
