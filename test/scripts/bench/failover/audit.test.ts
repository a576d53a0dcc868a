import { describe, expect, it } from 'vitest';
import { type Acknowledged, audit } from '../../../../scripts/bench/failover/audit.ts';
import { median } from '../../../../scripts/bench/failover/kill-rounds.ts';

function message(queueId: number, queueOffset: number, body = `${queueId}-${queueOffset}`): Acknowledged {
  return { body, messageId: `ID-${body}`, queueId, queueOffset };
}

const STORED = [message(0, 0), message(0, 1), message(1, 0), message(1, 1)];

describe('audit', () => {
  it('finds nothing wrong where everything stands at its place, more than was acknowledged included', () => {
    const expected = { acknowledged: 2, stored: 4, repeated: 0, breaches: [] };
    expect(audit([message(0, 1), message(1, 0)], STORED)).toEqual(expected);
  });

  it('allows a second copy under the same key', () => {
    const result = audit([message(1, 2, '0-1')], [...STORED, message(1, 2, '0-1')]);
    expect([result.repeated, result.breaches]).toEqual([1, []]);
  });

  it.for<[string, Acknowledged[], Acknowledged[], RegExp]>([
    ['a lost message', [message(1, 2)], STORED, /^1-2 \(ID-1-2\) was acknowledged at 1\/2, where nothing stands$/],
    ['another one at its place', [message(0, 0, 'other')], STORED, /other .* where 0-0 \(ID-0-0\) stands/],
    [
      'a copy under another key',
      [],
      [...STORED, { ...message(1, 2, '0-1'), messageId: 'X' }],
      /0-1 is stored under two/,
    ],
    ['a gap', [], [...STORED, message(1, 3)], /queue 1 goes on with offset 3 instead of 2/],
    ['a start above 0', [], [message(2, 1)], /queue 2 goes on with offset 1 instead of 0/],
    ['an offset given twice', [], [...STORED, message(1, 1, 'again')], /queue 1 goes on with offset 1 instead of 2/],
  ])('finds %s', ([, acknowledged, stored, sentence]) => {
    const { breaches } = audit(acknowledged, stored);
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatch(sentence);
  });

  it('words the first breaches of a kind and counts the rest', () => {
    const lost = Array.from({ length: 9 }, (_, queueOffset) => message(7, queueOffset));
    expect(audit(lost, STORED).breaches).toHaveLength(6);
    expect(audit(lost, STORED).breaches.at(-1)).toBe('and 4 more like that');
  });
});

describe('median', () => {
  it('is the middle one, or the mean of two', () => {
    expect([median([9, 1, 5]), median([1, 9, 3, 5])]).toEqual([5, 4]);
  });
});
