import { describe, expect, it } from 'vitest';
import type { TransferResult } from '../../raft/core/ready.ts';
import { coreConfig, Solo } from './solo.ts';
import { World } from './world.ts';

const group = ['n0', 'n1', 'n2'];

describe('read index (thesis 6.4)', () => {
  it('serves all reads that wait with one heartbeat round', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    const ids = [leader.node.readIndex(), leader.node.readIndex(), leader.node.readIndex()];
    expect(leader.run().filter((m) => m.type === 'heartbeat')).toHaveLength(2);
    leader.step('heartbeat-reply', 'n1', { round: leader.node.round - 1 });
    expect(leader.readies.some((ready) => ready.readUpTo > 0)).toBe(false);
    leader.step('heartbeat-reply', 'n1', { round: leader.node.round });
    expect(leader.readies.at(-1)).toMatchObject({ readUpTo: ids[2], readIndex: 2 });
  });

  it('refuses before an entry of the own term is committed', () => {
    const leader = new Solo().lead();
    expect(leader.node.readIndex()).toBe('not-ready');
    leader.ack('n1', 2);
    expect(leader.node.readIndex()).toBeTypeOf('number');
  });

  it('is never answered by an old leader that was cut off', () => {
    const world = new World(1, group);
    world.startAll();
    const old = world.settle();
    world.isolate(old.id);
    const answers: unknown[] = [];
    old.replica?.readIndex((refusal, index) => answers.push(refusal ?? index));
    const leader = (() => {
      world.run(5000, () => world.leader() !== undefined && world.leader() !== old);
      return world.leader();
    })();
    leader?.propose('newer');
    world.heal();
    world.run(2000);
    expect(answers).toEqual(['not-leader']);
  });

  it('does not keep a leader from asking whether a majority still answers (thesis 6.2)', () => {
    for (const everyTicks of [1, 9, 10, 20]) {
      const leader = new Solo().lead();
      leader.ack('n1', 2);
      let ticks = 0;
      for (; leader.node.role === 'leader' && ticks < 200; ticks++) {
        if (ticks % everyTicks === 0) leader.node.readIndex();
        leader.ticks(1);
      }
      expect(ticks).toBeLessThanOrEqual(coreConfig.electionTicks + coreConfig.heartbeatTicks);
    }
  });

  it('needs no round in a group of one', () => {
    const world = new World(2, ['n0']);
    world.startAll();
    const host = world.settle();
    const answers: unknown[] = [];
    host.replica?.readIndex((refusal, index) => answers.push(refusal ?? index));
    world.run(1);
    expect(answers).toEqual([1]);
  });
});

