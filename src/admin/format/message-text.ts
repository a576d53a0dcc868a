import type { ReceivedMessage } from '../../client/received-message.ts';
import { javaMapText } from './java-hash-order.ts';
import { millisecondsText } from './local-time.ts';

/** With so many buckets RocketMQ makes the map that it decodes properties into. */
const PROPERTY_BUCKETS = 128;

/** Properties as Java prints those of a message. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  return javaMapText(properties, PROPERTY_BUCKETS);
}

/** The lines about one message that the query commands print. */
export function formatMessage(message: ReceivedMessage, bodyPath: string): string {
  const keys = message.properties['KEYS'];
  const fields: readonly (readonly [name: string, value: string | number])[] = [
    ['Topic:', message.topic],
    ['Tags:', `[${message.tags ?? 'null'}]`],
    ['Keys:', `[${keys ?? 'null'}]`],
    ['Queue ID:', message.queueId],
    ['Queue Offset:', message.queueOffset],
    ['CommitLog Offset:', message.commitLogOffset],
    ['Reconsume Times:', message.reconsumeTimes],
    ['Born Timestamp:', millisecondsText(message.bornTimestamp)],
    ['Store Timestamp:', millisecondsText(message.storeTimestamp)],
    ['Born Host:', message.bornHost],
    ['Store Host:', message.storeHost],
    ['System Flag:', message.sysFlag],
    ['Properties:', propertiesText(message.properties)],
    ['Message Body Path:', bodyPath],
  ];
  return fields.map(([name, value]) => `${name.padEnd(20)} ${value}\n`).join('');
}
