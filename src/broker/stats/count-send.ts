import type { BrokerParts } from '../parts.ts';

/** Counts messages that were appended. */
export function countSend({ stats, config }: BrokerParts, topic: string, messages: number, bytes: number): void {
  stats.add('TOPIC_PUT_NUMS', topic, messages);
  stats.add('TOPIC_PUT_SIZE', topic, bytes);
  stats.add('BROKER_PUT_NUMS', config.brokerClusterName, messages);
}
