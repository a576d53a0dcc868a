/** Columns as wide as they must be; those that hold numbers are set to the right. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const columns = headings.map((_, index) => ({
    width: Math.max(...all.map((cells) => (cells[index] ?? '').length)),
    right: rows.every((cells) => /^[\d.-]*$/.test(cells[index] ?? '')),
  }));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ width, right }, index) =>
        right ? (cells[index] ?? '').padStart(width) : (cells[index] ?? '').padEnd(width),
      )
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}
