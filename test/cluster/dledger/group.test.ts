import { describe, expect, it } from 'vitest';
import { SendError } from '../../../src/client/errors.ts';
import type { Producer } from '../../../src/client/producer/producer.ts';
import { RequestCode } from '../../../src/protocol/request-code.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

const TOPIC = 'Orders';

const send = (group: DledgerWorld, producer: Producer, count: number, prefix = 'm') =>
  group.sendAll(producer, TOPIC, count, prefix);

async function idsIn(group: DledgerWorld): Promise<string[]> {
  return (await group.readAll(TOPIC)).map(({ messageId }) => messageId).sort();
}

describe('a DLedger group', () => {
  it('is founded only when all of its members are there (raft/SAFETY.md 2)', async () => {
    const group = await DledgerWorld.create();
    await group.start('n0');
    await group.start('n1');
    await group.world.run(10_000);
    expect(group.serving()).toEqual([]);
    await group.start('n2');
    await group.untilServing();
    expect(group.names.map((name) => group.broker(name).status().term)).toEqual([1, 1, 1]);
    await group.untilEqual();
    const ids = group.names.map((name) => group.broker(name).status().groupId);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(['GET_BROKER_HA_STATUS', 'GET_BROKER_EPOCH_CACHE'] as const)(
    'answers %s, which asks for a master and its slaves, with what to ask instead',
    async (question) => {
      const group = await DledgerWorld.serving();
      const client = new RemotingClient({ platform: group.client });
      const answer = await group.world.settle(
        client.request(`${group.ip('n0')}:30911`, RequestCode[question], {}, { timeoutMs: 1_000 }),
      );
      client.close();
      if (typeof answer === 'string') throw new Error(answer);
      expect([answer.code, answer.remark]).toEqual([1, expect.stringContaining('mqadmin raftGroup')]);
    },
  );

  it('keeps every message at the same place on all members', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 300);
    await group.untilEqual();
    expect(await idsIn(group)).toEqual(sent.toSorted());
    await group.world.run(1_000);
    const [first, ...others] = group.names.map((name) => group.logBytes(name));
    expect(first!.length).toBeGreaterThan(65_536);
    for (const other of others) expect(other.equals(first!)).toBe(true);
  });

  it("keeps a client's batch in one entry (raft/SAFETY.md 1)", async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    await send(group, producer, 1);
    await group.untilEqual();
    const before = group.broker(group.leader).status().lastIndex;
    const messages = Array.from({ length: 20 }, (_, n) => ({ topic: TOPIC, body: `b${n}` }));
    await group.world.settle(producer.sendBatch(messages));
    await group.untilEqual();
    for (const name of group.names) expect(group.broker(name).status().lastIndex).toBe(before + 1);
    const bodies = (await group.readAll(TOPIC)).map(({ body }) => body.toString());
    expect(bodies.filter((body) => body.startsWith('b'))).toHaveLength(20);
  });

  it('loses nothing that was acknowledged when the leader is killed, and goes on with the offsets', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const before = await send(group, producer, 40, 'a');
    const killedAt = group.world.nowMs;
    group.kill(group.leader);
    const after = await send(group, producer, 1, 'b');
    expect(group.world.nowMs - killedAt).toBeLessThan(300);
    after.push(...(await send(group, producer, 39, 'c')));
    expect(await idsIn(group)).toEqual([...before, ...after].toSorted());
    const messages = await group.readAll(TOPIC);
    for (const queueId of new Set(messages.map((message) => message.queueId))) {
      const offsets = messages.filter((message) => message.queueId === queueId).map(({ queueOffset }) => queueOffset);
      expect(offsets).toEqual(offsets.map((_, index) => index));
    }
  });

  it('acknowledges nothing with two of three members dead, and resumes when one comes back', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 5);
    for (const name of group.followers()) group.kill(name);
    const failed = await group.world.settle(producer.send({ topic: TOPIC, body: 'x' }).catch((error) => error));
    expect(failed).toBeInstanceOf(SendError);
    await group.world.run(3_000);
    expect(group.serving()).toEqual([]);
    await group.start(group.names.find((name) => !group.isRunning(name))!);
    await group.untilServing();
    sent.push(...(await send(group, producer, 5, 'y')));
    expect(await idsIn(group)).toEqual(expect.arrayContaining(sent.toSorted()));
  });

  it('an isolated leader acknowledges nothing more and steps down; its client is served by the new one', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 5);
    const old = group.leader;
    group.isolate(old);
    sent.push(...(await send(group, producer, 5, 'z')));
    await group.untilServing();
    expect(group.leader).not.toBe(old);
    expect(group.broker(old).status().role).not.toBe('leader');
    group.heal(old);
    await group.untilEqual();
    expect(await idsIn(group)).toEqual(expect.arrayContaining(sent.toSorted()));
  });

  it('keeps topics, and consumer offsets that were answered, over a failover', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    await send(group, producer, 8);
    const consumer = await group.pullConsumer();
    const [queue] = await group.world.settle(consumer.queues(TOPIC));
    await group.world.settle(consumer.commit(queue!, 2));
    group.kill(group.leader);
    await group.untilServing();
    expect(await group.world.settle(consumer.committedOffset(queue!))).toBe(2);
    expect(await group.world.settle(consumer.queues(TOPIC))).toHaveLength(4);
  });

  it('starts again with everything after all members were killed', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 30);
    for (const name of group.names) group.kill(name);
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    sent.push(...(await send(group, producer, 5, 'after')));
    expect(await idsIn(group)).toEqual(sent.toSorted());
  });

  it('starts from its snapshots after an orderly stop of all members', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 30);
    for (const name of group.names) await group.stop(name);
    for (const name of group.names) {
      await group.start(name);
      expect(group.broker(name).status().snapshotIndex).toBeGreaterThan(20);
    }
    await group.untilServing();
    sent.push(...(await send(group, producer, 5, 'after')));
    expect(await idsIn(group)).toEqual(sent.toSorted());
  });

  it('a member whose machine lost power is in doubt until it was made whole', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 10);
    const [name] = group.followers();
    group.kill(name!, { machine: true });
    await group.start(name!);
    expect(group.broker(name!).status().inDoubt).toBe(true);
    await group.until(() => !group.broker(name!).status().inDoubt);
    group.kill(group.leader);
    await group.untilServing();
    expect(await idsIn(group)).toEqual(sent.toSorted());
  });

  it('a member whose hard state is lost tells of the start number that its peers made it count to', async () => {
    const group = await DledgerWorld.serving();
    const [follower] = group.followers() as [MemberName];
    const starts = () => group.broker(follower).status().incarnation;
    group.kill(follower);
    await group.start(follower);
    await group.untilEqual();
    expect(starts()).toBe(2);
    group.kill(follower);
    group.platform(follower).disk.remove(`/store/dledger-${follower}/hardstate`);
    await group.start(follower);
    expect(starts()).toBe(1);
    await group.until(() => !group.broker(follower).status().inDoubt);
    expect(starts()).toBe(3);
  });

  it('a leader that is told to stop while people have it hand over waits for that, and tells them how it ended', async () => {
    const group = await DledgerWorld.serving('shutdownLingerMs=0');
    const { leader } = group;
    const [, named] = group.names.filter((name) => name !== leader);
    const results: unknown[] = [];
    group.world.fabric.latencyMs = 50;
    group.broker(leader).parts.group.replica.transferLeadership(named!, (result) => results.push(result));
    await group.stop(leader);
    expect(results).toEqual([{ to: named, ok: true, reason: `${named} leads` }]);
    await group.until(() => group.serving().join() === named);
  });

  it('a rolling restart fails no send', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const sent = await send(group, producer, 10);
    let handedOver = 0;
    for (const name of group.names) {
      const led = group.leader === name;
      const stopping = group.stop(name);
      sent.push(...(await send(group, producer, 10, `while ${name} stops `)));
      await stopping;
      // Whoever takes over was asked to, and did not wait for the leader to be gone.
      await group.untilServing();
      const roles = group.broker(group.leader).status().roleHistory;
      if (led) expect(roles.at(-1)?.reason).toBe(`leadership from ${name}`);
      if (led) handedOver++;
      await group.start(name);
      await group.until(() => !group.broker(name).status().inDoubt);
      sent.push(...(await send(group, producer, 10, `after ${name} `)));
    }
    expect(handedOver).toBeGreaterThan(0);
    expect(await idsIn(group)).toEqual(sent.toSorted());
  });
});
