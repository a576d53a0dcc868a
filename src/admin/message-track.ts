import { ClientError } from '../client/errors.ts';
import type { ReceivedMessage } from '../client/received-message.ts';
import type { ConsumerConnection } from '../protocol/body/consumer-connection.ts';
import { groupList } from '../protocol/body/group-list.ts';
import { queryTopicConsumeByWho } from '../protocol/command/query-topic-consume-by-who.ts';
import { ResponseCode } from '../protocol/response-code.ts';
import { type AdminSession, hasCode, oneOfEach, RETRY_PREFIX } from './admin-session.ts';
import type { MessageTrack } from './format/track-text.ts';
import { statsOf } from './group-progress.ts';

/** What each group that consumes the topic has done with a message. */
export async function trackMessage(admin: AdminSession, message: ReceivedMessage): Promise<MessageTrack[]> {
  const { topic } = message;
  const [address] = await admin.brokersOf(topic);
  if (address === undefined) return [];
  const { groupList: groups } = await admin.askFor(queryTopicConsumeByWho, address, { topic }, groupList);
  return Promise.all(groups.map((group) => trackOf(admin, message, group)));
}

async function trackOf(admin: AdminSession, message: ReceivedMessage, group: string): Promise<MessageTrack> {
  const track = (type: MessageTrack['type'], problem?: string): MessageTrack => ({ group, type, problem });
  try {
    const route = await admin.findRoute(RETRY_PREFIX + group);
    const [address] = route === undefined ? [] : oneOfEach(route);
    if (address === undefined) return track('UNKNOWN', `no broker has registered the topic ${RETRY_PREFIX}${group}`);
    const connection = await admin.consumerConnection(address, group);
    if (connection.consumeType === 'CONSUME_ACTIVELY') return track('PULL');
    if (connection.consumeType !== 'CONSUME_PASSIVELY') return track('UNKNOWN');
    if (connection.messageModel === 'BROADCASTING') return track('CONSUME_BROADCASTING');
    if (!(await isConsumed(admin, message, group))) return track('NOT_CONSUME_YET');
    return track(isFiltered(connection, message) ? 'CONSUMED_BUT_FILTERED' : 'CONSUMED');
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const type = hasCode(error, ResponseCode.CONSUMER_NOT_ONLINE) ? 'NOT_ONLINE' : 'UNKNOWN';
    return track(type, describe(error, group));
  }
}

function describe({ responseCode, message }: ClientError, group: string): string {
  if (responseCode !== ResponseCode.CONSUMER_NOT_ONLINE) return message;
  return `CODE:${responseCode} DESC:the consumer group[${group}] not online`;
}

/**
 * A group has consumed a message when it is past its offset. The broker's address in the message is not compared, as RocketMQ does: in a
 * replicated group another member may have stored it than the one that leads now.
 */
async function isConsumed(admin: AdminSession, message: ReceivedMessage, group: string): Promise<boolean> {
  const { offsetTable } = await statsOf(admin, group);
  const brokerName = message.brokerName || (await brokerAt(admin, message.storeHost));
  return offsetTable.some(([queue, { consumerOffset }]) => {
    const same = queue.topic === message.topic && queue.queueId === message.queueId;
    return same && queue.brokerName === brokerName && consumerOffset > message.queueOffset;
  });
}

/** Name of the broker group that has a member at the address. */
async function brokerAt(admin: AdminSession, address: string): Promise<string | undefined> {
  const { brokerAddrTable } = await admin.clusterInfo();
  return [...brokerAddrTable].find(([, { brokerAddrs }]) => [...brokerAddrs.values()].includes(address))?.[0];
}

function isFiltered({ subscriptionTable }: ConsumerConnection, { topic, tags }: ReceivedMessage): boolean {
  const wanted = subscriptionTable.get(topic)?.tagsSet;
  if (wanted === undefined || wanted.size === 0 || wanted.has('*')) return false;
  return tags === undefined || !wanted.has(tags);
}
