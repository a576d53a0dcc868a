import type { ReceivedMessage } from '../../client/received-message.ts';
import { propertiesText } from './message-text.ts';

/** A consumed message as RocketMQ prints it (MessageExt.toString). */
export function receivedText(message: ReceivedMessage): string {
  const { topic, flag, properties, body } = message;
  const bytes = [...body].map((byte) => (byte > 127 ? byte - 256 : byte)).join(', ');
  const inner = `Message{topic='${topic}', flag=${flag}, properties=${propertiesText(properties)}, body=[${bytes}], transactionId='null'}`;
  const fields: readonly (readonly [name: string, value: string | number])[] = [
    ['brokerName', message.brokerName],
    ['queueId', message.queueId],
    ['storeSize', message.storeSize],
    ['queueOffset', message.queueOffset],
    ['sysFlag', message.sysFlag],
    ['bornTimestamp', message.bornTimestamp],
    ['bornHost', `/${message.bornHost}`],
    ['storeTimestamp', message.storeTimestamp],
    ['storeHost', `/${message.storeHost}`],
    ['msgId', message.offsetMessageId],
    ['commitLogOffset', message.commitLogOffset],
    ['bodyCRC', message.bodyCrc],
    ['reconsumeTimes', message.reconsumeTimes],
    ['preparedTransactionOffset', message.preparedTransactionOffset],
    ['toString()', inner],
  ];
  return `MessageExt [${fields.map(([name, value]) => `${name}=${value}`).join(', ')}]`;
}
