import { consumeStats, type OffsetWrapper } from '../../protocol/body/consume-stats.ts';
import type { MessageQueue } from '../../protocol/body/message-queue.ts';
import { type GetConsumeStatsRequest, getConsumeStats } from '../../protocol/command/get-consume-stats.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { afterAll } from '../after-all.ts';
import type { BrokerParts } from '../parts.ts';
import { MINUTE_MS } from '../stats/broker-stats.ts';
import { typed } from './typed.ts';

/** How far a group is in each queue that it has an offset in, or subscribes to. */
export function getConsumeStatsProcessor(parts: BrokerParts): RequestHandler {
  const { stats } = parts;
  return typed(getConsumeStats, (context, request) => {
    const { consumerGroup } = request;
    const topics = wantedTopics(parts, request);
    afterAll(
      topics.flatMap((topic) => queuesOf(parts, topic)),
      (queue, done: (entry: [MessageQueue, OffsetWrapper]) => void) => {
        progressOf(parts, consumerGroup, queue, (progress) => done([queue, progress]));
      },
      (offsetTable) => {
        const rates = topics.map((topic) => stats.window('GROUP_GET_NUMS', `${topic}@${consumerGroup}`, MINUTE_MS));
        const consumeTps = rates.reduce((sum, rate) => sum + (rate?.tps ?? 0), 0);
        const body = consumeStats.encode({ offsetTable, consumeTps });
        context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
      },
    );
  });
}

function wantedTopics({ state, consumers }: BrokerParts, request: GetConsumeStatsRequest): string[] {
  const { consumerGroup, topic, topicList } = request;
  const listed = (topicList ?? '').split(';').filter((name) => name !== '');
  const asked = topic !== undefined && topic !== '' ? [topic] : listed;
  const topics = asked.length > 0 ? asked : state.offsets.topicsOf(consumerGroup);
  const group = consumers.find(consumerGroup);
  // A live group that does not subscribe to a topic any more has no business with it.
  return topics.filter((name) => {
    if (state.topics.get(name) === undefined) return false;
    return group === undefined || group.subscriptions().length === 0 || group.subscription(name) !== undefined;
  });
}

function queuesOf({ state, config }: BrokerParts, topic: string): MessageQueue[] {
  const known = state.topics.get(topic);
  if (known === undefined) return [];
  return Array.from({ length: known.readQueueNums }, (_, queueId) => ({
    brokerName: config.brokerName,
    queueId,
    topic,
  }));
}

function progressOf(
  { state, store }: BrokerParts,
  group: string,
  { topic, queueId }: MessageQueue,
  done: (progress: OffsetWrapper) => void,
): void {
  const brokerOffset = store.maxOffset(topic, queueId);
  const consumerOffset = state.offsets.get(group, topic, queueId) ?? 0;
  const pullOffset = consumerOffset;
  if (consumerOffset <= 0) {
    done({ brokerOffset, consumerOffset, pullOffset, lastTimestamp: 0 });
    return;
  }
  store.storeTimeAt(topic, queueId, consumerOffset - 1, (time) => {
    done({ brokerOffset, consumerOffset, pullOffset, lastTimestamp: time ?? 0 });
  });
}
