/** One word for POSIX sh: single quotes hold everything but a single quote (POSIX XCU 2.2.2). */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
