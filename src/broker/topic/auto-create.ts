import { Permission } from '../../protocol/message/flags.ts';
import { DEFAULT_TOPIC, RETRY_PREFIX } from './system-topics.ts';
import { isInherited, type TopicConfig, topicConfig } from './topic-config.ts';

/** What the sender of a message to an unknown topic asks for. */
export interface AutoCreateWish {
  readonly topic: string;
  /** Topic whose settings are to be inherited, usually TBW102. */
  readonly defaultTopic: string;
  readonly queues: number;
  readonly autoCreateTopicEnable: boolean;
}

/**
 * The topic that a send to an unknown topic creates, or why it creates none (TopicConfigManager.createTopicInSendMessageMethod): settings of
 * the default topic without the inherit bit, with at most the queues that the sender asked for.
 */
export function autoCreatedTopic(
  wish: AutoCreateWish,
  find: (topic: string) => TopicConfig | undefined,
): TopicConfig | { readonly refused: string } {
  const { topic, defaultTopic } = wish;
  if (topic.startsWith(RETRY_PREFIX)) return groupTopic(topic);
  const model = defaultTopic === DEFAULT_TOPIC && !wish.autoCreateTopicEnable ? undefined : find(defaultTopic);
  if (model === undefined || !isInherited(model.perm)) {
    return { refused: `topic[${topic}] not exist, apply first please!` };
  }
  const queues = Math.max(0, Math.min(wish.queues, model.writeQueueNums));
  return topicConfig(topic, {
    readQueueNums: queues,
    writeQueueNums: queues,
    perm: model.perm & ~Permission.INHERIT,
    topicFilterType: model.topicFilterType,
    topicSysFlag: model.topicSysFlag,
  });
}

/** A group's retry or dead-letter topic. */
export function groupTopic(topic: string, queues = 1): TopicConfig {
  return topicConfig(topic, { readQueueNums: queues, writeQueueNums: queues });
}
