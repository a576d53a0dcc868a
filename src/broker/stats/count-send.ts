import type { BrokerParts } from '../parts.ts';

/** Counts messages that were appended. */
export function countSend({ stats, config }: BrokerParts, topic: string, messages: number, bytes: number): void {
  stats.sent(topic, config.brokerClusterName, messages, bytes);
}
