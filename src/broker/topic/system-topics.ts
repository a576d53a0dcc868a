import { Permission } from '../../protocol/message/flags.ts';
import { INTERNAL_TOPIC, SCHEDULE_TOPIC } from '../../store/internal-topic.ts';

import type { BrokerConfig } from '../config/broker-config.ts';
import { type TopicConfig, topicConfig } from './topic-config.ts';

/** Topic whose settings new topics inherit. */
export const DEFAULT_TOPIC = 'TBW102';
export const RETRY_PREFIX = '%RETRY%';
export const DLQ_PREFIX = '%DLQ%';

const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC';
const OP_HALF_TOPIC = 'RMQ_SYS_TRANS_OP_HALF_TOPIC';
const MAX_CHECK_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC';
const SELF_TEST_TOPIC = 'SELF_TEST_TOPIC';
const OFFSET_MOVED_TOPIC = 'OFFSET_MOVED_EVENT';

const NOT_SENDABLE: ReadonlySet<string> = new Set([
  SCHEDULE_TOPIC,
  HALF_TOPIC,
  OP_HALF_TOPIC,
  MAX_CHECK_TOPIC,
  SELF_TEST_TOPIC,
  OFFSET_MOVED_TOPIC,
  INTERNAL_TOPIC,
]);

/** Topics that clients may not send to (TopicValidator.isNotAllowedSendTopic). */
export function isForbiddenToSend(topic: string): boolean {
  return NOT_SENDABLE.has(topic);
}

/** `undefined` if the name may be used, otherwise what is wrong with it (TopicValidator.validateTopic). */
export function topicNameProblem(topic: string): string | undefined {
  if (topic.trim() === '') return 'The specified topic is blank.';
  if (!/^[%|a-zA-Z0-9_-]+$/.test(topic)) {
    return 'The specified topic contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$';
  }
  if (topic.length > 127) return 'The specified topic is longer than topic max length.';
  return undefined;
}

/** The topics that every broker has, from its configuration alone (TopicConfigManager.init). They are in no log and cannot be changed. */
export function systemTopics(config: BrokerConfig): ReadonlyMap<string, TopicConfig> {
  const inherited = Permission.READ | Permission.WRITE | Permission.INHERIT;
  const readWrite = Permission.READ | Permission.WRITE;
  const topics = new Map<string, TopicConfig>();
  const add = (name: string, queues: number, perm: number): void => {
    topics.set(name, topicConfig(name, { readQueueNums: queues, writeQueueNums: queues, perm }));
  };
  add(SELF_TEST_TOPIC, 1, readWrite);
  if (config.autoCreateTopicEnable) add(DEFAULT_TOPIC, config.defaultTopicQueueNums, inherited);
  add('BenchmarkTest', 1024, readWrite);
  add(config.brokerClusterName, 16, config.clusterTopicEnable ? inherited : Permission.INHERIT);
  add(config.brokerName, 1, config.brokerTopicEnable ? inherited : Permission.INHERIT);
  add(OFFSET_MOVED_TOPIC, 1, readWrite);
  add(SCHEDULE_TOPIC, config.messageDelayLevel.trim().split(/\s+/).length, readWrite);
  if (config.traceTopicEnable) add(config.msgTraceTopicName, 1, readWrite);
  add(`${config.brokerClusterName}_REPLY_TOPIC`, 1, readWrite);
  add(`rmq_sys_REVIVE_LOG_${config.brokerClusterName}`, 8, readWrite);
  add(`rmq_sys_SYNC_BROKER_MEMBER_${config.brokerName}`, 1, Permission.INHERIT);
  add(HALF_TOPIC, 1, readWrite);
  add(OP_HALF_TOPIC, 1, readWrite);
  add('rmq_sys_wheel_timer', 1, readWrite);
  return topics;
}
