import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixed, formatLine, javaDouble, left, right } from '../../src/admin/format/columns.ts';
import { javaHashOrder } from '../../src/admin/format/java-hash-order.ts';
import { prettyJson } from '../../src/admin/format/pretty-json.ts';
import { receivedText } from '../../src/admin/format/received-text.ts';
import { formatSendResult } from '../../src/client/producer/send-result.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';

function goldenLines(name: string): string[] {
  const text = readFileSync(new URL(`../fixture/mqadmin/5.3.3/${name}.txt`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(2);
}

test('columns are filled up and never cut', () => {
  expect(formatLine([left(4), right(4), left(2)], ['a', 1, 'long', 'end'], ['  ', ' '])).toBe('a        1 long  end\n');
  expect(fixed(1.005, 1, 6)).toBe('   1.0');
});

test.each([
  [0, '0.0'],
  [3, '3.0'],
  [0.1, '0.1'],
  [41.58752374287714, '41.58752374287714'],
  [9_999_999, '9999999.0'],
  [1e7, '1.0E7'],
  [12_345_678.9, '1.23456789E7'],
  [0.0001, '1.0E-4'],
])('the double %d looks as in Java', (value, text) => {
  expect(javaDouble(value)).toBe(text);
});

test('keys come in the order of a Java hash table, which grows', () => {
  // One letter hashes to its code: A is in bucket 1 of 16 as Q is, B in 2.
  expect(javaHashOrder(['B', 'Q', 'A', 'Q'])).toEqual(['Q', 'A', 'B']);
  // Thirteen keys need 32 buckets, and there Q has one of its own.
  const many = [...'QABCDEFGHIJKL'];
  expect(javaHashOrder(many)).toEqual([...'ABCDEFGHIJKLQ']);
  expect(javaHashOrder(many.slice(0, 12))).toEqual([...'QABCDEFGHIJK']);
});

test('number keys stay on the line of their brace', () => {
  const value = {
    a: new Map([
      [0, 'x'],
      [1, 'y'],
    ]),
    b: [],
    c: [{ d: true }],
    e: new Map<number, string>(),
    f: {},
  };
  expect(prettyJson(value)).toBe(
    '{\n\t"a":{0:"x",1:"y"\n\t},\n\t"b":[],\n\t"c":[\n\t\t{\n\t\t\t"d":true\n\t\t}\n\t],\n\t"e":{},\n\t"f":{}\n}',
  );
});

test('a send result looks as the example of RocketMQ prints it', () => {
  const lines = goldenLines('quickstart-Producer');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const [, messageId = '', offsetMessageId = '', queueId, queueOffset] =
      /msgId=(\w+), offsetMsgId=(\w+), .*queueId=(\d+)\], queueOffset=(\d+)/.exec(line) ?? [];
    const queue = { topic: 'TopicTest', brokerName: 'broker-a', queueId: Number(queueId) };
    const result = { messageId, offsetMessageId, queue, queueOffset: Number(queueOffset), transactionId: undefined };
    expect(
      formatSendResult({ ...result, status: 'SEND_OK', region: 'DefaultRegion', traceOn: true, attempts: 1 }),
    ).toBe(line);
  }
});

test('a consumed message looks as the example of RocketMQ prints it', () => {
  const lines = goldenLines('quickstart-Consumer');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const [, golden = ''] = /Receive New Messages: \[(.*)\] $/.exec(line) ?? [];
    expect(receivedText(readBack(golden))).toBe(golden);
  }
});

/** The message that a text tells, with its properties in another order; two that share a bucket keep theirs (UNIQ_KEY, CLUSTER). */
function readBack(text: string): ReceivedMessage {
  const field = (name: string): string => new RegExp(`[ [{(]${name}=/?'?([^,'\\]]*)`).exec(text)?.[1] ?? '';
  const pairs = /properties=\{([^}]*)\}/.exec(text)?.[1]?.split(', ') ?? [];
  const bytes = /body=\[([^\]]*)\]/.exec(text)?.[1]?.split(', ').map(Number) ?? [];
  return {
    topic: field('topic'),
    brokerName: field('brokerName'),
    queueId: Number(field('queueId')),
    queueOffset: Number(field('queueOffset')),
    messageId: '',
    offsetMessageId: field('msgId'),
    body: Buffer.from(bytes),
    tags: 'TagA',
    keys: [],
    properties: Object.fromEntries(
      pairs
        .sort()
        .reverse()
        .map((pair) => pair.split('=') as [string, string]),
    ),
    reconsumeTimes: Number(field('reconsumeTimes')),
    flag: Number(field('flag')),
    sysFlag: Number(field('sysFlag')),
    bornTimestamp: Number(field('bornTimestamp')),
    bornHost: field('bornHost'),
    storeTimestamp: Number(field('storeTimestamp')),
    storeHost: field('storeHost'),
    commitLogOffset: Number(field('commitLogOffset')),
    bodyCrc: Number(field('bodyCRC')),
    preparedTransactionOffset: Number(field('preparedTransactionOffset')),
    storeSize: Number(field('storeSize')),
  };
}
