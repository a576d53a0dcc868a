/** A column of a line in the manner of printf: its width, and on which side the text stands. Longer texts are not cut. */
export type Column = readonly ['left' | 'right', number];

/** `%-Ns` */
export function left(width: number): Column {
  return ['left', width];
}

/** `%Ns` */
export function right(width: number): Column {
  return ['right', width];
}

/** One line from cells; `gaps` are what stands between the columns, two blanks if nothing is given for a gap. The last cell may have no column. */
export function formatLine(
  columns: readonly Column[],
  cells: readonly (string | number)[],
  gaps: readonly string[] = [],
): string {
  const texts = cells.map((cell, index) => {
    const column = columns[index];
    const text = String(cell);
    if (column === undefined) return text;
    return column[0] === 'left' ? text.padEnd(column[1]) : text.padStart(column[1]);
  });
  return `${texts.map((text, index) => (index === 0 ? '' : (gaps[index - 1] ?? '  ')) + text).join('')}\n`;
}

/** `%N.Df` */
export function fixed(value: number, digits: number, width = 0): string {
  return value.toFixed(digits).padStart(width);
}

/** At most so many characters from the front. */
export function front(text: string, size: number): string {
  return text.length > size ? text.slice(0, size) : text;
}

/** A double as Java prints it: at least one digit after the point, and powers of ten from ten million on. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? value.toFixed(1) : String(value);
  const [digits = '0', power = '0'] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(power)}`;
}
