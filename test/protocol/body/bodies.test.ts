import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clusterInfo } from '../../../src/protocol/body/cluster-info.ts';
import { consumeStats } from '../../../src/protocol/body/consume-stats.ts';
import { heartbeatData } from '../../../src/protocol/body/heartbeat-data.ts';
import {
  decodeCompressedRegistration,
  encodeCompressedRegistration,
  type RegisterBrokerBody,
  registerBrokerBody,
  registrationCrcMatches,
} from '../../../src/protocol/body/register-broker-body.ts';
import { resetOffsetBody, resetOffsetBodyForC } from '../../../src/protocol/body/reset-offset-body.ts';
import {
  subscriptionGroupConfig,
  subscriptionGroupTable,
} from '../../../src/protocol/body/subscription-group-config.ts';
import { topicConfig } from '../../../src/protocol/body/topic-config.ts';
import { topicRouteData } from '../../../src/protocol/body/topic-route-data.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import type { BodyDefinition } from '../../../src/protocol/define-body.ts';
import { parseSubscription } from '../../../src/protocol/message/tags.ts';
import { decodeOne, readRecordings } from '../recordings.ts';

function decode<T>(definition: BodyDefinition<T>, text: string): T {
  const value = definition.decode(Buffer.from(text));
  if (value instanceof BodyError) throw value;
  return value;
}

function problem(definition: BodyDefinition<unknown>, text: string): string {
  const value = definition.decode(Buffer.from(text));
  return value instanceof BodyError ? value.message : 'none';
}

const queue = { brokerName: 'b', queueId: 0, topic: 't' };

describe('bodies as we write them', () => {
  it('quote numeric keys and have no blanks', () => {
    const route = topicRouteData.encode({
      queueDatas: [{ brokerName: 'b', readQueueNums: 4, writeQueueNums: 4, perm: 6, topicSysFlag: 0 }],
      brokerDatas: [
        { cluster: 'c', brokerName: 'b', brokerAddrs: new Map([[0, '1.2.3.4:10911']]), enableActingMaster: false },
      ],
      filterServerTable: new Map(),
    });
    expect(route.toString()).toBe(
      '{"brokerDatas":[{"brokerAddrs":{"0":"1.2.3.4:10911"},"brokerName":"b","cluster":"c","enableActingMaster":false}],"filterServerTable":{},' +
        '"queueDatas":[{"brokerName":"b","perm":6,"readQueueNums":4,"topicSysFlag":0,"writeQueueNums":4}]}',
    );
  });

  it('have queues as keys where tables are by queue', () => {
    expect(resetOffsetBody.encode({ offsetTable: [[queue, 5]] }).toString()).toBe(
      '{"offsetTable":{{"brokerName":"b","queueId":0,"topic":"t"}:5}}',
    );
    expect(resetOffsetBodyForC.encode({ offsetTable: [{ ...queue, offset: 5 }] }).toString()).toBe(
      '{"offsetTable":[{"brokerName":"b","offset":5,"queueId":0,"topic":"t"}]}',
    );
    const offsets = { brokerOffset: 3, consumerOffset: 1, pullOffset: 0, lastTimestamp: 9 };
    expect(consumeStats.encode({ offsetTable: [[queue, offsets]], consumeTps: 0 }).toString()).toBe(
      '{"consumeTps":0.0,"offsetTable":{{"brokerName":"b","queueId":0,"topic":"t"}:{"brokerOffset":3,"consumerOffset":1,"lastTimestamp":9,"pullOffset":0}}}',
    );
  });
});

