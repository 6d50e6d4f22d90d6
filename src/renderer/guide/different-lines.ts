/** Which lines of a text, by index, have no equal in the other, however often it is there. */
export function differentLines(text: string, other: string): ReadonlySet<number> {
  const left = new Map<string, number>();
  for (const line of other.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  const found = new Set<number>();
  for (const [index, line] of text.split('\n').entries()) {
    const count = left.get(line) ?? 0;
    if (count === 0) found.add(index);
    else left.set(line, count - 1);
  }
  return found;
}