describe('leadership transfer (thesis 3.10)', () => {
  it('waits until the target has everything, and refuses proposals meanwhile', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.ack('n2', 2);
    leader.propose();
    expect(leader.node.transferTo('n2')).toBeUndefined();
    expect(leader.run().map((m) => m.type)).not.toContain('timeout-now');
    expect(leader.node.mayPropose()).toBe('transferring');
    expect(leader.ack('n2', 3).map((m) => m.type)).toContain('timeout-now');
    leader.step('vote', 'n2', { term: 3, lastIndex: 3, lastTerm: 2, transfer: true });
    leader.step('heartbeat', 'n2', { term: 3 });
    expect(leader.readies.findLast((ready) => ready.transferEnded)?.transferEnded).toMatchObject({
      to: 'n2',
      ok: true,
    });
  });

  it('gives up after one election timeout and serves again', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.node.transferTo('n1');
    for (let i = 0; i < 8; i++) {
      leader.ticks(10);
      leader.step('heartbeat-reply', 'n1', { round: leader.node.round });
    }
    expect(leader.readies.findLast((ready) => ready.transferEnded)?.transferEnded).toMatchObject({ ok: false });
    expect(leader.node.mayPropose()).toBeUndefined();
  });

  it('repeats the request to campaign in case it was lost', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.node.transferTo('n1');
    expect(leader.run().map((m) => m.type)).toContain('timeout-now');
    const again = leader.step('heartbeat-reply', 'n1', { round: leader.node.round });
    expect(again.map((m) => m.type)).toContain('timeout-now');
  });

  it('goes to a voter that is well, also where the leader removes itself', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.ack('n2', 2);
    leader.step('heartbeat-reply', 'n1', { round: leader.node.round, unwell: true });
    expect(leader.node.transferTo('n1')).toBe('n1 is not well: its disk is slow or its log damaged');
    leader.change({ kind: 'remove', id: 'n0' });
    const { length } = leader.sent;
    leader.ack('n1', 3);
    leader.ack('n2', 3);
    const asked = leader.sent.slice(length).filter(({ type }) => type === 'timeout-now');
    expect(asked.map(({ to }) => to)).toEqual(['n2']);
  });

  it('refuses a target that is unknown, itself, not connected or in doubt, and ends when the connection closes', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    expect(leader.node.transferTo('n9')).toBe('n9 is not a member');
    expect(leader.node.transferTo('n0')).toBe('already the leader');
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    expect(leader.node.transferTo('n2')).toMatch(/may lack/);
    leader.node.closed('n2');
    expect(leader.node.transferTo('n2')).toBe('n2 is not connected');
    leader.node.transferTo('n1');
    leader.node.closed('n1');
    leader.run();
    expect(leader.readies.at(-1)?.transferEnded).toMatchObject({ to: 'n1', ok: false });
  });

  it('moves leadership without waiting for an election timeout', () => {
    const world = new World(3, group);
    world.startAll();
    const leader = world.settle();
    const target = group.find((id) => id !== leader.id) as string;
    const results: TransferResult[] = [];
    const start = world.nowMs;
    leader.replica?.transferLeadership(target, (result) => results.push(result));
    expect(world.run(200, () => world.leader()?.id === target)).toBe(true);
    expect(world.nowMs - start).toBeLessThan(30);
    world.run(100);
    expect(results).toMatchObject([{ to: target, ok: true }]);
  });
});

describe('leadership transfers in a row', () => {
  it('have each its own outcome, also where the second is asked for in the turn in which the first one runs out', () => {
    const world = new World(4, group);
    world.startAll();
    const leader = world.settle();
    const [silent, heir] = group.filter((id) => id !== leader.id) as [string, string];
    world.cut(leader.id, silent);
    const results: TransferResult[] = [];
    const ask = (to: string) => leader.replica?.transferLeadership(to, (result) => results.push(result));
    ask(silent);
    expect(world.run(2000, () => leader.replica?.status().transferringTo === undefined)).toBe(true);
    expect(results).toEqual([]);
    ask(heir);
    world.run(1000);
    expect(results).toEqual([
      { to: silent, ok: false, reason: `${silent} did not take over in time` },
      { to: heir, ok: true, reason: `${heir} leads` },
    ]);
  });
});

describe('a leadership transfer that runs', () => {
  it('tells its outcome to all who wait for it, and that there is none', () => {
    const world = new World(5, group);
    world.startAll();
    const leader = world.settle();
    const target = group.find((id) => id !== leader.id) as string;
    const results: unknown[] = [];
    const note = (result: unknown) => results.push(result);
    leader.replica?.joinTransfer(note);
    expect(results).toEqual([undefined]);
    leader.replica?.transferLeadership(target, note);
    leader.replica?.joinTransfer(note);
    leader.replica?.transferLeadership(target, note);
    world.run(1_000);
    const won = { to: target, ok: true, reason: `${target} leads` };
    const refused = { to: target, ok: false, reason: `a transfer to ${target} is running` };
    expect(results).toEqual([undefined, refused, won, won]);
  });
});

describe('leader that is ready', () => {
  it('takes proposals only when its own first entry is committed and applied (safety 4)', () => {
    const leader = new Solo().lead();
    expect(leader.node.mayPropose()).toBe('not-ready');
    leader.ack('n1', 2);
    expect(leader.node.mayPropose()).toBeUndefined();
  });
});
