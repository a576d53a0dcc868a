import { expect, test } from 'vitest';
import { AcknowledgedKept } from '../../../jepsen-lite/invariant/acknowledged-kept.ts';
import { BatchWhole } from '../../../jepsen-lite/invariant/batch-whole.ts';
import { CommitOwnTerm } from '../../../jepsen-lite/invariant/commit-own-term.ts';
import { CommitRises } from '../../../jepsen-lite/invariant/commit-rises.ts';
import { CommittedByMajority } from '../../../jepsen-lite/invariant/committed-by-majority.ts';
import { CommittedPrefix } from '../../../jepsen-lite/invariant/committed-prefix.ts';
import { CommittedSeen } from '../../../jepsen-lite/invariant/committed-seen.ts';
import { DelaysInTime } from '../../../jepsen-lite/invariant/delays-in-time.ts';
import { ElectionSafety } from '../../../jepsen-lite/invariant/election-safety.ts';
import { LeaderCompleteness } from '../../../jepsen-lite/invariant/leader-completeness.ts';
import { type CommittedEntry, type CommittedRecord, Ledger } from '../../../jepsen-lite/invariant/ledger.ts';
import { LogMatching } from '../../../jepsen-lite/invariant/log-matching.ts';
import { bodyOf } from '../../../jepsen-lite/invariant/message-body.ts';
import { MetadataKept } from '../../../jepsen-lite/invariant/metadata-kept.ts';
import type { NodeWatch } from '../../../jepsen-lite/invariant/node-watch.ts';
import { OneVote } from '../../../jepsen-lite/invariant/one-vote.ts';
import { PersistedFirst } from '../../../jepsen-lite/invariant/persisted-first.ts';
import { QueueOffsetsInOrder } from '../../../jepsen-lite/invariant/queue-offsets.ts';
import { SameBytes } from '../../../jepsen-lite/invariant/same-bytes.ts';
import { SameState } from '../../../jepsen-lite/invariant/same-state.ts';
import { StoreTimeRises } from '../../../jepsen-lite/invariant/store-time-rises.ts';
import { DELAY_TOPIC } from '../../../jepsen-lite/workload/delay-sender.ts';
import type { Message } from '../../../raft/index.ts';
import { emptyPutMessage } from '../../../src/broker/send/message-writer.ts';
import { encodeRecord, recordSize } from '../../../src/protocol/message/record.ts';
import { SCHEDULE_TOPIC } from '../../../src/store/internal-topic.ts';

/** As much of a member as an invariant looks at. */
function node(name: string, facts: object = {}): NodeWatch {
  const watch = { name, chains: [0], lastIndex: 0, commit: 0, applied: 0, ...facts };
  return { chainAt: (index: number) => watch.chains[index], ...watch } as unknown as NodeWatch;
}

function entry(index: number, ...offsets: number[]): CommittedEntry {
  const records = offsets.map((queueOffset) => ({
    topic: 'T',
    queueId: 0,
    queueOffset,
    position: index * 100,
    sysFlag: 0,
    body: bodyOf(`#${queueOffset}`, 20),
    bytes: Buffer.alloc(0),
  }));
  return { index, term: 1, chainCrc: index * 11, end: index * 100 + 100, records };
}

function ledgerOf(...entries: CommittedEntry[]): Ledger {
  const ledger = new Ledger();
  for (const each of entries) ledger.add(each);
  return ledger;
}

test('two leaders of one term', () => {
  const invariant = new ElectionSafety();
  expect(invariant.leads(node('n0'), 3)).toBeUndefined();
  expect(invariant.leads(node('n0'), 3)).toBeUndefined();
  expect(invariant.leads(node('n1'), 4)).toBeUndefined();
  expect(invariant.leads(node('n1'), 3)).toContain('n1 and n0 lead in term 3');
});

test('one entry with two histories', () => {
  const invariant = new LogMatching();
  expect(invariant.appended(node('n0'), 5, 2, 77)).toBeUndefined();
  expect(invariant.appended(node('n1'), 5, 2, 77)).toBeUndefined();
  expect(invariant.appended(node('n1'), 5, 3, 78)).toBeUndefined();
  expect(invariant.appended(node('n2'), 5, 2, 79)).toContain('n2');
});

