import { expect, test } from 'vitest';
import type { DurableLog } from '../../../cluster/raft-storage/durable-log.ts';
import { checkReplicas } from '../../../jepsen-lite/checker/replica-checker.ts';
import { CommitRises } from '../../../jepsen-lite/invariant/commit-rises.ts';
import { Judge } from '../../../jepsen-lite/invariant/judge.ts';
import { LogMatching } from '../../../jepsen-lite/invariant/log-matching.ts';
import type { Machine } from '../../../jepsen-lite/invariant/machine.ts';
import type { RaftMember } from '../../../jepsen-lite/invariant/raft-member.ts';
import { ReplicaEvents } from '../../../jepsen-lite/invariant/replica-events.ts';
import { directory, openLog, persist, propose } from '../../cluster/raft-storage/log-fixture.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

/** Two entries of this size fill a file. */
const SIZE = 300;
/** Here entry 3 stands. */
const SECOND_FILE = `${directory}/00000000000000001024`;

/** A judge that holds log matching, and the indexes of the entries that it hears of. */
function judgeOfLogs(): { judge: Judge; told: number[] } {
  const told: number[] = [];
  const hearing = {
    name: 'hearing',
    appended(_node: unknown, index: number): undefined {
      told.push(index);
    },
  };
  const invariants = () => [new LogMatching(), hearing];
  return { judge: new Judge({ names: ['n0'], nowMs: () => 0, note: () => {}, invariants }), told };
}

/** A process of the member over this log, which follows and has committed and applied nothing. */
function start(judge: Judge, log: DurableLog): void {
  const storage = { log, hardState: { record: { inDoubt: false } } };
  const replica = { isLeader: false, term: 1, commitIndex: 0 };
  const member = { storage, replica, transport: { send: () => {} }, appliedIndex: 0, serving: false };
  judge.opened('n0', member as unknown as RaftMember, {} as Machine);
}

/** A log with one entry for each fill byte, in its files. */
function written(platform: VirtualPlatform, fills: readonly number[]): DurableLog {
  const { log } = openLog(platform);
  for (const fill of fills) propose(log, 1, SIZE, fill);
  persist(platform, log, true);
  return log;
}

/** The same with entry 3 damaged, as a start finds it. */
function damaged(world: VirtualWorld, name: string, fills: readonly number[]): DurableLog {
  const before = world.start(name);
  written(before, fills);
  before.crash();
  world.disk(name).rot(SECOND_FILE, 100);
  const { log } = openLog(world.start(name), { hasPeers: true });
  expect(log.gaps.all).toMatchObject([{ first: 3, last: 3 }]);
  return log;
}

test('an entry that cannot be read is told when it is repaired', () => {
  const world = new VirtualWorld();
  const { judge, told } = judgeOfLogs();
  const whole = written(world.start('whole'), [1, 2, 3, 4, 5]);
  start(judge, whole);
  // It cut its log at a damaged place, and then its disk was set back to before that.
  start(judge, written(world.start('short'), [1, 2]));
  told.length = 0;
  const log = damaged(world, 'set back', [1, 2, 3, 4, 5]);
  start(judge, log);
  expect([judge.violation, told]).toEqual([undefined, [4, 5]]);
  judge.watch('n0').look();
  expect(told).toEqual([4, 5]);

  world.disk('set back').rot(SECOND_FILE, 100);
  log.closeGap(log.gaps.all[0]!, [{ first: 3, term: 1 }]);
  judge.watch('n0').look();
  expect([judge.violation, told]).toEqual([undefined, [4, 5, 3]]);
  expect(judge.watch('n0').chains).toEqual([0, 1, 2, 3, 4, 5].map((index) => whole.chainCrc(index)));
});

test('a commit index that falls is told, unless a new process begins', () => {
  const platform = new VirtualWorld().start('n0');
  const log = written(platform, [1, 2, 3]);
  const replica = { isLeader: false, term: 1, commitIndex: 3 };
  const events = new ReplicaEvents(() => 0);
  const invariants = () => [new CommitRises(), events];
  const judge = new Judge({ names: ['n0'], nowMs: () => 0, note: () => {}, invariants });
  const storage = { log, hardState: { record: { inDoubt: false } } };
  const member = { storage, replica, transport: { send: () => {} }, appliedIndex: 0, serving: false };
  const open = () => judge.opened('n0', member as unknown as RaftMember, {} as Machine);
  // What is committed is not looked at here: its bodies are no records.
  for (const index of [1, 2, 3]) judge.ledger.add({ index, term: 1, chainCrc: 0, end: 0, records: [] });
  open();
  replica.commitIndex = 1;
  open();
  expect(judge.violation).toBeUndefined();
  expect(checkReplicas([], events.events, { healed: true }).findings).toEqual([]);
  replica.commitIndex = 0;
  judge.watch('n0').look();
  expect(judge.violation).toMatchObject({ invariant: 'commit-rises' });
  const [finding] = checkReplicas([], events.events, { healed: true }).findings;
  expect(finding?.anomaly).toBe('commit-regressed');
});

test('another history is seen across a damaged place, and in it when it can be read', () => {
  const world = new VirtualWorld();
  const whole = written(world.start('whole'), [1, 2, 3, 4, 5]);
  const behind = judgeOfLogs().judge;
  start(behind, whole);
  start(behind, damaged(world, 'other', [1, 2, 9, 4, 5]));
  expect(behind.violation?.text).toContain('n0 has another entry 4 of term 1');

  const { judge } = judgeOfLogs();
  const log = damaged(world, 'another', [1, 2, 9, 4, 5]);
  start(judge, log);
  world.disk('another').rot(SECOND_FILE, 100);
  log.closeGap(log.gaps.all[0]!, [{ first: 3, term: 1 }]);
  judge.watch('n0').look();
  expect(judge.violation).toBeUndefined();
  start(judge, written(world.start('short'), [1, 2, 3]));
  expect(judge.violation?.text).toContain('n0 has another entry 3 of term 1');
});

test('the entry that a log begins behind is known, and no other that it does not hold', () => {
  const { judge } = judgeOfLogs();
  const chainCrc = (index: number) => (index === 187 ? 22 : 0);
  start(judge, { firstIndex: 188, lastIndex: 187, chainCrc, holds: () => false } as unknown as DurableLog);
  const watch = judge.watch('n0');
  expect([186, 187, 188].map((index) => watch.chainAt(index))).toEqual([undefined, 22, undefined]);
  start(judge, written(new VirtualWorld().start('n0'), [1]));
  expect(watch.chainAt(1)).toBe(watch.log.chainCrc(1));
});
