/** Largest value that at least `needed` of the first `count` values reach; sorts them in place. 0 if there are too few. */
export function quorumValue(values: Float64Array, count: number, needed: number): number {
  if (count < needed) return 0;
  // Groups have 3 to 7 members: insertion sort, descending, without allocation.
  for (let i = 1; i < count; i++) {
    const value = values[i] as number;
    let at = i - 1;
    while (at >= 0 && (values[at] as number) < value) {
      values[at + 1] = values[at] as number;
      at--;
    }
    values[at + 1] = value;
  }
  return values[needed - 1] as number;
}
