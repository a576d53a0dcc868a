import { describe, expect, test } from 'vitest';
import { checkReplicas } from '../../../jepsen-lite/checker/replica-checker.ts';
import type { ReplicaEntry, ReplicaEvent, ReplicaState } from '../../../jepsen-lite/checker/replica-state.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';

type Input = { states: readonly ReplicaState[]; events: readonly ReplicaEvent[]; healed: boolean };

/** Entry `index` holds one message: offset index - 1 of queue q, 100 bytes at position 100 * index. */
function entry(index: number, changes: Partial<ReplicaEntry> = {}): ReplicaEntry {
  const position = 100 * index;
  const messages = [{ key: 'q', offset: index - 1, position: position + 48, byteLength: 52 }];
  return { index, term: 1, position, byteLength: 100, crc: 7 * index, messages, ...changes };
}

const unit = (index: number) => ({ position: 100 * index + 48, byteLength: 52 });

/** A replica with entries 1 to 3, all committed, and their queue. */
function replica(node: string, changes: Partial<ReplicaState> = {}): ReplicaState {
  const queues = [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2), unit(3)] }];
  return { node, timeNs: 50, commitIndex: 3, entries: [entry(1), entry(2), entry(3)], queues, ...changes };
}

const twins = [replica('n0'), replica('n1')];

function group(
  name: string,
  valid: true | false | 'unknown',
  anomalies: string[],
  changes: Partial<Input>,
): AnomalyCase<Input> {
  return { name, valid, anomalies, input: { states: twins, events: [], healed: true, ...changes } };
}

const withSecond = (changes: Partial<ReplicaState>) => ({ states: [replica('n0'), replica('n1', changes)] });
const withEvents = (...events: ReplicaEvent[]) => ({ events });
const leads = (node: string, term: number): ReplicaEvent => ({ kind: 'leader', node, term, timeNs: 1 });
const enters = (node: string, term: number): ReplicaEvent => ({ kind: 'term', node, term, timeNs: 1 });
const starts = (node: string, hardStateLost = false): ReplicaEvent => ({
  kind: 'start',
  node,
  hardStateLost,
  timeNs: 1,
});
const votes = (node: string, term: number, candidate: string): ReplicaEvent => ({
  kind: 'vote',
  node,
  term,
  candidate,
  timeNs: 1,
});
const commits = (node: string, index: number, entryTerm?: number): ReplicaEvent => ({
  kind: 'commit',
  node,
  index,
  entryTerm,
  timeNs: 1,
});

