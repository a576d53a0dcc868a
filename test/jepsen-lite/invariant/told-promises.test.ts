import { expect, test } from 'vitest';
import { FreshOffset } from '../../../jepsen-lite/invariant/fresh-offset.ts';
import { HandsOver } from '../../../jepsen-lite/invariant/hands-over.ts';
import { Liveness } from '../../../jepsen-lite/invariant/liveness.ts';
import { NoFalseCorrection } from '../../../jepsen-lite/invariant/no-false-correction.ts';
import { NoSelfStop } from '../../../jepsen-lite/invariant/no-self-stop.ts';
import { OnewayKept } from '../../../jepsen-lite/invariant/oneway-kept.ts';
import { RemovedByRetention } from '../../../jepsen-lite/invariant/removed-by-retention.ts';
import type { PeerStatus } from '../../../raft/index.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';

test('a consumer offset that is not what was stored last', () => {
  const invariant = new FreshOffset();
  const own = { group: 'g', topic: 'A', queueId: 1, stored: 7 };
  expect(invariant.read(own, 7, 'n0')).toBeUndefined();
  expect(invariant.read(own, 6, 'n0')).toBe('the offset of g in A/1 was stored as 7 and read as 6 from n0');
  expect(invariant.read(own, 8, 'n0')).toContain('read as 8');
  expect(invariant.read(own, 'none', 'n1')).toContain('read as none from n1');
});

test('an offset that was told oneway and is not there', () => {
  const invariant = new OnewayKept();
  const told = { address: 'n1', consumerGroup: 'g', topic: 'A', queueId: 2, commitOffset: 3 };
  expect(invariant.read(told, 3)).toBeUndefined();
  expect(invariant.read(told, 2)).toContain('n1 was told 3 as the offset of g in A/2, oneway');
  expect(invariant.read(told, undefined)).toContain('it is none');
});

test('a queue that begins where retention did not end', () => {
  const invariant = new RemovedByRetention({
    removedNs: (key, offset) => (key === 'A/2' && offset < 4 ? 1 : undefined),
  });
  expect(invariant.begins('A/2', 0)).toBeUndefined();
  expect(invariant.begins('A/2', 4)).toBeUndefined();
  expect(invariant.begins('A/2', 5)).toBe('A/2 is said to begin at 5, but no member has removed the message before');
  expect(invariant.begins('A/1', 1)).toContain('A/1 is said to begin at 1');
});

test('a reader at a committed offset that is sent elsewhere', () => {
  const invariant = new NoFalseCorrection();
  const { SUCCESS, PULL_NOT_FOUND, PULL_OFFSET_MOVED } = ResponseCode;
  const pulled = (code: number, nextBeginOffset: number, minOffset = 0) =>
    invariant.pulled('a reader', 5, { code, nextBeginOffset, minOffset });
  expect(pulled(SUCCESS, 8)).toBeUndefined();
  expect(pulled(PULL_NOT_FOUND, 5)).toBeUndefined();
  expect(pulled(PULL_OFFSET_MOVED, 9, 9)).toBeUndefined();
  expect(pulled(PULL_OFFSET_MOVED, 4)).toContain('a reader at 5, which is committed, got an answer that sends it back');
  expect(pulled(PULL_NOT_FOUND, 6)).toContain('finds nothing and sends it to 6');
  expect(pulled(PULL_OFFSET_MOVED, 9, 3)).toContain('sends it past 5 to 9, though the first kept is 3');
  expect(invariant.pulled('a reader', 5, undefined)).toContain('has no header');
});

test('a reader that goes on where it was and is sent elsewhere', () => {
  const invariant = new NoFalseCorrection();
  expect(invariant.moved('r', 5, { nextOffset: 5, minOffset: 0 })).toBeUndefined();
  expect(invariant.moved('r', 5, { nextOffset: 9, minOffset: 9 })).toBeUndefined();
  expect(invariant.moved('r', 5, { nextOffset: 9, minOffset: 0 })).toBe('r at 5 was sent to 9');
  expect(invariant.moved('r', 5, { nextOffset: 3, minOffset: 3 })).toBe('r at 5 was sent to 3');
});

test('a process that ends by itself', () => {
  const invariant = new NoSelfStop();
  const end = (code: string, isExcused: boolean) => invariant.ended('n0', { code, why: 'so', isExcused });
  expect(end('ENOSPC', true)).toBeUndefined();
  expect(end('ENOSPC', false)).toBe('n0 ended by itself: ENOSPC: so');
  expect(end('DIVERGENCE', true)).toContain('DIVERGENCE');
  expect(end('TypeError', true)).toContain('TypeError');
  expect(end('SIGSEGV', true)).toContain('SIGSEGV');
});

test('a leader that is told to stop and does not hand over', () => {
  const peer = { voter: true, connected: true, inDoubt: false, unwell: false, state: 'replicate', heard: true };
  const peers = [
    { ...peer, id: 'n1' },
    { ...peer, id: 'n2', inDoubt: true },
  ] as PeerStatus[];
  const led = { name: 'n0', term: 4 };
  const invariant = new HandsOver(led, peers);
  expect(invariant.gone({ name: 'n1', term: 5 })).toBeUndefined();
  const text = 'n0, which led in term 4 and was told to stop, is gone, and nobody leads: n1 could have taken over';
  expect(invariant.gone(undefined)).toBe(text);
  expect(invariant.gone({ name: 'n1', term: 3 })).toBe(text);
  // Nobody could.
  expect(new HandsOver(led, peers.slice(1)).gone(undefined)).toBeUndefined();
  expect(new HandsOver(led, [{ ...peers[0], heard: false } as PeerStatus]).gone(undefined)).toBeUndefined();
});

test('something that does not come about after the faults ended', async () => {
  const told: string[] = [];
  const waits: number[] = [];
  const liveness = new Liveness({
    until: async (ms, condition) => {
      waits.push(ms);
      return condition();
    },
    broken: (invariant, text) => told.push(`${invariant}: ${text}`),
    describe: () => 'n0: down',
  });
  expect(await liveness.within(3_000, 'nobody serves', () => true)).toBe(true);
  expect(told).toEqual([]);
  expect(await liveness.within(5_000, 'nobody serves', () => false)).toBe(false);
  expect(told).toEqual(['liveness: nobody serves: n0: down']);
  expect(waits).toEqual([3_000, 5_000]);
});
