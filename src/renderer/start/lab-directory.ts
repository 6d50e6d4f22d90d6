/** The directory proposed for a lab: its name, made fit for a path, under the usual place. */
export function directoryFor(labsDirectory: string, name: string): string {
  const separator = labsDirectory.includes('\\') ? '\\' : '/';
  const word = name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  if (labsDirectory === '') return '';
  return `${labsDirectory.replace(/[\\/]$/, '')}${separator}${word === '' ? 'lab' : word}`;
}