const cases: AnomalyCase<Input>[] = [
  group('nothing', 'unknown', [], { states: [] }),
  group('one replica', 'unknown', [], { states: [replica('n0')] }),
  group('replicas of nothing', 'unknown', [], {
    states: twins.map((state) => ({ ...state, commitIndex: 0, entries: [], queues: [] })),
  }),
  group('two alike', true, [], {}),
  group('two alike while faults are on', 'unknown', [], { healed: false }),
  group('other bytes', false, ['log-mismatch'], withSecond({ entries: [entry(1), entry(2, { crc: 1 }), entry(3)] })),
  group('another term', false, ['log-mismatch'], withSecond({ entries: [entry(1), entry(2), entry(3, { term: 2 })] })),
  group(
    'other bytes at the first entry that is kept by both',
    false,
    ['log-mismatch'],
    withSecond({ entries: [entry(2, { crc: 1 }), entry(3)] }),
  ),
  group('other bytes above commit', true, [], {
    states: [
      replica('n0', { entries: [entry(1), entry(2), entry(3), entry(4)] }),
      replica('n1', { entries: [entry(1), entry(2), entry(3), entry(4, { term: 2, crc: 5 })] }),
    ],
  }),
  group('one keeps less', true, [], withSecond({ entries: [entry(2), entry(3)] })),
  group('a hole', false, ['missing-entry'], {
    states: twins.map((state) => ({
      ...state,
      commitIndex: 4,
      entries: [entry(1), entry(2), entry(4, { messages: [] })],
      queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2)] }],
    })),
  }),
  group('the log ends below commit', false, ['missing-entry'], {
    states: twins.map((state) => ({ ...state, commitIndex: 4 })),
  }),
  group('one is behind', false, ['not-converged'], {
    states: [
      replica('n0'),
      replica('n1', { commitIndex: 2, queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2)] }] }),
    ],
  }),
  group('one is behind while faults are on', 'unknown', [], {
    states: [
      replica('n0'),
      replica('n1', { commitIndex: 2, queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2)] }] }),
    ],
    healed: false,
  }),
  group(
    'the queue lacks its end',
    false,
    ['queue-missing'],
    withSecond({ queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2)] }] }),
  ),
  group('the queue is missing', false, ['queue-missing'], withSecond({ queues: [] })),
  group(
    'the queue names another place',
    false,
    ['queue-mismatch'],
    withSecond({ queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(3), unit(3)] }] }),
  ),
  group('the queue shows what is not committed', false, ['queue-extra'], {
    states: twins.map((state) => ({
      ...state,
      entries: [...state.entries, entry(4)],
      queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2), unit(3), unit(4)] }],
    })),
  }),
  group(
    'a queue of nothing',
    false,
    ['queue-extra'],
    withSecond({ queues: [...replica('n1').queues, { key: 'p', firstOffset: 0, units: [unit(2)] }] }),
  ),
  group('a queue that is older than the log', true, [], withSecond({ entries: [entry(2), entry(3)] })),
  group('a gap between offsets', false, ['queue-gap', 'queue-missing'], {
    states: twins.map((state) => ({
      ...state,
      entries: [entry(1), entry(2), entry(3, { messages: [{ key: 'q', offset: 7, position: 348, byteLength: 52 }] })],
      queues: [{ key: 'q', firstOffset: 0, units: [unit(1), unit(2)] }],
    })),
  }),
  group(
    'a quiet life',
    true,
    [],
    withEvents(
      starts('n0'),
      enters('n0', 1),
      votes('n1', 1, 'n0'),
      votes('n0', 1, 'n0'),
      leads('n0', 1),
      leads('n0', 1),
      commits('n0', 1, 1),
      commits('n1', 1, 1),
      commits('n0', 5, 1),
      votes('n1', 2, 'n1'),
      leads('n1', 2),
    ),
  ),
  group('two leaders of one term', false, ['two-leaders'], withEvents(leads('n0', 3), leads('n1', 3))),
  group('two votes in one term', false, ['double-vote'], withEvents(votes('n0', 3, 'n1'), votes('n0', 3, 'n2'))),
  group(
    'a vote is forgotten in a restart',
    false,
    ['double-vote'],
    withEvents(votes('n0', 3, 'n1'), starts('n0'), votes('n0', 3, 'n2')),
  ),
  group('the same vote again', true, [], withEvents(votes('n0', 3, 'n1'), starts('n0'), votes('n0', 3, 'n1'))),
  group('a term goes back', false, ['term-regressed'], withEvents(enters('n0', 3), starts('n0'), enters('n0', 2))),
  group(
    'term and vote are forgotten with the disk',
    true,
    [],
    withEvents(votes('n0', 3, 'n0'), leads('n0', 4), starts('n0', true), votes('n0', 3, 'n1'), enters('n0', 3)),
  ),
  group(
    "another's disk was lost",
    false,
    ['double-vote', 'term-regressed'],
    withEvents(votes('n0', 3, 'n0'), enters('n0', 4), starts('n1', true), starts('n0'), votes('n0', 3, 'n1')),
  ),
  group(
    'two votes in one term after the disk was lost',
    false,
    ['double-vote'],
    withEvents(starts('n0', true), votes('n0', 3, 'n0'), starts('n0'), votes('n0', 3, 'n1')),
  ),
  group(
    'two leaders of one term by a vote that was lost with the disk',
    false,
    ['two-leaders'],
    withEvents(votes('n0', 3, 'n1'), leads('n1', 3), starts('n0', true), votes('n0', 3, 'n2'), leads('n2', 3)),
  ),
  group('a commit goes back', false, ['commit-regressed'], withEvents(commits('n0', 5), commits('n0', 4))),
  group(
    'a commit goes back in a restart',
    true,
    [],
    withEvents(commits('n0', 5, 1), starts('n0'), commits('n0', 4, 1)),
  ),
  group('a commit changes', false, ['committed-changed'], withEvents(commits('n0', 5, 1), commits('n1', 5, 2))),
];

