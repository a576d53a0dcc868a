import { decodeMessages } from '../client/decode-messages.ts';
import type { ReceivedMessage } from '../client/received-message.ts';
import { queryMessage } from '../protocol/command/query-message.ts';
import { ResponseCode } from '../protocol/response-code.ts';
import { type AdminSession, hasCode, memberToAsk } from './admin-session.ts';

export interface KeyQuery {
  readonly key: string;
  readonly maxNum: number;
  readonly beginTimestamp: number;
  readonly endTimestamp: number;
  /** Only brokers of this cluster. */
  readonly cluster: string | undefined;
}

const MOST_BY_UNIQUE_KEY = 32;

/** Messages of a topic with a word of KEYS, as the brokers list them. An unknown topic throws. */
export async function findByKey(admin: AdminSession, topic: string, query: KeyQuery): Promise<ReceivedMessage[]> {
  const found = await query12(admin, topic, query, false);
  return found.filter((message) => message.topic === topic && message.keys.includes(query.key));
}

/** Messages of a topic with a UNIQ_KEY. An unknown topic throws. */
export async function findByUniqueKey(
  admin: AdminSession,
  topic: string,
  key: string,
  cluster: string | undefined,
): Promise<ReceivedMessage[]> {
  const query = { key, maxNum: MOST_BY_UNIQUE_KEY, beginTimestamp: 0, endTimestamp: Number.MAX_SAFE_INTEGER, cluster };
  const found = await query12(admin, topic, query, true);
  return found.filter(({ messageId }) => messageId === key);
}

/** The index of the brokers goes by hashes, so that the answer may hold others, too. */
async function query12(
  admin: AdminSession,
  topic: string,
  { cluster, ...header }: KeyQuery,
  unique: boolean,
): Promise<ReceivedMessage[]> {
  const route = await admin.route(topic);
  const uniqueKeyQuery = unique ? { uniqueKeyQuery: 'true' } : {};
  const brokers = route.brokerDatas.filter((broker) => cluster === undefined || broker.cluster === cluster);
  const asked = brokers.map(async (broker) => {
    const address = memberToAsk(broker);
    if (address === undefined) return [];
    try {
      const { body } = await admin.ask(queryMessage, address, { topic, ...header, ...uniqueKeyQuery });
      const messages = decodeMessages(body, broker.brokerName);
      if (messages instanceof Error) throw messages;
      return messages;
    } catch (error) {
      if (hasCode(error, ResponseCode.QUERY_NOT_FOUND)) return [];
      throw error;
    }
  });
  return (await Promise.all(asked)).flat();
}
