import { describe, expect, it } from 'vitest';
import { getNextBrokerId } from '../../../src/protocol/command/get-next-broker-id.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { ControllerWorld, type PlayedBroker } from './controller-world.ts';

/** A set of three that all are in sync, with broker 1 as master. */
async function threeInSync(group: ControllerWorld): Promise<[PlayedBroker, PlayedBroker, PlayedBroker]> {
  const brokers: PlayedBroker[] = [];
  for (const id of [1, 2, 3]) {
    const broker = await group.broker(`b${id}`);
    await broker.join(id);
    broker.startBeating();
    brokers.push(broker);
  }
  await group.world.run(50);
  const [first, second, third] = brokers as [PlayedBroker, PlayedBroker, PlayedBroker];
  expect((await first.elect()).code).toBe(ResponseCode.SUCCESS);
  expect((await first.alter(1, [1, 2, 3], 1)).header.newSyncStateSetEpoch).toBe(2);
  return [first, second, third];
}

describe.each([1, 3])('a group of %i controllers', (count) => {
  it('gives brokers their ids, elects the first that asks and keeps the set', async () => {
    const group = await ControllerWorld.serving(count);
    const [first] = await threeInSync(group);
    expect(await first.info()).toEqual({
      code: 0,
      masterBrokerId: 1,
      masterEpoch: 1,
      ids: [1, 2, 3],
      syncStateSetEpoch: 2,
    });
    const next = await first.ask(getNextBrokerId, { clusterName: 'c', brokerName: 'b' });
    expect(next.header.nextBrokerId).toBe(4);
  });

  it('elects another master at once when the connection of the old one ends, and tells the brokers', async () => {
    const group = await ControllerWorld.serving(count);
    const [first, second, third] = await threeInSync(group);
    second.position = { epoch: 1, maxOffset: 50 };
    third.position = { epoch: 1, maxOffset: 80 };
    await group.world.run(1_100);
    const killedAt = group.world.nowMs;
    first.kill();
    await group.until(() => third.notices.some(({ masterEpoch }) => masterEpoch === 2));
    expect(group.world.nowMs - killedAt).toBeLessThan(200);
    expect(third.notices.at(-1)).toEqual({ masterBrokerId: 3, masterEpoch: 2 });
    expect(second.notices.at(-1)).toEqual({ masterBrokerId: 3, masterEpoch: 2 });
    expect(await second.info()).toMatchObject({ masterBrokerId: 3, masterEpoch: 2, ids: [3] });
  });

  it('remembers everything over a restart of all, machines included', async () => {
    const group = await ControllerWorld.serving(count);
    const [first] = await threeInSync(group);
    for (const name of group.names) group.kill(name, { machine: true });
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    // The next heartbeat finds that the old connections are dead.
    await group.world.run(1_100);
    expect(await first.info()).toEqual({
      code: 0,
      masterBrokerId: 1,
      masterEpoch: 1,
      ids: [1, 2, 3],
      syncStateSetEpoch: 2,
    });
    // The brokers' heartbeats come a second later at most; no master is deposed for it.
    await group.world.run(15_000);
    expect(await first.info()).toMatchObject({ masterBrokerId: 1, masterEpoch: 1 });
  });

  it('starts from a snapshot after an orderly stop', async () => {
    const group = await ControllerWorld.serving(count);
    const [first] = await threeInSync(group);
    for (const name of group.names) await group.stop(name);
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    expect(group.controller(group.leader).status().raft.snapshotIndex).toBeGreaterThan(3);
    expect(await first.info()).toMatchObject({ masterBrokerId: 1, masterEpoch: 1, ids: [1, 2, 3] });
  });
});