test('another entry in the place of one that was lost with the only disk that had it', () => {
  const invariant = new LogMatching();
  for (const index of [4, 5, 6]) invariant.appended(node('n0'), index, 2, index);
  invariant.appended(node('n1'), 5, 2, 5);
  // Its old disk has entry 4 of that term; entry 5 was on another member, too, which is lost for that one only.
  const log = { holds: (index: number) => index <= 4, termAt: () => 2 };
  invariant.opened(node('n1', { log, machine: { hardStateLost: true } }));
  expect(invariant.appended(node('n0'), 6, 2, 66)).toContain('n0 has another entry 6');
  invariant.opened(node('n0', { log, machine: { hardStateLost: false } }));
  expect(invariant.appended(node('n0'), 6, 2, 66)).toContain('n0 has another entry 6');
  invariant.opened(node('n0', { log, machine: { hardStateLost: true } }));
  expect(invariant.appended(node('n0'), 6, 2, 66)).toBeUndefined();
  expect(invariant.appended(node('n0'), 5, 2, 55)).toContain('n0 has another entry 5');
  expect(invariant.appended(node('n0'), 4, 2, 44)).toContain('n0 has another entry 4');
  expect(invariant.appended(node('n2'), 6, 2, 67)).toContain('n2 has another entry 6');
});

test('a leader of the newest term that lacks what is committed', () => {
  const invariant = new LeaderCompleteness(ledgerOf(entry(1, 0), entry(2, 1)));
  expect(invariant.leads(node('n0', { chains: [0, 11, 22], lastIndex: 2 }), 2)).toBeUndefined();
  expect(invariant.leads(node('n1', { chains: [0, 11], lastIndex: 1 }), 1)).toBeUndefined();
  expect(invariant.leads(node('n2', { chains: [0, 11, 23], lastIndex: 2 }), 3)).toContain(
    'lacks the committed entry 2',
  );
});

test('a second vote in a term, also after a restart', () => {
  const invariant = new OneVote();
  const reply = (from: string, to: string, granted = true): Message => {
    return { type: 'vote-reply', from, to, term: 7, granted, inDoubt: false, fresh: false };
  };
  expect(invariant.sent(node('n0'), reply('n0', 'n1'))).toBeUndefined();
  expect(invariant.sent(node('n0'), reply('n0', 'n2', false))).toBeUndefined();
  expect(invariant.sent(node('n0'), reply('n0', 'n1'))).toBeUndefined();
  expect(invariant.sent(node('n0'), reply('n0', 'n2'))).toContain('n0 votes for n2 in term 7');
});

test('a second vote in a term after the first was lost with the disk', () => {
  const invariant = new OneVote();
  const vote = (from: string, term: number): Message => {
    return { type: 'doubt-vote', from, to: 'n2', term, lastIndex: 1, lastTerm: 1, transfer: false };
  };
  const reply = (from: string, term: number): Message => {
    return { type: 'doubt-vote-reply', from, to: 'n2', term, granted: true, inDoubt: true, fresh: false };
  };
  const started = (hardStateLost: boolean) => node('n0', { machine: { hardStateLost } });
  expect(invariant.sent(node('n0'), vote('n0', 7))).toBeUndefined();
  expect(invariant.sent(node('n1'), vote('n1', 7))).toBeUndefined();
  invariant.opened(started(true));
  expect(invariant.sent(node('n1'), reply('n1', 7))).toContain('n1 votes for n2 in term 7');
  expect(invariant.sent(node('n0'), reply('n0', 7))).toBeUndefined();
  invariant.opened(started(false));
  expect(invariant.sent(node('n0'), vote('n0', 7))).toContain('n0 votes for n0 in term 7, in which it voted for n2');
});

test('an acknowledgement of what is not written, or not fsynced', () => {
  const invariant = new PersistedFirst();
  const segments = { writtenPosition: 200, syncedPosition: 100 };
  const member = node('n0', { log: { firstIndex: 1, lastIndex: 3, endOf: (index: number) => index * 100, segments } });
  const reply = (index: number, syncedIndex: number): Message => {
    const rest = { rejected: false, hintIndex: 0, hintTerm: 0, inDoubt: false, sequence: 1 };
    return { type: 'append-reply', from: 'n0', to: 'n1', term: 1, index, syncedIndex, ...rest };
  };
  expect(invariant.sent(member, reply(2, 1))).toBeUndefined();
  expect(invariant.sent(member, reply(4, 1))).toContain('its log ends at 3');
  expect(invariant.sent(member, reply(3, 1))).toContain('before it is written');
  expect(invariant.sent(member, reply(2, 2))).toContain('fsynced before it is');
});

