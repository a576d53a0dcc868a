import { describe, expect, test } from 'vitest';
import { Ailing } from '../../../../jepsen-lite/live/chaos/ailing.ts';
import { LiveJudge } from '../../../../jepsen-lite/live/chaos/client-judge.ts';
import { HurtList } from '../../../../jepsen-lite/live/chaos/hurt-list.ts';
import { KnownEnds } from '../../../../jepsen-lite/live/chaos/known-ends.ts';
import type { Ailments } from '../../../../jepsen-lite/live/sick/ailments.ts';

const whole = { inDoubt: false, damagedPlaces: 0, scrubPasses: 1 };

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

  test('a member is whole only after another start, free of doubt and damage, and looked through', () => {
    const hurts = new HurtList(3);
    hurts.hurt('n0', 4);
    hurts.heard('n0', 4, whole);
    hurts.heard('n0', 5, { ...whole, inDoubt: true });
    hurts.heard('n0', 5, { ...whole, damagedPlaces: 1 });
    hurts.heard('n0', 5, { ...whole, scrubPasses: 0 });
    hurts.heard('n1', 5, whole);
    expect(hurts.names).toEqual(['n0']);
    hurts.heard('n0', 5, whole);
    expect(hurts.names).toEqual([]);
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
