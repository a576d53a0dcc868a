import { sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import type { ReplicaWorld } from './replica-world.ts';

/** Sends one message with WAIT=false to a broker, whoever is master; what it answers. */
export async function sendUnwaited(world: ReplicaWorld, topic: string, to: 'b1' | 'b2' = 'b1') {
  const client = new RemotingClient({ platform: world.client });
  const header = {
    ...{ producerGroup: 'p', topic, defaultTopic: 'TBW102', defaultTopicQueueNums: 4, queueId: 0, sysFlag: 0 },
    ...{
      bornTimestamp: 1,
      flag: 0,
      properties: 'WAIT\u0001false\u0002',
      reconsumeTimes: 0,
      unitMode: false,
      batch: false,
    },
  };
  const options = { body: Buffer.from('late too'), timeoutMs: 5_000 };
  const answer = await world.world.settle(
    client.request(world.address(to), sendMessageV2.code, sendMessageV2.encodeRequest(header), options),
  );
  client.close();
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}