test('another entry where one is committed', () => {
  const invariant = new CommittedPrefix(ledgerOf(entry(1, 0)));
  expect(invariant.committed(node('n0'), 1, 1, 11)).toBeUndefined();
  expect(invariant.committed(node('n1'), 1, 2, 12)).toContain('n1 commits entry 1 of term 2');
  expect(invariant.appended(node('n1', { commit: 0 }), 1, 2, 12)).toBeUndefined();
  expect(invariant.appended(node('n1', { commit: 1 }), 1, 2, 12)).toContain('over the committed entry 1');
});

test('a log that is cut below what is committed', () => {
  const invariant = new CommittedPrefix(ledgerOf(entry(1, 0), entry(2, 1)));
  expect(invariant.cut(node('n0', { commit: 1 }), 1)).toBeUndefined();
  expect(invariant.cut(node('n0', { commit: 2 }), 1)).toContain('n0 cuts its log behind entry 1');
});

test('an entry of an older term that is committed by counting', () => {
  const invariant = new CommitOwnTerm();
  const member = (isLeader: boolean, term: number) => node('n0', { commit: 5, replica: { isLeader, term } });
  expect(invariant.committed(member(true, 3), 5, 3)).toBeUndefined();
  expect(invariant.committed(member(true, 3), 4, 2)).toBeUndefined();
  expect(invariant.committed(member(false, 3), 5, 2)).toBeUndefined();
  expect(invariant.committed(member(true, 3), 5, 2)).toContain('commits up to entry 5, which is of term 2');
});

test('a commit index that gets less', () => {
  expect(new CommitRises().commitFell(node('n0', { commit: 4 }), 5)).toContain('n0 had committed up to entry 5');
});

test('an entry that is committed without a majority, or by one of members in doubt', () => {
  const voters = ['n0', 'n1', 'n2'];
  const member = (name: string, inDoubt = false) =>
    node(name, { inDoubt, chains: [0, 11], replica: { term: 1, status: () => ({ voters }) } });
  const invariant = new CommittedByMajority();
  invariant.appended(member('n0'), 1, 1, 11);
  invariant.appended(member('n1', true), 1, 1, 11);
  invariant.appended(member('n2'), 1, 1, 99);
  expect(invariant.firstCommitted(member('n0'), entry(1, 0))).toContain('which only n0 of n0, n1, n2 had');
  invariant.doubtEnded(member('n1'));
  expect(invariant.firstCommitted(member('n0'), entry(1, 0))).toBeUndefined();
  const founding = new CommittedByMajority();
  founding.sent(member('n0', true), {
    type: 'doubt-vote',
    from: 'n0',
    to: 'n1',
    term: 1,
    lastIndex: 0,
    lastTerm: 0,
    transfer: false,
  });
  expect(founding.firstCommitted(member('n0'), entry(1, 0))).toBeUndefined();
});

test('a queue with a gap, and an offset that is used twice', () => {
  const gap = new QueueOffsetsInOrder();
  expect(gap.firstCommitted(node('n0'), entry(1, 0, 1))).toBeUndefined();
  expect(gap.firstCommitted(node('n0'), entry(2, 3))).toContain('offset 3 of T/0, where 2 is due');
  const twice = new QueueOffsetsInOrder();
  expect(twice.firstCommitted(node('n0'), entry(1, 0))).toBeUndefined();
  expect(twice.firstCommitted(node('n0'), entry(2, 0))).toContain('offset 0 of T/0, where 1 is due');
});

test('members whose queues end elsewhere than the log says', () => {
  const invariant = new QueueOffsetsInOrder();
  invariant.firstCommitted(node('n0'), entry(1, 0, 1));
  const member = (next: number, max: number) =>
    node('n0', { data: { store: { nextOffset: () => next, maxOffset: () => max } } });
  expect(invariant.healed([member(2, 2)])).toBeUndefined();
  expect(invariant.healed([member(3, 2)])).toContain('3 as the next offset');
  expect(invariant.healed([member(2, 1)])).toContain('ends at 1');
});

