import { expect, test } from 'vitest';
import { type CoreConfig, describeNode, describeReady, MemoryLog, type Message, RaftNode } from '../../raft/index.ts';

/** What a program writes that takes the core alone: it executes each Ready in the order of its fields (raft/README.md, "The Ready contract"). */
class Member {
  readonly log = new MemoryLog();
  readonly node: RaftNode;
  readonly applied: unknown[] = [];
  readonly said: string[] = [];

  constructor(id: string, voters: readonly string[]) {
    const config: CoreConfig = {
      id,
      voters,
      heartbeatTicks: 10,
      electionTicks: 75,
      fastMinTicks: 1,
      fastMaxTicks: 3,
      maxAppendBytes: 1 << 20,
      maxProbeBytes: 1 << 16,
      maxInflightBytes: 8 << 20,
      maxInflightCount: 256,
      syncFlush: true,
      bootstrapWithMajority: false,
      random: () => (id === voters[0] ? 0 : 0.9),
    };
    const hardState = { term: 0, vote: '', fresh: true };
    this.node = new RaftNode(
      config,
      { hardState, inDoubt: true, lastIndex: 0, termRuns: [], appliedIndex: 0 },
      this.log,
    );
  }

  execute(send: (message: Message) => void): void {
    while (this.node.hasReady()) {
      const ready = this.node.ready();
      this.said.push(...describeReady(ready));
      for (const write of ready.writes) {
        if (write.kind === 'truncate') this.log.truncate(write.from);
        else this.log.append(write.batch);
      }
      if (ready.noopTerm > 0) this.node.appended(this.log.push({ term: ready.noopTerm, value: 'no-op', size: 1 }));
      ready.messages.forEach(send);
      ready.messagesAfterState.forEach(send);
      if (ready.hardState) this.node.stateSaved(ready.number);
      if (ready.doubt !== undefined) this.node.doubtSaved();
      if (ready.persist) this.node.persisted(ready.number);
      while (this.applied.length < ready.commit) this.applied.push(this.log.entries[this.applied.length]?.value);
      this.node.applied(this.applied.length);
    }
  }
}

test('the core alone, through the door of the library, founds a group and replicates', () => {
  const ids = ['a', 'b', 'c'];
  const members = new Map(ids.map((id) => [id, new Member(id, ids)]));
  const run = (ticks: number): void => {
    for (let i = 0; i < ticks; i++) {
      const wire: Message[] = [];
      for (const { node } of members.values()) node.tick();
      for (const member of members.values()) member.execute((message) => wire.push(message));
      for (let message = wire.shift(); message; message = wire.shift()) {
        members.get(message.to)?.node.step(message);
        for (const member of members.values()) member.execute((next) => wire.push(next));
      }
    }
  };
  const hello = { incarnation: 1, inDoubt: true, fresh: true, lastIndex: 0, lastTerm: 0 };
  for (const { node } of members.values()) for (const id of ids) if (id !== node.id) node.connected({ ...hello, id });
  run(200);
  const leader = [...members.values()].find(({ node }) => node.role === 'leader') as Member;
  expect(leader.node.mayPropose()).toBeUndefined();
  leader.node.appended(leader.log.push({ term: leader.node.term, value: 'x=1', size: 3 }));
  run(20);
  for (const { node, applied } of members.values()) {
    expect(applied.at(-1)).toBe('x=1');
    expect(describeNode(node)).toMatchObject({ leader: leader.node.id, inDoubt: false, commitIndex: applied.length });
  }
  expect(leader.said).toContain('persist with fsync');
});
