/** A text that wants to begin at `x`. */
export interface WantedLabel {
  readonly x: number;
  readonly text: string;
}

/** Where it stands: in the first row, 0, or in one behind. */
export interface PlacedLabel extends WantedLabel {
  readonly row: number;
}

/** Widest letter of a text of 11 px, on the average of names. */
const LETTER = 6.2;
const SPACE = 6;

/** Places labels, none over another and none beyond `right`, in as few rows as they need; in the order in which they came. */
export function placeLabels(wanted: readonly WantedLabel[], right: number): PlacedLabel[] {
  const rowEnds: number[] = [];
  const order = wanted.map((_, at) => at).sort((a, b) => (wanted[a]?.x ?? 0) - (wanted[b]?.x ?? 0));
  const placed = new Map<number, PlacedLabel>();
  for (const at of order) {
    const { x: wish, text } = wanted[at] ?? { x: 0, text: '' };
    const width = text.length * LETTER;
    const x = Math.max(0, Math.min(wish, right - width));
    const free = rowEnds.findIndex((end) => end + SPACE <= x);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = x + width;
    placed.set(at, { x, text, row });
  }
  return wanted.map((label, at) => placed.get(at) ?? { ...label, row: 0 });
}

/** How many rows these stand in. */
export function rowsOf(labels: readonly PlacedLabel[]): number {
  return labels.reduce((most, { row }) => Math.max(most, row + 1), 0);
}
