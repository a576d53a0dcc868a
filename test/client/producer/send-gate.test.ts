import { describe, expect, it } from 'vitest';
import { type GateWaiter, SendGate } from '../../../src/client/producer/send-gate.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

function setUp(count: number, deadlineMs = 1_000) {
  const platform = createVirtualPlatform();
  const gate = new SendGate(platform.clock, platform.timers);
  const events: string[] = [];
  const waiters = Array.from({ length: count }, (_, n): GateWaiter => {
    return {
      deadlineMs,
      look: () => events.push(`look ${n}`),
      proceed: () => events.push(`go ${n}`),
      expire: () => events.push(`late ${n}`),
    };
  });
  for (const waiter of waiters) gate.wait(waiter);
  return { platform, gate, events, waiters };
}

describe('SendGate', () => {
  it('lets one try at a time, in order', () => {
    const { platform, events } = setUp(3);
    platform.world.advance(10);
    expect(events).toEqual(['look 0']);
    platform.world.advance(100);
    expect(events).toEqual(['look 0', 'look 1', 'look 2']);
    expect(platform.timers.pending).toBe(0);
  });

  it('lets all go when one came through', () => {
    const { platform, gate, events } = setUp(4);
    platform.world.advance(10);
    gate.open();
    expect(events).toEqual(['look 0', 'go 1', 'go 2', 'go 3']);
    expect(platform.timers.pending).toBe(0);
  });

  it('tells those whose time is up, and forgets those that leave', () => {
    const { platform, gate, events, waiters } = setUp(3, 15);
    gate.leave(waiters[1]!);
    platform.world.advance(10);
    platform.world.advance(20);
    expect(events).toEqual(['look 0', 'late 2']);
    expect(platform.timers.pending).toBe(0);
  });
});