test('another state after the same entries', () => {
  const member = (name: string, hash: string, snapshotIndex = 0) =>
    node(name, {
      applied: 32,
      data: { state: { hash: () => hash }, store: { queueOffsets: () => new Map() } },
      stateFrom: snapshotIndex,
    });
  const invariant = new SameState();
  expect(invariant.applied(member('n0', 'a'), 32)).toBeUndefined();
  expect(invariant.applied(member('n1', 'a'), 32)).toBeUndefined();
  expect(invariant.applied(member('n2', 'b'), 32)).toContain('n2 has another state than n0');
  expect(invariant.applied(member('n2', 'b', 32), 32)).toContain('n2');
  expect(invariant.applied(member('n2', 'b', 33), 32)).toBeUndefined();
  expect(invariant.healed([member('n2', 'b')])).toContain('n2');
});

test('an acknowledgement of what is not committed, or stands elsewhere', () => {
  const invariant = new AcknowledgedKept(ledgerOf(entry(1, 0)));
  const send = { topic: 'T', queueId: 0, queueOffset: 0, position: 100, value: '#0' };
  expect(invariant.acknowledged(send)).toBeUndefined();
  expect(invariant.acknowledged({ ...send, position: 200 })).toContain('only 200 bytes are committed');
  expect(invariant.acknowledged({ ...send, position: Number.NaN })).toContain('are committed');
  expect(invariant.acknowledged({ ...send, value: '#9' })).toContain('where #0 is committed');
});

test('a message that is seen before it is committed, or at another place', () => {
  const invariant = new CommittedSeen(ledgerOf(entry(1, 0)));
  const message = { topic: 'T', queueId: 0, queueOffset: 0, position: 100, value: '#0' };
  expect(invariant.seen(message)).toBeUndefined();
  expect(invariant.seen({ ...message, position: 300 })).toContain('before it was committed');
  expect(invariant.seen({ ...message, queueOffset: 1 })).toContain('where nothing is committed');
});

test('topics, groups and offsets that a leader lost', () => {
  const invariant = new MetadataKept();
  const leader = (topics: string[], offset: number, groups = ['G']) => {
    const state = {
      topics: { get: (name: string) => topics.find((one) => one === name) },
      groups: { get: (name: string) => groups.find((one) => one === name) },
      offsets: { get: () => offset },
    };
    return node('n0', { data: { state } });
  };
  invariant.topicIs('A', true);
  invariant.topicIs('B', false);
  invariant.groupIs('G', true);
  invariant.groupIs('H', false);
  invariant.offsetStored('g', 'A', 0, 5);
  expect(invariant.serves(leader(['A'], 5))).toBeUndefined();
  expect(invariant.serves(leader([], 5))).toContain('lacks topic A');
  expect(invariant.serves(leader(['A', 'B'], 5))).toContain('still has topic B');
  expect(invariant.healed([leader(['A'], 4)])).toContain('5 was answered with success');
  expect(invariant.serves(leader(['A'], 5, []))).toContain('lacks group G');
  expect(invariant.serves(leader(['A'], 5, ['G', 'H']))).toContain('still has group H');
  invariant.groupInDoubt('G');
  expect(invariant.serves(leader(['A'], 5, []))).toBeUndefined();
  invariant.offsetInDoubt('g', 'A', 0);
  invariant.topicInDoubt('A');
  expect(invariant.serves(leader([], 4, []))).toBeUndefined();
});

function record(
  topic: string,
  queueId: number,
  value: string,
  storeTimestamp: number,
  position: number,
): CommittedRecord {
  const message = {
    ...emptyPutMessage(),
    topic,
    queueId,
    body: bodyOf(value, 20),
    storeTimestamp,
    position,
    storeHost: new Uint8Array(8),
  };
  const fields = { ...message, topic: Buffer.from(topic), properties: Buffer.alloc(0) };
  const bytes = Buffer.alloc(recordSize(fields));
  encodeRecord(bytes, 0, fields);
  return { topic, queueId, queueOffset: 0, position, sysFlag: 0, body: message.body, bytes };
}

