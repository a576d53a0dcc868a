import { decompressBody } from '../protocol/message/compression.ts';
import { SysFlag } from '../protocol/message/flags.ts';
import { decodeHost, hostText } from '../protocol/message/host.ts';
import { offsetMessageId } from '../protocol/message/message-id.ts';
import { decodeProperties, PropertyName } from '../protocol/message/properties.ts';
import { RecordLayout } from '../protocol/message/record.ts';
import { RecordReader } from '../protocol/message/record-reader.ts';
import { ClientError } from './errors.ts';
import type { ReceivedMessage } from './received-message.ts';

/** The messages in the body of a pull or query answer: stored records back to back. Bodies are views of it unless they were compressed. */
export function decodeMessages(body: Buffer, brokerName: string): ReceivedMessage[] | ClientError {
  const reader = new RecordReader();
  const messages: ReceivedMessage[] = [];
  for (let at = 0; at < body.length; at += reader.size) {
    const status = reader.open(body, at, body.length);
    if (status !== 'record') {
      const problem = status === 'invalid' ? reader.problem : status;
      return new ClientError('bad-response', `record ${messages.length + 1} of the answer cannot be read: ${problem}`);
    }
    const message = readMessage(reader, body.readInt32BE(at + RecordLayout.BODY_CRC), brokerName);
    if (message instanceof ClientError) return message;
    messages.push(message);
  }
  return messages;
}

function readMessage(reader: RecordReader, bodyCrc: number, brokerName: string): ReceivedMessage | ClientError {
  const { topic, queueId, queueOffset, position, storeHost, sysFlag } = reader;
  const body = decompressBody(reader.body, sysFlag);
  if (typeof body === 'string') {
    return new ClientError('bad-response', `message ${queueOffset} of queue ${queueId} of ${topic}: ${body}`);
  }
  const properties: Record<string, string> = Object.create(null);
  for (const [name, value] of decodeProperties(reader.propertiesText)) properties[name] = value;
  const offsetId = offsetMessageId(storeHost, position);
  const keys = properties[PropertyName.KEYS];
  return {
    topic,
    brokerName,
    queueId,
    queueOffset,
    messageId: properties[PropertyName.UNIQ_KEY] ?? offsetId,
    offsetMessageId: offsetId,
    body,
    tags: properties[PropertyName.TAGS],
    keys: keys === undefined || keys === '' ? [] : keys.split(' '),
    properties,
    reconsumeTimes: reader.reconsumeTimes,
    flag: reader.flag,
    // Decompressed above, and marked as RocketMQ 5 does.
    sysFlag: sysFlag & ~SysFlag.COMPRESSED,
    bornTimestamp: reader.bornTimestamp,
    bornHost: hostText(decodeHost(reader.bornHost)),
    storeTimestamp: reader.storeTimestamp,
    storeHost: hostText(decodeHost(storeHost)),
    commitLogOffset: position,
    bodyCrc,
    preparedTransactionOffset: reader.preparedTransactionOffset,
    storeSize: reader.size,
  };
}
