import { describe, expect, test } from 'vitest';
import type { BrokerReport } from '../../../../cluster/launch/node-status.ts';
import { Ailing } from '../../../../jepsen-lite/live/chaos/ailing.ts';
import { LiveJudge } from '../../../../jepsen-lite/live/chaos/client-judge.ts';
import { controllerMode } from '../../../../jepsen-lite/live/chaos/controller-mode.ts';
import { dledgerMode } from '../../../../jepsen-lite/live/chaos/dledger-mode.ts';
import { HurtList } from '../../../../jepsen-lite/live/chaos/hurt-list.ts';
import { KnownEnds } from '../../../../jepsen-lite/live/chaos/known-ends.ts';
import type { Ailments } from '../../../../jepsen-lite/live/sick/ailments.ts';

function memberReport(inDoubt: boolean, damagedPlaces: number, passes: number): BrokerReport {
  return { ready: true, raft: { inDoubt, logCare: { damagedPlaces, scrub: { passes } } } } as unknown as BrokerReport;
}

describe('who may be hurt', () => {
  test.for([
    [3, 1],
    [5, 2],
  ] as const)('of %i members, %i at the same time', ([members, most]) => {
    const hurts = new HurtList(members);
    for (let number = 0; number < most; number++) {
      expect(hurts.mayHurt(`n${number}`)).toBe(true);
      hurts.hurt(`n${number}`, 1);
    }
    expect(hurts.mayHurt('n4')).toBe(false);
    // The same one again makes it no more.
    expect(hurts.mayHurt('n0')).toBe(true);
  });

  test('a member lacks nothing any more only after another start, when it says so', () => {
    const hurts = new HurtList(3);
    hurts.hurt('n0', 4);
    hurts.heard('n0', 4, true);
    hurts.heard('n0', 5, false);
    hurts.heard('n1', 5, true);
    expect(hurts.names).toEqual(['n0']);
    hurts.heard('n0', 5, true);
    expect(hurts.names).toEqual([]);
  });

  test('a member of a group is whole when it is free of doubt and damage, and looked through', () => {
    const isWhole = (report: BrokerReport): boolean => dledgerMode.isWhole(report, false, 0);
    expect(isWhole(memberReport(false, 0, 1))).toBe(true);
    expect(isWhole(memberReport(true, 0, 1))).toBe(false);
    expect(isWhole(memberReport(false, 1, 1))).toBe(false);
    expect(isWhole(memberReport(false, 0, 0))).toBe(false);
    expect(isWhole({ ready: true })).toBe(false);
    expect(dledgerMode.mayLose(false)).toBe(true);
  });

  test('in Controller mode a broker may lose its disk while all are in the set, and is whole when they are again', () => {
    expect([controllerMode.mayLose(true), controllerMode.mayLose(false)]).toEqual([true, false]);
    const report = { ready: true };
    expect(controllerMode.isWhole(report, true, 5_000)).toBe(true);
    expect(controllerMode.isWhole(report, false, 5_000)).toBe(false);
    expect(controllerMode.isWhole(report, true, 500)).toBe(false);
  });
});

describe('up to where a member certainly holds what others hold', () => {
  const MARGIN = 1 << 18;

  test('is what was acknowledged before the leader told a commit index that the member has applied and written', () => {
    const ends = new KnownEnds();
    ends.committed(10, MARGIN + 1_000);
    ends.committed(20, MARGIN + 5_000);
    ends.heard('n1', 20, 19);
    expect(ends.endOf('n1')).toBe(1_000);
    ends.heard('n1', 25, 25);
    expect(ends.endOf('n1')).toBe(5_000);
    ends.heard('n2', 9, 9);
    expect(ends.endOf('n2')).toBe(0);
  });

  test('is nothing once the disk is lost', () => {
    const ends = new KnownEnds();
    ends.committed(10, MARGIN + 1_000);
    ends.heard('n1', 10, 10);
    ends.forget('n1');
    expect(ends.endOf('n1')).toBe(0);
  });
});

test('illnesses that overlap add up, and each ends by itself', () => {
  let told: Partial<Ailments> = {};
  const ailing = new Ailing({ tell: (_name, ailments) => (told = ailments) });
  const endFull = ailing.add('n0', { diskFull: true });
  const endJump = ailing.add('n0', { clockOffsetMs: 5_000 });
  expect(told).toEqual({ diskFull: true, clockOffsetMs: 5_000 });
  endFull();
  expect(told).toEqual({ clockOffsetMs: 5_000 });
  endJump();
  expect(told).toEqual({});
  const endLast = ailing.add('n0', { diskFull: true });
  ailing.healAll();
  told = { diskFull: true };
  endLast();
  expect(told).toEqual({ diskFull: true });
});

describe('what clients are told', () => {
  const message = { topic: 'A', queueId: 1, queueOffset: 3, position: 700, value: '#5' };

  test('stays as it was', () => {
    const judge = new LiveJudge(() => 12);
    judge.acknowledged(message);
    judge.seen(message);
    judge.seen({ ...message, queueOffset: 4, position: 900, value: '#6' });
    expect(judge.violation).toBeUndefined();
    expect(judge.ledger.lengthOf('A', 1)).toBe(4);
    expect(judge.ledger.at('A', 1, 4)).toBe('#6');
    expect(judge.acknowledgedPosition).toBe(700);
  });

  test.for([{ value: '#7' }, { position: 800 }])('is a broken promise where it changes: %o', (other) => {
    const judge = new LiveJudge(() => 12);
    judge.acknowledged(message);
    judge.seen({ ...message, ...other });
    judge.broken('later', 'is not kept');
    expect(judge.violation).toMatchObject({ invariant: 'one-value-a-place', atMs: 12 });
  });
});
