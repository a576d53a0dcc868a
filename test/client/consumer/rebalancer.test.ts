import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RebalancePorts, Rebalancer } from '../../../src/client/consumer/rebalancer.ts';
import { type MessageQueue, queueKey } from '../../../src/client/message-queue.ts';

function queuesOf(topic: string, brokers: number, each: number): MessageQueue[] {
  return Array.from({ length: brokers * each }, (_, at) => ({
    topic,
    brokerName: `broker-${at % brokers}`,
    queueId: Math.floor(at / brokers),
  }));
}

class Member {
  readonly assigned = new Map<string, readonly MessageQueue[]>();
  unknown = 0;
  readonly errors: string[] = [];
  members: readonly string[] | undefined;
  queues: readonly MessageQueue[] | undefined;
  readonly ports: RebalancePorts = {
    queuesOf: async () => this.queues,
    membersOf: async () => this.members,
    assign: async (topic, queues) => void this.assigned.set(topic, queues),
    onUnknownHere: () => void this.unknown++,
    onError: (_topic, error) => void this.errors.push(error.message),
  };
}

describe('Rebalancer', () => {
  it('gives every queue to exactly one member that is known, whatever order the lists come in', async () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 1, max: 3 }), fc.nat(12), async (names, brokers, each) => {
        const queues = queuesOf('T', brokers, each);
        const given: string[] = [];
        for (const [index, name] of names.entries()) {
          const member = new Member();
          member.members = index % 2 === 0 ? names : names.toReversed();
          member.queues = index % 2 === 0 ? queues : queues.toReversed();
          await new Rebalancer(name, true, () => ['T'], member.ports).run();
          given.push(...(member.assigned.get('T') ?? []).map(queueKey));
        }
        expect(given.toSorted()).toEqual(queues.map(queueKey).toSorted());
      }),
      { numRuns: 50 },
    );
  });

  it('gives all queues to everybody when the group does not share', async () => {
    const member = new Member();
    member.queues = queuesOf('T', 2, 2);
    await new Rebalancer('x', false, () => ['T'], member.ports).run();
    expect(member.assigned.get('T')).toHaveLength(4);
  });

  it('changes nothing while no broker can name the members, or does not name this one', async () => {
    const member = new Member();
    member.queues = queuesOf('T', 1, 4);
    const rebalancer = new Rebalancer('x', true, () => ['T'], member.ports);
    await rebalancer.run();
    member.members = ['other'];
    await rebalancer.run();
    expect(member.assigned.size).toBe(0);
    expect(member.unknown).toBe(1);
  });

  it('runs once more for requests that come while it runs', async () => {
    const member = new Member();
    member.queues = queuesOf('T', 1, 4);
    member.members = ['x'];
    const rebalancer = new Rebalancer('x', true, () => ['T'], member.ports);
    const first = rebalancer.run();
    member.members = ['x', 'y'];
    await Promise.all([first, rebalancer.run(), rebalancer.run()]);
    expect(member.assigned.get('T')).toHaveLength(2);
  });

  it('reports a failing topic and goes on with the next', async () => {
    const member = new Member();
    member.members = ['x'];
    member.queues = queuesOf('U', 1, 1);
    const { queuesOf: working } = member.ports;
    const ports = {
      ...member.ports,
      queuesOf: (topic: string) => (topic === 'T' ? Promise.reject(new Error('no')) : working(topic)),
    };
    await new Rebalancer('x', true, () => ['T', 'U'], ports).run();
    expect(member.errors).toEqual(['no']);
    expect(member.assigned.get('U')).toHaveLength(1);
  });
});
