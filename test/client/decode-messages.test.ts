import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeMessages } from '../../src/client/decode-messages.ts';
import { ClientError } from '../../src/client/errors.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';
import { readRoute } from '../../src/client/route/read-route.ts';
import { TopicRoute } from '../../src/client/route/topic-route.ts';

/** Answers to pulls that RocketMQ brokers gave, and what RocketMQ's own client made of them. */
function recorded(version: string): { body: Buffer; messages: Record<string, unknown>[] }[] {
  const text = readFileSync(new URL(`../fixture/client/pulled-${version}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ body, messages }) => ({ body: Buffer.from(body, 'base64'), messages: messages.map(asNewest) }));
}

/** 4.9 leaves the flag "compressed" on a message that it has decompressed, 5.x takes it away. */
function asNewest(message: Record<string, unknown>): Record<string, unknown> {
  return { ...message, sysFlag: Number(message['sysFlag']) & ~1 };
}

/** A message as the recording program printed it. */
function asRecorded(message: ReceivedMessage): Record<string, unknown> {
  const retryTopic = message.properties['RETRY_TOPIC'];
  return {
    topic: retryTopic ?? message.topic,
    brokerName: message.brokerName,
    queueId: message.queueId,
    queueOffset: message.queueOffset,
    msgId: message.messageId,
    offsetMsgId: message.offsetMessageId,
    commitLogOffset: message.commitLogOffset,
    storeSize: message.storeSize,
    sysFlag: message.sysFlag,
    flag: message.flag,
    bornTimestamp: message.bornTimestamp,
    bornHost: `/${message.bornHost}`,
    storeTimestamp: message.storeTimestamp,
    storeHost: `/${message.storeHost}`,
    bodyCRC: message.bodyCrc,
    reconsumeTimes: message.reconsumeTimes,
    preparedTransactionOffset: message.preparedTransactionOffset,
    tags: message.tags,
    keys: message.keys.join(' '),
    properties: { ...message.properties },
    bodyBase64: message.body.toString('base64'),
  };
}

describe('decodeMessages', () => {
  it.each(['4.9.5', '5.3.3'])('reads what RocketMQ %s stored as its own client does', (version) => {
    let count = 0;
    for (const { body, messages } of recorded(version)) {
      const decoded = decodeMessages(body, 'broker-a');
      if (decoded instanceof ClientError) throw decoded;
      expect(decoded.map(asRecorded)).toEqual(messages);
      count += decoded.length;
    }
    expect(count).toBeGreaterThan(25);
  });

  it('reports an answer that is cut off or no record at all', () => {
    const [first] = recorded('5.3.3');
    expect(decodeMessages(first!.body.subarray(0, -1), 'b')).toBeInstanceOf(ClientError);
    expect(decodeMessages(Buffer.alloc(200, 7), 'b')).toMatchObject({ code: 'bad-response' });
    expect(decodeMessages(Buffer.alloc(0), 'b')).toEqual([]);
  });
});

describe('readRoute', () => {
  it('understands quoted and bare broker ids', () => {
    const queues = '[{"brokerName":"a","perm":6,"readQueueNums":2,"topicSysFlag":0,"writeQueueNums":1}]';
    for (const addresses of ['{0:"h:1",2:"h:3"}', '{"2":"h:3","0":"h:1"}']) {
      const text = `{"brokerDatas":[{"brokerAddrs":${addresses},"brokerName":"a","cluster":"C"}],"filterServerTable":{},"queueDatas":${queues}}`;
      const route = readRoute('T', Buffer.from(text));
      expect(route).toBeInstanceOf(TopicRoute);
      if (!(route instanceof TopicRoute)) continue;
      expect(route.master('a')?.address).toBe('h:1');
      expect(route.addresses()).toEqual(['h:1', 'h:3']);
      expect(route.sendQueues).toEqual([{ topic: 'T', brokerName: 'a', queueId: 0 }]);
      expect(route.readQueues).toHaveLength(2);
    }
    expect(readRoute('T', Buffer.from('{"brokerDatas":7}'))).toBeInstanceOf(ClientError);
  });
});
