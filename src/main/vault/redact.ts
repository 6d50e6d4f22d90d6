/** Shorter values would black out ordinary words. */
const SHORTEST_SECRET = 4;
const MARK = '••••••';

/**
 * Takes known secret values out of captured text, also line by line for a key that a tool printed
 * wrapped. The last line of defence: no script of ours prints a secret.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const pieces = secrets
    .flatMap((secret) => [secret, ...secret.split('\n')])
    .map((piece) => piece.trim())
    .filter((piece) => piece.length >= SHORTEST_SECRET && !piece.startsWith('-----'))
    // The longest first: of a value that holds another one no rest may stay.
    .sort((a, b) => b.length - a.length);
  return pieces.reduce((clean, piece) => clean.replaceAll(piece, MARK), text);
}
