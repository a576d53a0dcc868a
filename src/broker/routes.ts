import { RequestCode } from '../protocol/request-code.ts';
import type { RequestHandler } from '../remoting/request-context.ts';
import type { BrokerParts } from './parts.ts';
import { checkClientConfigProcessor } from './processor/check-client-config.ts';
import { consumerSendMessageBackProcessor } from './processor/consumer-send-message-back.ts';
import { deleteGroupProcessor } from './processor/delete-group.ts';
import { deleteTopicProcessor } from './processor/delete-topic.ts';
import { getAllConsumerOffsetsProcessor } from './processor/get-all-consumer-offsets.ts';
import { getAllDelayOffsetsProcessor } from './processor/get-all-delay-offsets.ts';
import { getAllGroupsProcessor } from './processor/get-all-groups.ts';
import { getAllTopicsProcessor } from './processor/get-all-topics.ts';
import { getBrokerConfigProcessor } from './processor/get-broker-config.ts';
import { getConsumeStatsProcessor } from './processor/get-consume-stats.ts';
import { getConsumerConnectionsProcessor } from './processor/get-consumer-connections.ts';
import { getConsumerListProcessor } from './processor/get-consumer-list.ts';
import { getEarliestStoreTimeProcessor } from './processor/get-earliest-store-time.ts';
import { getGroupConfigProcessor } from './processor/get-group-config.ts';
import { getMaxOffsetProcessor } from './processor/get-max-offset.ts';
import { getMinOffsetProcessor } from './processor/get-min-offset.ts';
import { getProducerConnectionsProcessor } from './processor/get-producer-connections.ts';
import { getRuntimeInfoProcessor } from './processor/get-runtime-info.ts';
import { getSystemTopicsProcessor } from './processor/get-system-topics.ts';
import { getTopicConfigProcessor } from './processor/get-topic-config.ts';
import { getTopicStatsProcessor } from './processor/get-topic-stats.ts';
import { heartbeatProcessor } from './processor/heartbeat.ts';
import { lockBatchProcessor } from './processor/lock-batch.ts';
import { pullMessageProcessor } from './processor/pull-message.ts';
import { queryConsumerOffsetProcessor } from './processor/query-consumer-offset.ts';
import { queryMessageProcessor } from './processor/query-message.ts';
import { queryTopicConsumersProcessor } from './processor/query-topic-consumers.ts';
import { resetOffsetProcessor } from './processor/reset-offset.ts';
import { searchOffsetProcessor } from './processor/search-offset.ts';
import { sendBatchMessageProcessor } from './processor/send-batch-message.ts';
import { sendMessageProcessor } from './processor/send-message.ts';
import { unlockBatchProcessor } from './processor/unlock-batch.ts';
import { unregisterClientProcessor } from './processor/unregister-client.ts';
import { updateConsumerOffsetProcessor } from './processor/update-consumer-offset.ts';
import { updateGroupProcessor } from './processor/update-group.ts';
import { updateTopicProcessor } from './processor/update-topic.ts';
import { viewBrokerStatsProcessor } from './processor/view-broker-stats.ts';
import { viewMessageProcessor } from './processor/view-message.ts';
import type { Access, Route } from './routing.ts';
import { createSendService } from './send/send-service.ts';
import type { StoreRates } from './stats/store-rates.ts';

