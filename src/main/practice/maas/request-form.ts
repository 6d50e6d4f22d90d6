/** What came with a request, whichever way it was encoded. */
export class Fields {
  readonly #values: readonly (readonly [string, string])[];
  /** Sizes and contents of files. */
  readonly files: ReadonlyMap<string, Uint8Array>;

  constructor(
    values: readonly (readonly [string, string])[],
    files: ReadonlyMap<string, Uint8Array> = new Map(),
  ) {
    this.#values = values;
    this.files = files;
  }

  get(name: string): string | undefined {
    return this.#values.find(([key]) => key === name)?.[1];
  }

  all(name: string): readonly string[] {
    return this.#values.filter(([key]) => key === name).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** `true` and `1` are the same to MAAS. */
  truth(name: string): boolean | undefined {
    const value = this.get(name)?.toLowerCase();
    return value === undefined ? undefined : value === 'true' || value === '1';
  }

  /** Names and values of the fields that begin so, without it. */
  prefixed(prefix: string): Record<string, string> {
    const found = this.#values.filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
  }

  get names(): readonly string[] {
    return this.#values.map(([name]) => name);
  }
}

/** Reads a body by its type: the two kinds of forms, and JSON, which some handlers take. */
export async function readFields(body: Uint8Array<ArrayBuffer>, type: string): Promise<Fields> {
  if (type.includes('multipart/form-data')) {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const values: [string, string][] = [];
    const files = new Map<string, Uint8Array>();
    for (const [name, value] of form.entries()) {
      if (typeof value === 'string') values.push([name, value]);
      else files.set(name, new Uint8Array(await value.arrayBuffer()));
    }
    return new Fields(values, files);
  }
  const text = Buffer.from(body).toString();
  if (type.includes('json')) {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof parsed !== 'object' || parsed === null) return new Fields([]);
    return new Fields(
      Object.entries(parsed).flatMap(([name, value]) =>
        [value].flat().map((item): [string, string] => [name, String(item)]),
      ),
    );
  }
  return new Fields([...new URLSearchParams(text)]);
}
