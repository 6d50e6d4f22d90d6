/** Shorter values would black out ordinary words. */
const SHORTEST_SECRET = 4;
const MARK = '••••••';

/**
 * Takes known secret values out of captured text, also line by line for a key that a tool printed
 * wrapped. The last line of defence: no script of ours prints a secret.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    const pieces = [secret, ...secret.split('\n')].map((piece) => piece.trim());
    for (const piece of pieces) {
      if (piece.length >= SHORTEST_SECRET && !piece.startsWith('-----')) {
        clean = clean.replaceAll(piece, MARK);
      }
    }
  }
  return clean;
}
