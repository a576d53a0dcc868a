import type { MessageQueue } from '../../protocol/body/message-queue.ts';
import { type TopicOffset, topicStatsTable } from '../../protocol/body/topic-stats-table.ts';
import { getTopicStats } from '../../protocol/command/get-topic-stats.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { afterAll } from '../after-all.ts';
import type { BrokerParts } from '../parts.ts';
import { MINUTE_MS } from '../stats/broker-stats.ts';
import { typed } from './typed.ts';

/** Extent and last update of each queue of a topic. */
export function getTopicStatsProcessor({ state, store, config, stats }: BrokerParts): RequestHandler {
  return typed(getTopicStats, (context, { topic }) => {
    const known = state.topics.get(topic);
    if (known === undefined) {
      context.reply(ResponseCode.TOPIC_NOT_EXIST, `topic[${topic}] not exist`);
      return;
    }
    const queues = Array.from({ length: Math.max(known.readQueueNums, known.writeQueueNums) }, (_, queueId) => queueId);
    afterAll(
      queues,
      (queueId, done: (entry: [MessageQueue, TopicOffset]) => void) => {
        const queue = { brokerName: config.brokerName, queueId, topic };
        const minOffset = store.minOffset(topic, queueId);
        const maxOffset = store.maxOffset(topic, queueId);
        store.storeTimeAt(topic, queueId, maxOffset - 1, (time) => {
          done([queue, { minOffset, maxOffset, lastUpdateTimestamp: time ?? 0 }]);
        });
      },
      (offsetTable) => {
        const topicPutTps = stats.window('TOPIC_PUT_NUMS', topic, MINUTE_MS)?.tps ?? 0;
        const body = topicStatsTable.encode({ offsetTable, topicPutTps });
        context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
      },
    );
  });
}
