import { BrokerClient } from '../../src/client/broker-client.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { type Client, keepAsking, type Workload } from './workload.ts';

/** `keepAsking` over connections of its own, which end with it. */
export async function askBrokers(
  workload: Pick<Workload, 'stopped'>,
  client: Client,
  pauseMs: number,
  ask: (brokers: BrokerClient) => Promise<void>,
): Promise<void> {
  const remoting = new RemotingClient({ platform: client.process });
  const brokers = new BrokerClient(remoting);
  await keepAsking(workload, client, pauseMs, () => ask(brokers));
  remoting.close();
}