describe('bodies as others write them', () => {
  it('may have queues as texts for keys', () => {
    const text = '{"offsetTable":{"{\\"brokerName\\":\\"b\\",\\"queueId\\":0,\\"topic\\":\\"t\\"}":5}}';
    expect(decode(resetOffsetBody, text)).toEqual({ offsetTable: [[queue, 5]] });
  });

  it('may have tag hashes as texts, and leave out what has a default', () => {
    const text =
      '{"clientID":"c","consumerDataSet":[{"groupName":"g","subscriptionDataSet":[{"topic":"T","subString":"A","tagsSet":["A"],"codeSet":["65"],"subVersion":1}]}]}';
    expect(decode(heartbeatData, text)).toEqual({
      clientID: 'c',
      producerDataSet: [],
      consumerDataSet: [
        {
          groupName: 'g',
          consumeType: 'CONSUME_PASSIVELY',
          messageModel: 'CLUSTERING',
          consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
          subscriptionDataSet: [parseSubscription('T', 'A', 1)],
          unitMode: false,
        },
      ],
      heartbeatFingerprint: 0,
      withoutSub: false,
    });
  });

  it('get the defaults of RocketMQ', () => {
    expect(decode(subscriptionGroupConfig, '{"groupName":"g","attributes":null}')).toMatchObject({
      ...{ consumeEnable: true, retryQueueNums: 1, retryMaxTimes: 16, whichBrokerWhenConsumeSlowly: 1, attributes: {} },
      ...{ groupRetryPolicy: { type: 'CUSTOMIZED' }, consumeTimeoutMinute: 15 },
    });
    expect(decode(topicConfig, '{"topicName":"t"}')).toMatchObject({
      readQueueNums: 16,
      perm: 6,
      topicFilterType: 'SINGLE_TAG',
    });
  });

  it('keep what a group of RocketMQ 5 subscribes to and what is forbidden to it, in the words of fastjson', () => {
    const version = '"dataVersion":{"counter":1,"stateVersion":0,"timestamp":2}';
    const data = '"subscriptionDataSet":[{"expression":"*","expressionType":"TAG","topic":"XT","version":1}]';
    const written = `{${version},"forbiddenTable":{"g":{"XT":3}},"subscriptionGroupTable":{"g":{"groupName":"g",${data}}}}`;
    const encoded = subscriptionGroupTable.encode(decode(subscriptionGroupTable, written)).toString();
    expect(encoded).toContain(data);
    expect(encoded).toContain('"forbiddenTable":{"g":{"XT":3}}');
  });

  it('may tell enum constants by their places, as the C++ client does', () => {
    const consumer = (members: string) => `{"clientID":"c","consumerDataSet":[{"groupName":"g",${members}}]}`;
    const numbers = consumer('"consumeFromWhere":4,"consumeType":1,"messageModel":0');
    expect(decode(heartbeatData, numbers).consumerDataSet[0]).toMatchObject({
      consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
      consumeType: 'CONSUME_PASSIVELY',
      messageModel: 'BROADCASTING',
    });
    expect(problem(heartbeatData, consumer('"messageModel":2'))).toBe(
      'HeartbeatData: consumerDataSet[0].messageModel is not one of BROADCASTING, CLUSTERING',
    );
  });

  it('are refused with the place that is wrong', () => {
    expect(problem(clusterInfo, '[]')).toBe('ClusterInfo: the body is not an object');
    expect(
      problem(clusterInfo, '{"brokerAddrTable":{"b":{"cluster":"c","brokerName":"b","brokerAddrs":{"x":"a"}}}}'),
    ).toBe('ClusterInfo: brokerAddrTable.b.brokerAddrs is not a whole number below 2^53');
    expect(problem(heartbeatData, '{}')).toBe('HeartbeatData: clientID is not there');
    expect(problem(heartbeatData, '{"clientID":"c","producerDataSet":[{"groupName":1}]}')).toBe(
      'HeartbeatData: producerDataSet[0].groupName is not a text',
    );
    expect(problem(resetOffsetBody, '{"offsetTable":{"q":1}}')).toContain('the key q is not a queue');
    expect(problem(topicConfig, '{')).toMatch(/^TopicConfig: not JSON: /);
  });
});

describe('compressed registration', () => {
  const body = decode(
    registerBrokerBody,
    '{"topicConfigSerializeWrapper":{"dataVersion":{"counter":3,"stateVersion":2,"timestamp":1},"topicConfigTable":{' +
      '"A":{"topicName":"A","readQueueNums":8,"writeQueueNums":4,"perm":6},"B":{"topicName":"B","attributes":{"a b":"c"}}}}}',
  );

  it('brings the topics back', () => {
    expect(decodeCompressedRegistration(encodeCompressedRegistration(body))).toEqual(body);
  });

  it('ignores what newer versions append, and refuses what is cut off', () => {
    const sections = [
      Buffer.from([0, 0, 0, 35]),
      Buffer.from('{"counter":1,"timestamp":2,"x":"yz"}'.padEnd(35).slice(0, 35)),
    ];
    expect(decodeCompressedRegistration(deflateSync(Buffer.concat(sections)))).toBeInstanceOf(BodyError);
    expect(decodeCompressedRegistration(Buffer.from('no zlib'))).toBeInstanceOf(BodyError);
  });

  it('has the checksum that brokers send', () => {
    const registrations = readRecordings().filter(({ type, code }) => type === 'request' && code === 103);
    expect(registrations.length).toBeGreaterThan(2);
    for (const { frame_base64 } of registrations) {
      const command = decodeOne(Buffer.from(frame_base64, 'base64'));
      const crc = Number(command.extFields['bodyCrc32']);
      expect(crc).not.toBe(0);
      expect(registrationCrcMatches(command.body, crc)).toBe(true);
      expect(registrationCrcMatches(command.body, crc ^ 1)).toBe(false);
      const decoded = registerBrokerBody.decode(command.body) as RegisterBrokerBody;
      expect(decodeCompressedRegistration(encodeCompressedRegistration(decoded))).toEqual(decoded);
    }
  });
});
