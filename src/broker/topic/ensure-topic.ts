import type { PutRefusal } from '../../store/put-message.ts';
import type { BrokerParts } from '../parts.ts';
import type { TopicConfig } from './topic-config.ts';

/** Creates a topic in this turn, so that a message may follow it in the log at once. Only on the serving master. */
export function createTopic(parts: BrokerParts, config: TopicConfig): PutRefusal | undefined {
  const { state, mastership, journal, platform } = parts;
  const dataVersion = state.topics.nextVersion(mastership.epoch, platform.clock.nowMs());
  return journal.append([{ type: 'topic-put', config, dataVersion }]);
}
