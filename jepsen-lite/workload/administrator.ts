import { groupConfig } from '../../src/broker/group/group-config.ts';
import { BrokerClient } from '../../src/client/broker-client.ts';
import { subscriptionGroupConfig } from '../../src/protocol/body/subscription-group-config.ts';
import { deleteSubscriptionGroup } from '../../src/protocol/command/delete-subscription-group.ts';
import { deleteTopicInBroker } from '../../src/protocol/command/delete-topic-in-broker.ts';
import { updateSubscriptionGroup } from '../../src/protocol/command/update-subscription-group.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { putTopic } from './put-topic.ts';
import { type Client, callFailure, type MetadataRecord, sleep, type Workload } from './workload.ts';

/** So many topics, and as many subscription groups. */
const THINGS = 3;
const OPTIONS = { timeoutMs: 3_000 };

/** What can be made and removed under a name. */
interface Trade {
  readonly prefix: string;
  make(brokers: BrokerClient, address: string, name: string): Promise<unknown>;
  remove(brokers: BrokerClient, address: string, name: string): Promise<unknown>;
  inDoubt(metadata: MetadataRecord, name: string): void;
  is(metadata: MetadataRecord, name: string, there: boolean): void;
}

const topics: Trade = {
  prefix: 'X',
  make: (brokers, address, topic) => putTopic(brokers, address, topic, { readQueueNums: 2, writeQueueNums: 2 }),
  remove: (brokers, address, topic) => brokers.request(deleteTopicInBroker, address, { topic }, undefined, OPTIONS),
  inDoubt: (metadata, topic) => metadata.topicInDoubt(topic),
  is: (metadata, topic, there) => metadata.topicIs(topic, there),
};

const groups: Trade = {
  prefix: 'Y',
  make(brokers, address, group) {
    const body = subscriptionGroupConfig.encode(groupConfig(group));
    return brokers.request(updateSubscriptionGroup, address, {}, body, OPTIONS);
  },
  remove(brokers, address, groupName) {
    const request = { groupName, cleanOffset: true };
    return brokers.request(deleteSubscriptionGroup, address, request, undefined, OPTIONS);
  },
  inDoubt: (metadata, group) => metadata.groupInDoubt(group),
  is: (metadata, group, there) => metadata.groupIs(group, there),
};

/**
 * Makes and removes topics and subscription groups, asking any member: one that does not lead hands the request on. A request whose outcome is unknown may take
 * effect at any later time: then its topic or group is left alone, and another takes its place.
 */
export async function runAdministrator(
  workload: Workload,
  client: Client,
  metadata: MetadataRecord,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const remoting = new RemotingClient({ platform: client.process });
  const brokers = new BrokerClient(remoting);
  const { chance } = client;
  const things = [topics, groups].flatMap((trade) =>
    Array.from({ length: THINGS }, (_, number) => ({ trade, number, generation: 0 })),
  );
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    if (workload.stopped) break;
    const thing = chance.pick(things);
    const { trade } = thing;
    const name = `${trade.prefix}${thing.number}-${thing.generation}`;
    const address = chance.pick(addresses);
    const making = chance.happens(0.6);
    trade.inDoubt(metadata, name);
    try {
      await (making ? trade.make(brokers, address, name) : trade.remove(brokers, address, name));
      trade.is(metadata, name, making);
      workload.ended('ok');
    } catch (error) {
      callFailure(error);
      thing.generation += 1;
      workload.ended('info');
    }
  }
  remoting.close();
}
