import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateAveragely } from '../../../src/client/consumer/allocate-averagely.ts';

describe('allocateAveragely', () => {
  it('gives every queue to exactly one member, in runs whose lengths differ by at most one', () => {
    fc.assert(
      fc.property(
        fc.nat(64),
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 }),
        (count, names) => {
          const queues = Array.from({ length: count }, (_, index) => index);
          const members = names.toSorted();
          const shares = members.map((member) => allocateAveragely(queues, members, member));
          expect(shares.flat()).toEqual(queues);
          const lengths = shares.map((share) => share.length);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('divides as RocketMQ does', () => {
    const queues = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const members = ['a', 'b', 'c'];
    expect(members.map((member) => allocateAveragely(queues, members, member))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect(allocateAveragely([0], members, 'b')).toEqual([]);
  });

  it('gives nothing to one who is not a member', () => {
    expect(allocateAveragely([0, 1], ['a'], 'b')).toEqual([]);
  });
});
