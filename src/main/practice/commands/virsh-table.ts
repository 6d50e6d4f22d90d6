/** vshTable: columns as wide as their widest cell, and no blanks at the end of a line. */
export function virshTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  quiet: boolean,
): string {
  const all = quiet ? rows : [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(0, ...all.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `${row.map((cell, column) => ` ${cell.padEnd(widths[column] ?? 0)}  `).join('')}`.trimEnd();
  const lines = all.map(line);
  const ruler = '-'.repeat(widths.reduce((sum, width) => sum + width + 3, 0));
  if (!quiet) lines.splice(1, 0, ruler);
  return lines.map((each) => `${each}\n`).join('');
}
