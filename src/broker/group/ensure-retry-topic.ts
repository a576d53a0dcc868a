import type { BrokerParts } from '../parts.ts';
import { groupTopic } from '../topic/auto-create.ts';
import { createTopic } from '../topic/ensure-topic.ts';
import { RETRY_PREFIX } from '../topic/system-topics.ts';
import { ensureGroup } from './ensure-group.ts';

/**
 * A consumer group appeared: on the serving master, creates it if it may be created, and its retry topic. A refused append is made up for by
 * the next heartbeat.
 */
export function ensureRetryTopic(parts: BrokerParts, group: string): void {
  const settings = ensureGroup(parts, group);
  if (settings === undefined || !parts.mastership.serving || settings.retryQueueNums <= 0) return;
  const topic = RETRY_PREFIX + group;
  if (parts.state.topics.get(topic) === undefined) createTopic(parts, groupTopic(topic, settings.retryQueueNums));
}
