import { type ConsumeStats, consumeStats } from '../protocol/body/consume-stats.ts';
import type { ConsumerConnection } from '../protocol/body/consumer-connection.ts';
import { getConsumeStats } from '../protocol/command/get-consume-stats.ts';
import { ResponseCode } from '../protocol/response-code.ts';
import { type AdminSession, hasCode, oneOfEach } from './admin-session.ts';

/** The offsets of a group, from one member of each broker group that has them. */
export async function statsOf(admin: AdminSession, consumerGroup: string, topic?: string): Promise<ConsumeStats> {
  const route = topic === undefined ? undefined : await admin.findRoute(topic);
  const addresses = route === undefined ? await admin.brokersOfGroup(consumerGroup) : oneOfEach(route);
  const tables = await Promise.all(
    addresses.map((address) => admin.askFor(getConsumeStats, address, { consumerGroup, topic }, consumeStats)),
  );
  return {
    offsetTable: tables.flatMap((table) => [...table.offsetTable]),
    consumeTps: tables.reduce((sum, table) => sum + table.consumeTps, 0),
  };
}

/** The members of a group that are online, as the first broker that knows any tells them. */
export async function connectionOf(admin: AdminSession, group: string): Promise<ConsumerConnection | undefined> {
  for (const address of await admin.brokersOfGroup(group)) {
    try {
      const connection = await admin.consumerConnection(address, group);
      if (connection.connectionSet.length > 0) return connection;
    } catch (error) {
      if (!hasCode(error, ResponseCode.CONSUMER_NOT_ONLINE)) throw error;
    }
  }
  return undefined;
}
