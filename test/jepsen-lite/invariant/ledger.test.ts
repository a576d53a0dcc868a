import { expect, test } from 'vitest';
import { type CommittedEntry, Ledger } from '../../../jepsen-lite/invariant/ledger.ts';
import { bodyOf } from '../../../jepsen-lite/invariant/message-body.ts';

function entry(index: number, queueId: number, queueOffset: number): CommittedEntry {
  const body = bodyOf(`#${index}`, 20);
  const record = { topic: 'T', queueId, queueOffset, position: index * 100, sysFlag: 0, body, bytes: body };
  return { index, term: 1, chainCrc: index * 11, end: index * 100 + 100, records: [record] };
}

test('a message counts as removed from when the first member has removed it, whatever others keep', () => {
  const ledger = new Ledger();
  for (const each of [entry(1, 0, 0), entry(2, 1, 0), entry(3, 0, 1), entry(4, 0, 2)]) ledger.add(each);
  const removed = (): unknown[] => [0, 1, 2].map((offset) => ledger.removedNs('T/0', offset));
  expect(removed()).toEqual([undefined, undefined, undefined]);
  ledger.removedBefore(3, 50);
  expect(removed()).toEqual([50, undefined, undefined]);
  // Another member, which keeps more; and one that keeps less.
  ledger.removedBefore(2, 60);
  ledger.removedBefore(4, 70);
  expect(removed()).toEqual([50, 70, undefined]);
  expect(ledger.removedNs('T/1', 0)).toBe(50);
  expect(ledger.removedNs('T/2', 0)).toBeUndefined();
});