test('a record whose store time is below that of one before it', () => {
  const invariant = new StoreTimeRises();
  const commit = (...records: CommittedRecord[]) => invariant.firstCommitted(node('n0'), { records });
  expect(commit(record('A', 0, '#1', 10_000, 100), record('B', 0, '#2', 10_000, 200))).toBeUndefined();
  expect(commit(record('A', 1, '#3', 10_001, 300))).toBeUndefined();
  expect(commit(record('A', 0, '#4', 10_000, 400))).toContain('n0 commits a record at 400 that is 1 ms older');
});

test('a batch that is not whole in one entry', () => {
  const sent = ['#0', '#1', '#2'];
  const commit = (...entries: readonly CommittedEntry[]) => {
    const invariant = new BatchWhole();
    invariant.batchSent(sent);
    return entries.map((each) => invariant.firstCommitted(node('n0'), each)).find((text) => text !== undefined);
  };
  expect(commit(entry(1, 7), entry(2, 0, 1, 2), entry(3, 8, 9))).toBeUndefined();
  expect(commit(entry(1, 0, 1, 2), entry(2, 0, 1, 2))).toBeUndefined();
  expect(commit(entry(1, 7, 0, 1, 2, 8))).toBeUndefined();
  expect(commit(entry(1, 0), entry(2, 1), entry(3, 2))).toContain(
    'entry 1 with 1 of the 3 messages of the batch #0 #1 #2: #1 does not stand behind them',
  );
  expect(commit(entry(1, 0, 1), entry(2, 2))).toContain('entry 1 with 2 of the 3');
  expect(commit(entry(1, 1, 2))).toContain('entry 1 with 0 of the 3');
  expect(commit(entry(1, 0, 1, 7, 2))).toContain('#2 does not stand behind');
  expect(commit(entry(1, 0, 1, 2, 0, 1))).toContain('entry 1 with 2 of the 3');
  const elsewhere = entry(1, 0, 1, 2);
  const last = elsewhere.records[2] as CommittedRecord;
  for (const change of [{ queueId: 1 }, { topic: 'U' }, { queueOffset: 5 }])
    expect(commit({ ...elsewhere, records: [...elsewhere.records.slice(0, 2), { ...last, ...change }] })).toContain(
      '2 of the 3',
    );
});

test('a delayed message that is delivered early, twice or never', () => {
  const invariant = new DelaysInTime({ mayRepeat: false });
  const commit = (...records: CommittedRecord[]) => invariant.firstCommitted(node('n0'), { records });
  expect(commit(record(SCHEDULE_TOPIC, 0, '#1', 10_000, 100))).toBeUndefined();
  expect(commit(record(SCHEDULE_TOPIC, 1, '#2', 10_000, 200))).toBeUndefined();
  expect(invariant.isDoneFrom(0)).toBe(false);
  expect(commit(record(DELAY_TOPIC, 0, '#1', 11_000, 300))).toBeUndefined();
  expect(commit(record(DELAY_TOPIC, 0, '#1', 12_000, 400))).toContain('#1 is delivered, though');
  expect(invariant.isDoneFrom(200)).toBe(false);
  expect(invariant.isDoneFrom(201)).toBe(true);
  expect(commit(record(DELAY_TOPIC, 0, '#2', 14_999, 500))).toContain('#2 is delivered 1 ms early');
});

test('a byte that differs below commit', () => {
  const member = (name: string, bytes: Buffer) =>
    node(name, {
      log: { segments: { minPosition: 0, readSync: (at: number, length: number) => bytes.subarray(at, at + length) } },
    });
  const invariant = new SameBytes(ledgerOf(entry(1, 0)));
  const bytes = Buffer.alloc(200, 5);
  const other = Buffer.from(bytes);
  other[150] = 6;
  expect(invariant.healed([member('n0', bytes), member('n1', Buffer.from(bytes))])).toBeUndefined();
  expect(invariant.healed([member('n0', bytes), member('n1', other)])).toContain('the logs of n0 and n1 differ');
  expect(invariant.healed([member('n0', bytes), member('n1', bytes.subarray(0, 100))])).toContain('differ');
});