/** The routing table: every request code of the broker, who may answer it (raft/SAFETY.md 6), and with what. */
export function createRoutes(parts: BrokerParts, rates: StoreRates, startedAtMs: number): readonly Route[] {
  const service = createSendService(parts);
  const send = sendMessageProcessor(parts, service);
  const rows: readonly (readonly [number, Access, RequestHandler])[] = [
    [RequestCode.SEND_MESSAGE, 'master', send],
    [RequestCode.SEND_MESSAGE_V2, 'master', send],
    [RequestCode.SEND_BATCH_MESSAGE, 'master', sendBatchMessageProcessor(parts, service)],
    [RequestCode.CONSUMER_SEND_MSG_BACK, 'master', consumerSendMessageBackProcessor(parts)],
    [RequestCode.UPDATE_CONSUMER_OFFSET, 'master', updateConsumerOffsetProcessor(parts)],
    [RequestCode.UPDATE_AND_CREATE_TOPIC, 'master', updateTopicProcessor(parts)],
    [RequestCode.DELETE_TOPIC_IN_BROKER, 'master', deleteTopicProcessor(parts)],
    [RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, 'master', updateGroupProcessor(parts)],
    [RequestCode.DELETE_SUBSCRIPTIONGROUP, 'master', deleteGroupProcessor(parts)],

    [RequestCode.QUERY_CONSUMER_OFFSET, 'copy', queryConsumerOffsetProcessor(parts)],
    [RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, 'copy', searchOffsetProcessor(parts)],
    [RequestCode.GET_MAX_OFFSET, 'copy', getMaxOffsetProcessor(parts)],
    [RequestCode.GET_MIN_OFFSET, 'copy', getMinOffsetProcessor(parts)],
    [RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, 'fresh', resetOffsetProcessor(parts)],
    [RequestCode.LOCK_BATCH_MQ, 'fresh', lockBatchProcessor(parts)],
    [RequestCode.UNLOCK_BATCH_MQ, 'fresh', unlockBatchProcessor(parts)],

    // A pull asks for mastership itself, and only where its answer would move the client's offset.
    [RequestCode.PULL_MESSAGE, 'local', pullMessageProcessor(parts, 'pull')],
    [RequestCode.LITE_PULL_MESSAGE, 'local', pullMessageProcessor(parts, 'lite-pull')],
    [RequestCode.HEART_BEAT, 'local', heartbeatProcessor(parts)],
    [RequestCode.UNREGISTER_CLIENT, 'local', unregisterClientProcessor(parts)],
    [RequestCode.GET_CONSUMER_LIST_BY_GROUP, 'local', getConsumerListProcessor(parts)],
    [RequestCode.CHECK_CLIENT_CONFIG, 'local', checkClientConfigProcessor()],
    [RequestCode.QUERY_MESSAGE, 'local', queryMessageProcessor(parts)],
    [RequestCode.VIEW_MESSAGE_BY_ID, 'local', viewMessageProcessor(parts)],
    [RequestCode.GET_EARLIEST_MSG_STORETIME, 'local', getEarliestStoreTimeProcessor(parts)],
    [RequestCode.GET_ALL_TOPIC_CONFIG, 'local', getAllTopicsProcessor(parts)],
    [RequestCode.GET_TOPIC_CONFIG, 'local', getTopicConfigProcessor(parts)],
    [RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, 'local', getAllGroupsProcessor(parts)],
    [RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, 'local', getGroupConfigProcessor(parts)],
    [RequestCode.GET_ALL_CONSUMER_OFFSET, 'local', getAllConsumerOffsetsProcessor(parts)],
    [RequestCode.GET_ALL_DELAY_OFFSET, 'local', getAllDelayOffsetsProcessor(parts)],
    [RequestCode.GET_TOPIC_STATS_INFO, 'local', getTopicStatsProcessor(parts)],
    [RequestCode.GET_CONSUME_STATS, 'local', getConsumeStatsProcessor(parts)],
    [RequestCode.GET_CONSUMER_CONNECTION_LIST, 'local', getConsumerConnectionsProcessor(parts)],
    [RequestCode.GET_PRODUCER_CONNECTION_LIST, 'local', getProducerConnectionsProcessor(parts)],
    [RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, 'local', queryTopicConsumersProcessor(parts)],
    [RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER, 'local', getSystemTopicsProcessor(parts)],
    [RequestCode.GET_BROKER_RUNTIME_INFO, 'local', getRuntimeInfoProcessor(parts, rates, startedAtMs)],
    [RequestCode.GET_BROKER_CONFIG, 'local', getBrokerConfigProcessor(parts, startedAtMs)],
    [RequestCode.VIEW_BROKER_STATS_DATA, 'local', viewBrokerStatsProcessor(parts)],
  ];
  return rows.map(([code, access, handle]) => ({ code, access, handle }));
}
