import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CommittedOffset, OffsetTable } from '../../../src/broker/offset/offset-table.ts';
import { TwoLevelMap } from '../../../src/broker/state/two-level-map.ts';

type Step =
  | { readonly do: 'change'; readonly key: string; readonly value: number | undefined }
  | { readonly do: 'confirm' | 'lose' };

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('change' as const),
      key: fc.constantFrom('a', 'b', 'c'),
      value: fc.option(fc.nat(9), { nil: undefined }),
    }),
    fc.record({ do: fc.constantFrom('confirm' as const, 'confirm' as const, 'lose' as const) }),
  ),
  { maxLength: 60 },
);

/** The tail is the confirmed changes and then all that are on their way; a step-down forgets the latter. */
function naive(history: readonly Step[]): { committed: Map<string, number>; tail: Map<string, number> } {
  const committed = new Map<string, number>();
  let pending: { key: string; value: number | undefined }[] = [];
  const apply = (map: Map<string, number>, change: { key: string; value: number | undefined }): void => {
    if (change.value === undefined) map.delete(change.key);
    else map.set(change.key, change.value);
  };
  for (const step of history) {
    if (step.do === 'change') pending.push(step);
    else if (step.do === 'lose') pending = [];
    else if (pending[0] !== undefined) apply(committed, pending.shift() as (typeof pending)[0]);
  }
  const tail = new Map(committed);
  for (const change of pending) apply(tail, change);
  return { committed, tail };
}

test('a map at two levels is what a naive one says, whatever is staged, confirmed and lost', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const map = new TwoLevelMap<number>();
      let pending: { key: string; value: number | undefined }[] = [];
      for (const step of history) {
        if (step.do === 'change') {
          map.stage(step.key, step.value);
          pending.push(step);
        } else if (step.do === 'lose') {
          map.dropTail();
          pending = [];
        } else {
          const first = pending.shift();
          if (first !== undefined) map.commit(first.key, first.value);
        }
      }
      const expected = naive(history);
      expect(new Map(map.entries())).toEqual(expected.tail);
      expect(new Map(map.committedEntries())).toEqual(expected.committed);
      for (const key of ['a', 'b', 'c']) expect(map.get(key)).toBe(expected.tail.get(key));
    }),
  );
});

test('committed entries are sorted by code unit, so that equal states are equal bytes', () => {
  const map = new TwoLevelMap<number>();
  for (const key of ['b', 'a%', 'Z', 'a']) map.commit(key, 1);
  expect(map.committedEntries().map(([key]) => key)).toEqual(['Z', 'a', 'a%', 'b']);
});

describe('the offset table', () => {
  const row = (offset: number, queueId = 0): { topic: string; group: string; queueId: number; offset: number } => {
    return { topic: 'T', group: 'G', queueId, offset };
  };

  test('an update counts at once, is dirty until it is appended, and committed when confirmed', () => {
    const table = new OffsetTable();
    table.update('G', 'T', 0, 5);
    table.update('G', 'T', 0, 6);
    expect(table.get('G', 'T', 0)).toBe(6);
    expect(table.dirty()).toMatchObject([row(6)]);
    table.stage([row(6)]);
    expect(table.dirtyCount).toBe(0);
    table.update('G', 'T', 0, 9);
    table.commit([row(6)]);
    expect(table.get('G', 'T', 0)).toBe(9);
    expect(table.committedEntries()).toEqual([['T@G', [6]]]);
    table.stage([row(9)]);
    table.commit([row(9)]);
    table.update('G', 'T', 0, 9);
    expect(table.dirtyCount).toBe(0);
  });

  test('a step-down goes back to what was confirmed; what is confirmed later counts after all', () => {
    const table = new OffsetTable();
    table.commit([row(3)]);
    table.update('G', 'T', 0, 8);
    table.stage([row(8)]);
    table.dropTail();
    expect(table.get('G', 'T', 0)).toBe(3);
    table.commit([row(8)]);
    expect(table.get('G', 'T', 0)).toBe(8);
  });

  test('a removal counts at once, and leaves later offsets alone', () => {
    const table = new OffsetTable();
    table.commit([row(3), row(4, 2)]);
    table.stageRemoval(['T@G']);
    expect(table.get('G', 'T', 2)).toBeUndefined();
    expect(table.keys()).toEqual([]);
    table.update('G', 'T', 0, 1);
    table.commitRemoval(['T@G']);
    expect(table.get('G', 'T', 0)).toBe(1);
    expect(table.get('G', 'T', 2)).toBeUndefined();
    expect(table.committedEntries()).toEqual([]);
  });

  test('knows which groups have offsets in a topic, and the reverse', () => {
    const table = new OffsetTable();
    table.commit([row(1), { ...row(1), group: 'H' }]);
    table.update('H', 'U', 0, 1);
    expect(table.groupsOf('T')).toEqual(['G', 'H']);
    expect(table.topicsOf('H')).toEqual(['T', 'U']);
  });
});

describe('an offset that is read', () => {
  const row = (offset: number) => [{ topic: 'T', group: 'g', queueId: 0, offset }];
  const reading = (table: OffsetTable) => {
    const read: CommittedOffset[] = [];
    table.whenCommitted('g', 'T', 0, (offset) => read.push(offset));
    return read;
  };

  test('is told at once if nothing is on its way', () => {
    const table = new OffsetTable();
    expect(reading(table)).toEqual([undefined]);
    table.stage(row(5));
    table.commit(row(5));
    expect(reading(table)).toEqual([5]);
  });

  test('is told when it is committed, not before, whatever comes after it', () => {
    const table = new OffsetTable();
    table.stage(row(5));
    const five = reading(table);
    table.stage(row(3));
    table.stageRemoval(['T@g']);
    const removed = reading(table);
    expect([five, removed]).toEqual([[], []]);
    table.commit(row(5));
    expect([five, removed]).toEqual([[5], []]);
    table.commit(row(3));
    table.commitRemoval(['T@g']);
    expect([five, removed]).toEqual([[5], [undefined]]);
  });

  test('is lost with the leadership', () => {
    const table = new OffsetTable();
    table.stage(row(5));
    const read = reading(table);
    table.dropTail();
    expect([read, reading(table)]).toEqual([['lost'], [undefined]]);
  });

  test('is what is committed while an update is in no entry', () => {
    const table = new OffsetTable();
    table.update('g', 'T', 0, 7);
    expect([table.isDirty('g', 'T', 0), table.isDirty('g', 'T', 1)]).toEqual([true, false]);
    expect(reading(table)).toEqual([undefined]);
  });
});
