import { beforeEach, expect, test } from 'vitest';
import { type HeldPull, PullHold } from '../../../src/broker/longpoll/pull-hold.ts';
import { createVirtualPlatform, type VirtualPlatform } from '../../support/virtual-platform.ts';

let platform: VirtualPlatform;
let hold: PullHold;
let resumed: string[];

beforeEach(() => {
  platform = createVirtualPlatform();
  hold = new PullHold(platform.clock, platform.timers, 4);
  resumed = [];
});

function pull(name: string, fields: Partial<HeldPull> = {}): HeldPull {
  return {
    topic: 'T',
    queueId: 0,
    offset: 5,
    filter: undefined,
    deadlineMs: 10_000,
    closed: false,
    resume: () => resumed.push(`${name} at ${Math.round(platform.clock.monotonicMs())}`),
    ...fields,
  };
}

test('wakes those that wait for the queue, the offset and the tag, once each', () => {
  hold.hold(pull('any'));
  hold.hold(pull('further', { offset: 6 }));
  hold.hold(pull('tag 7', { filter: { matchesTagsCode: (code) => code === 7 } }));
  hold.hold(pull('other queue', { queueId: 1 }));
  hold.messagesArrived('T', 0, 5, 7);
  expect(resumed).toEqual([]);
  hold.messagesArrived('T', 0, 6, 8);
  expect(resumed).toEqual(['any at 0']);
  hold.messagesArrived('T', 0, 7, undefined);
  expect(resumed.slice(1)).toEqual(['further at 0', 'tag 7 at 0']);
  hold.messagesArrived('T', 0, 8, 7);
  expect(resumed).toHaveLength(3);
  expect(hold.size).toBe(1);
});

test('gives up at the deadline, the earliest first, and leaves no timer behind', () => {
  hold.hold(pull('late', { deadlineMs: 3_000 }));
  hold.hold(pull('early', { deadlineMs: 1_000 }));
  hold.hold(pull('woken', { deadlineMs: 2_000, queueId: 1 }));
  hold.messagesArrived('T', 1, 9, undefined);
  platform.world.advance(5_000);
  expect(resumed).toEqual(['woken at 0', 'early at 1000', 'late at 3000']);
  expect(platform.timers.pending).toBe(0);
});

test('refuses more than its limit, and forgets closed connections without resuming them', () => {
  let closed = false;
  for (let i = 0; i < 4; i++) {
    const held = pull(`p${i}`);
    expect(hold.hold(Object.defineProperty(held, 'closed', { get: () => closed }))).toBe(true);
  }
  expect(hold.hold(pull('one more'))).toBe(false);
  closed = true;
  hold.messagesArrived('T', 0, 1, undefined);
  expect(resumed).toEqual([]);
  expect(hold.size).toBe(0);
});

test('lets go of closed connections when it is asked to, and of nobody else', () => {
  let closed = false;
  for (const queueId of [0, 0, 1]) {
    hold.hold(Object.defineProperty(pull('gone', { queueId }), 'closed', { get: () => closed }));
  }
  hold.hold(pull('stays'));
  hold.dropClosed();
  expect(hold.size).toBe(4);
  closed = true;
  hold.dropClosed();
  expect(hold.size).toBe(1);
  hold.messagesArrived('T', 1, 9, undefined);
  expect(resumed).toEqual([]);
  hold.messagesArrived('T', 0, 9, undefined);
  expect(resumed).toEqual(['stays at 0']);
  platform.world.advance(20_000);
  expect(platform.timers.pending).toBe(0);
});

test('a pull that waits again while it is resumed is not woken twice by the same arrival', () => {
  const again = pull('again', {
    resume: () => {
      resumed.push('first');
      hold.hold(pull('second', { offset: 6 }));
    },
  });
  hold.hold(again);
  hold.messagesArrived('T', 0, 6, undefined);
  expect(resumed).toEqual(['first']);
  hold.resumeAll();
  expect(resumed).toEqual(['first', 'second at 0']);
  expect(platform.timers.pending).toBe(0);
});
