/** Something that a client did between two times, and what it shows about a counter that only grows. */
export type Interval<T> = {
  readonly of: T;
  readonly callNs: number;
  /** undefined: never returned, so nothing that began later began after it. */
  readonly returnNs: number | undefined;
  /** From `returnNs` on the counter is at least this. */
  readonly shows: number;
  /** At some time after `callNs` the counter was at most this; undefined = says nothing. */
  readonly needs: number | undefined;
};

/** `later` began after `earlier` had returned, and contradicts it. */
export type OrderBreak<T> = { readonly earlier: T; readonly later: T };

/**
 * Finds each interval that needs the counter to be lower than an interval that had returned before its call has shown. Equal times
 * count as concurrent. One break for each later interval, against the highest earlier one. O(n log n).
 */
export function findOrderBreaks<T>(intervals: readonly Interval<T>[]): OrderBreak<T>[] {
  const calls = sortedIfNeeded(intervals, (interval) => interval.callNs);
  const returned = intervals.filter((interval) => interval.returnNs !== undefined);
  const returns = sortedIfNeeded(returned, (interval) => interval.returnNs!);
  const breaks: OrderBreak<T>[] = [];
  let next = 0;
  let highest: Interval<T> | undefined;
  for (const later of calls) {
    for (; next < returns.length && returns[next]!.returnNs! < later.callNs; next += 1) {
      if (highest === undefined || returns[next]!.shows > highest.shows) highest = returns[next]!;
    }
    if (highest !== undefined && later.needs !== undefined && highest.shows > later.needs) {
      breaks.push({ earlier: highest.of, later: later.of });
    }
  }
  return breaks;
}

function sortedIfNeeded<T>(intervals: readonly Interval<T>[], time: (interval: Interval<T>) => number) {
  const sorted = intervals.every((interval, at) => at === 0 || time(intervals[at - 1]!) <= time(interval));
  return sorted ? intervals : [...intervals].sort((a, b) => time(a) - time(b));
}
