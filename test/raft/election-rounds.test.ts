import { describe, expect, it } from 'vitest';
import { Solo } from './solo.ts';
import { World } from './world.ts';

const group = ['n0', 'n1', 'n2'];

describe('after a lost round', () => {
  /** A candidate of term 2; n2 is not connected. */
  const split = (options: ConstructorParameters<typeof Solo>[0] = {}): Solo => {
    const solo = new Solo({ random: () => 0.99, ...options });
    solo.hello('n1');
    solo.ticks(3);
    solo.step('pre-vote-reply', 'n1', { term: 2, granted: true });
    expect(solo.node).toMatchObject({ role: 'candidate', term: 2 });
    return solo;
  };

  it('goes back to the pre-vote after a few ticks when nobody can win this term any more', () => {
    const solo = split();
    expect(solo.step('vote-reply', 'n1', {})).toEqual([]);
    expect(solo.node).toMatchObject({ role: 'follower', term: 2 });
    expect(solo.ticks(2)).toEqual([]);
    expect(solo.ticks(1)).toMatchObject([
      { type: 'pre-vote', to: 'n1', term: 3 },
      { type: 'pre-vote', to: 'n2', term: 3 },
    ]);
    expect(solo.node.term).toBe(2);
  });

  it('waits for those who can still answer, as long as they are connected', () => {
    const solo = split();
    solo.hello('n2');
    solo.step('vote-reply', 'n1', {});
    expect(solo.node.role).toBe('candidate');
    solo.node.closed('n2');
    expect(solo.node.role).toBe('follower');
    expect(solo.ticks(3).map((m) => m.type)).toEqual(['pre-vote', 'pre-vote']);
  });

  it('does not give up because nobody is there to refuse', () => {
    const solo = split();
    solo.node.closed('n1');
    solo.ticks(50);
    expect(solo.node.role).toBe('candidate');
  });

  it('knows it by a refusal of a higher term, too, and by a vote that it refuses', () => {
    const behind = split();
    behind.step('vote-reply', 'n1', { term: 7 });
    expect(behind.ticks(3)).toMatchObject([{ type: 'pre-vote', term: 8 }, {}]);
    const better = split({ log: [1, 1] });
    better.step('vote', 'n2', { term: 5, lastTerm: 1, lastIndex: 1 });
    expect(better.last('vote-reply')).toMatchObject({ granted: false });
    expect(better.ticks(3)).toMatchObject([{ type: 'pre-vote', term: 6 }, {}]);
  });

  it('waits longer each time, up to the election timeout, until there is a leader', () => {
    const solo = new Solo({ random: () => 0.99 });
    solo.hello('n1');
    const waits: number[] = [];
    const lose = (times: number): number[] => {
      waits.length = 0;
      for (let at = solo.node.now; waits.length < times; at = solo.node.now) {
        while (!solo.ticks(1).some((m) => m.type === 'pre-vote')) expect(solo.node.now - at).toBeLessThan(150);
        waits.push(solo.node.now - at);
        solo.step('pre-vote-reply', 'n1', {});
      }
      return [...waits];
    };
    expect(lose(9)).toEqual([3, 3, 6, 12, 24, 48, 96, 149, 149]);
    expect(solo.node.term).toBe(1);
    solo.step('heartbeat', 'n2', { term: 2 });
    solo.node.closed('n2');
    solo.node.closed('n2');
    expect(lose(3)).toEqual([3, 3, 6]);
  });

  it('does not hurry into another doubt election, which has no pre-vote (safety 2)', () => {
    const solo = new Solo({ log: [1], inDoubt: true });
    for (const id of ['n1', 'n2']) solo.hello(id, { inDoubt: true });
    solo.ticks(2);
    expect(solo.node).toMatchObject({ role: 'candidate', voteKind: 'doubt-vote' });
    solo.step('doubt-vote-reply', 'n1', { inDoubt: true });
    expect(solo.node.role).toBe('follower');
    expect(solo.ticks(70)).toEqual([]);
  });

  it('asks for a pre-vote even where a doubt election became possible meanwhile (safety 2)', () => {
    const solo = new Solo();
    solo.hello('n1', { inDoubt: true });
    solo.ticks(1);
    solo.step('pre-vote-reply', 'n1', { inDoubt: true });
    solo.hello('n2', { inDoubt: true, lastIndex: 9 });
    expect(solo.ticks(3)[0]).toMatchObject({ type: 'pre-vote' });
  });

  it('lets the smaller id go first for a whole heartbeat interval, for messages may take longer than a tick', () => {
    const solo = split();
    solo.step('vote-reply', 'n1', {});
    solo.ticks(3);
    expect(solo.node.role).toBe('pre-candidate');
    solo.ticks(9);
    solo.step('pre-vote', 'n1', { term: 3 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: false });
    solo.ticks(2);
    solo.step('pre-vote', 'n1', { term: 3 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: true });
  });

  it('replaces a leader in one more round where messages take longer than the wait before a fast campaign', () => {
    const times: number[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const world = new World(seed, group);
      world.noise.delayMs = 20;
      for (const host of world.hosts.values()) host.disk.persistMs = 5;
      world.startAll();
      const leader = world.settle();
      world.run(3000);
      // What it has sent has arrived.
      for (let last: unknown; last !== leader.sent.at(-1); world.run(40)) last = leader.sent.at(-1);
      const start = world.nowMs;
      leader.crash();
      world.elect();
      times.push(world.nowMs - start);
    }
    expect(Math.max(...times)).toBeLessThan(400);
  });
});

