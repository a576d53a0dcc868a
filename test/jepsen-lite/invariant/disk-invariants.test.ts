import { expect, test } from 'vitest';
import { freshRecord } from '../../../cluster/raft-storage/hard-state.ts';
import { encodeSlot, slotBytes } from '../../../cluster/raft-storage/hard-state-codec.ts';
import { DoubtKept } from '../../../jepsen-lite/invariant/doubt-kept.ts';
import { DurableVote } from '../../../jepsen-lite/invariant/durable-vote.ts';
import type { NodeWatch } from '../../../jepsen-lite/invariant/node-watch.ts';
import { OldDiskRefused } from '../../../jepsen-lite/invariant/old-disk-refused.ts';
import { SilentInDoubt } from '../../../jepsen-lite/invariant/silent-in-doubt.ts';
import { StopsAfterFailedFsync } from '../../../jepsen-lite/invariant/stops-after-failed-fsync.ts';
import { WrittenIsThere } from '../../../jepsen-lite/invariant/written-is-there.ts';
import type { AppendReply, VoteReply } from '../../../raft/index.ts';

function node(facts: object): NodeWatch {
  return { name: 'n0', machine: {}, ...facts } as unknown as NodeWatch;
}

const vote: VoteReply = {
  type: 'vote-reply',
  from: 'n0',
  to: 'n1',
  term: 7,
  granted: true,
  inDoubt: false,
  fresh: false,
};

function reply(index: number): AppendReply {
  const rest = { rejected: false, hintIndex: 0, hintTerm: 0, inDoubt: false, sequence: 1, syncedIndex: 0 };
  return { type: 'append-reply', from: 'n0', to: 'n1', term: 1, index, ...rest };
}

test('an acknowledgement of what is not in the file', () => {
  const size = 10;
  const memory = Buffer.from('0123456789abcdefghij');
  const log = {
    firstIndex: 1,
    firstPlaced: 1,
    positionOf: (index: number) => (index - 1) * size,
    endOf: (index: number) => index * size,
    segments: {
      view: (at: number, length: number) => memory.subarray(at, at + length),
      files: { pathOf: () => 'f', startOf: () => 0 },
    },
  };
  let file = Buffer.from(memory.subarray(0, 15));
  const bytesOf = (_path: string, at: number, length: number): Buffer | undefined =>
    file.length < at + length ? undefined : file.subarray(at, at + length);
  const member = node({ log, machine: { bytesOf } });
  const invariant = new WrittenIsThere();
  expect(invariant.sent(member, reply(1))).toBeUndefined();
  expect(invariant.sent(member, reply(2))).toContain('n0 acknowledges entry 2, which is not in its file');
  file = Buffer.from(memory);
  expect(invariant.sent(member, reply(2))).toBeUndefined();
  file[12] = 0;
  expect(invariant.sent(member, reply(2))).toBeUndefined();
  invariant.appended(member, 2);
  expect(invariant.sent(member, reply(2))).toContain('entry 2');
});

test('a vote that is not on the medium', () => {
  const name = { memberId: 'n0', groupName: 'g' };
  const record = { ...freshRecord(name), sequence: 1, term: 7, vote: 'n1' };
  const medium = Buffer.concat([encodeSlot(record), Buffer.alloc(slotBytes)]);
  const raft = { storage: { hardState: { record } }, hardStatePath: '/store/dledger-n0/hardstate' };
  const member = (content: Buffer | undefined): NodeWatch =>
    node({ member: raft, machine: { durableContent: () => content } });
  const invariant = new DurableVote();
  expect(invariant.sent(member(medium), vote)).toBeUndefined();
  expect(invariant.sent(member(medium), { ...vote, granted: false, term: 9 })).toBeUndefined();
  expect(invariant.sent(member(medium), { ...vote, term: 8 })).toContain("says: term 7, vote 'n1'");
  expect(invariant.sent(member(medium), { ...vote, to: 'n2' })).toContain('n0 votes for n2');
  expect(invariant.sent(member(undefined), vote)).toContain('says: absent');
  const request = { type: 'vote', from: 'n0', to: 'n1', term: 7, lastIndex: 1, lastTerm: 1, transfer: false } as const;
  expect(invariant.sent(member(medium), request)).toContain('n0 votes for n0');
});

test('a vote of a member in doubt', () => {
  const member = (inDoubt: boolean): NodeWatch => node({ replica: { status: () => ({ inDoubt }) } });
  const invariant = new SilentInDoubt();
  expect(invariant.sent(member(false), vote)).toBeUndefined();
  expect(invariant.sent(member(true), { ...vote, granted: false })).toBeUndefined();
  expect(invariant.sent(member(true), { ...vote, type: 'doubt-vote-reply' })).toBeUndefined();
  expect(invariant.sent(member(true), vote)).toContain('n0 grants n1 a vote in term 7');
  expect(invariant.sent(member(true), { ...vote, type: 'pre-vote-reply' })).toContain('a pre-vote');
});

test('a doubt that a start has forgotten', () => {
  const invariant = new DoubtKept();
  const start = (endedInDoubt: boolean, inDoubt: boolean, setBack = false): string | undefined =>
    invariant.opened(node({ endedInDoubt, inDoubt, machine: { setBack } }));
  expect(start(false, false)).toBeUndefined();
  expect(start(true, true)).toBeUndefined();
  expect(start(false, true)).toBeUndefined();
  expect(start(true, false, true)).toBeUndefined();
  expect(start(true, false)).toContain('n0 was in doubt');
});

test('an acknowledgement after an fsync that failed', () => {
  const invariant = new StopsAfterFailedFsync();
  const member = (syncFailed: boolean): NodeWatch => node({ machine: { syncFailed } });
  expect(invariant.sent(member(false), reply(1))).toBeUndefined();
  expect(invariant.sent(member(true), { ...reply(1), rejected: true })).toBeUndefined();
  expect(invariant.sent(member(true), reply(1))).toContain(
    'n0 sends n1 a message of type append-reply after an fsync that failed',
  );
  expect(invariant.sent(member(true), vote)).toContain('vote-reply');
});

test('a member that is listened to though its disk was set back', () => {
  const invariant = new OldDiskRefused();
  const member = (setBack: boolean): NodeWatch => node({ machine: { setBack } });
  expect(invariant.sent(member(false), reply(1))).toBeUndefined();
  expect(invariant.sent(member(true), { ...vote, granted: false })).toBeUndefined();
  expect(invariant.sent(member(true), reply(1))).toContain('though its disk was set back');
});