const check = ({ states, events, healed }: Input) => checkReplicas(states, events, { healed });

test('is right about every case', () => {
  expect(complaintsOf(check, cases)).toEqual([]);
});

test('a finding names what differs', () => {
  const [finding] = check({
    states: [replica('n0'), replica('n1', { entries: [entry(1), entry(2, { crc: 1 }), entry(3)] })],
    events: [],
    healed: true,
  }).findings;
  expect(finding).toMatchObject({
    node: 'n1',
    offset: 2,
    timeNs: 50,
    message: 'entry 2 has crc 1 on n1, but 14 on n0',
  });
});

describe('a broken checker is caught', () => {
  const [file, queues] = ['replica-checker.ts', 'replica-queues.ts'] as const;
  const mutations: Mutation[] = [
    [
      'bytes are not compared',
      file,
      "(['term', 'position', 'byteLength', 'crc'] as const)",
      "(['term', 'position'] as const)",
    ],
    ['terms are not compared', file, "(['term', 'position', 'byteLength', 'crc'] as const)", "(['crc'] as const)"],
    ['what is not committed is compared', file, 'if (entry.index > commitIndex) break;', ''],
    ['nothing is compared', file, 'if (entry.index > commitIndex) break;', 'break;'],
    ['holes are fine', file, 'if (index !== expected)', 'if (false)'],
    ['a short log is fine', file, 'if (expected <= commitIndex)', 'if (false)'],
    ['nobody needs to converge', file, 'if (options.healed) judge', 'if (false) judge'],
    ['one replica is enough', file, 'states.length < 2', 'states.length < 0'],
    ['faults may be on', file, 'if (!options.healed) findings', 'if (false) findings'],
    ['two leaders are fine', file, 'if (other !== node)', 'if (false)'],
    ['two votes are fine', file, 'if (other !== event.candidate)', 'if (false)'],
    ['votes are forgotten in a restart', file, 'own.commitIndex = 0;', 'own.commitIndex = 0; own.votes.clear();'],
    ['a lost disk remembers its term', file, 'own.term = 0;', ''],
    ['a lost disk remembers its votes', file, '        own.votes.clear();', ''],
    ['each start may have lost its disk', file, 'if (event.hardStateLost)', 'if (true)'],
    ['who led is forgotten with a disk', file, 'own.term = 0;', 'own.term = 0; leaders.clear();'],
    ['terms may go back', file, 'event.term < own.term', 'false'],
    ['commits may go back', file, 'index < own.commitIndex', 'false'],
    ['commits are remembered over a restart', file, 'own.commitIndex = 0;', ''],
    ['commits may change', file, 'if (other.term !== entryTerm)', 'if (false)'],
    ['queues may lack messages', queues, "findings.add('queue-missing'", "[].concat('queue-missing'"],
    ['queues may name other places', queues, 'unit.position !== position', 'false'],
    ['queues may show more', queues, 'messages?.has(offset)', 'true'],
    ['queues are as old as the log', queues, 'position < firstPosition || ', ''],
    ['queues show what is not committed', queues, 'if (entry.index > state.commitIndex) break;', ''],
    ['gaps are fine', queues, 'offset !== expected)', 'false)'],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkReplicas: typeof checkReplicas }>(file, mutation);
    const broken = ({ states, events, healed }: Input) => mutant.checkReplicas(states, events, { healed });
    expect(complaintsOf(broken, cases)).not.toEqual([]);
  });
});