describe('while a round is open', () => {
  it('asks again every heartbeat interval those who are connected and have not answered', () => {
    const solo = new Solo();
    solo.hello('n1');
    solo.hello('n2');
    expect(solo.ticks(1)).toHaveLength(2);
    solo.step('pre-vote-reply', 'n1', {});
    expect(solo.ticks(9)).toEqual([]);
    expect(solo.ticks(1)).toMatchObject([{ type: 'pre-vote', to: 'n2', term: 2 }]);
    expect(solo.ticks(10)).toMatchObject([{ type: 'pre-vote', to: 'n2', term: 2 }]);
    solo.step('pre-vote-reply', 'n2', { term: 2, granted: true });
    expect(solo.node.role).toBe('candidate');
    expect(solo.ticks(10)).toMatchObject([
      { type: 'vote', to: 'n1', term: 2 },
      { type: 'vote', to: 'n2', term: 2 },
    ]);
    solo.node.closed('n1');
    expect(solo.ticks(10)).toMatchObject([{ to: 'n2' }]);
  });

  it('asks one whose connection opens, and no other', () => {
    const solo = new Solo();
    solo.hello('n1');
    solo.ticks(1);
    expect(solo.hello('n2')).toMatchObject([{ type: 'pre-vote', to: 'n2' }]);
    solo.step('pre-vote-reply', 'n1', { term: 2, granted: true });
    expect(solo.hello('n1')).toMatchObject([{ type: 'vote', to: 'n1' }]);
  });

  it('asks nobody before the own vote is fsynced (safety 1)', () => {
    const solo = new Solo();
    solo.hello('n1');
    solo.ticks(1);
    solo.holdSaves = true;
    solo.step('pre-vote-reply', 'n1', { term: 2, granted: true });
    const number = solo.readies.at(-1)?.number ?? 0;
    const { length } = solo.readies;
    solo.hello('n2');
    solo.ticks(30);
    expect(solo.readies).toHaveLength(length);
    solo.node.stateSaved(number);
    solo.holdSaves = false;
    expect(solo.ticks(10)).toMatchObject([{ type: 'vote' }, { type: 'vote' }]);
  });

  it("says again that it is the leader's own wish (thesis 3.10)", () => {
    const solo = new Solo();
    solo.hello('n1');
    solo.step('heartbeat', 'n1', { term: 2 });
    solo.step('timeout-now', 'n1', {});
    expect(solo.ticks(10)).toMatchObject([{ type: 'vote', to: 'n1', transfer: true }]);
    expect(solo.hello('n2')).toMatchObject([{ type: 'vote', to: 'n2', transfer: true }]);
  });
});
