import { beforeAll, describe, expect, test } from 'vitest';
import { goldenCommand, goldenText, replay } from './replay-world.ts';

/** Three minutes after the oldest message: #Hour was 0.05 when the texts were recorded. */
const RECORDED_MS = 1_795_335_195_170 + 180_000;

// The texts were recorded in this zone.
beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

describe('against servers that answer as real ones did, it prints what RocketMQ 5.3.3 printed', () => {
  test.each([
    'clusterList',
    'clusterList-m',
    'topicList',
    'topicList-c',
    'topicRoute',
    'topicRoute-wiped',
    'topicRoute-AdminTopic',
    'topicStatus',
    'topicClusterList',
    'updateTopic',
    'deleteTopic',
    'consumerProgress',
    'consumerProgress-g',
    'consumerProgress-online',
    'consumerProgress-after-reset',
    'brokerStatus',
    'consumerConnection',
    'queryMsgByKey',
    'updateSubGroup',
    'deleteSubGroup',
  ])('%s', async (session) => {
    const ran = await replay(session, goldenCommand(session), RECORDED_MS);
    expect(ran.errors).toBe('');
    expect(ran.strange).toEqual([]);
    expect(ran.printed).toBe(goldenText(session));
    expect(ran.exitCode).toBe(0);
  });
});

test.each(['queryMsgById', 'queryMsgByUniqueKey'])(
  '%s prints the same, but no stack for a name that is no group',
  async (session) => {
    const ran = await replay(session, goldenCommand(session));
    const last = 'MessageTrack [consumerGroup=GoldenTopic, trackType=UNKNOWN, exceptionDesc=';
    const [golden = ''] = goldenText(session).split(last);
    expect(golden).toContain('trackType=NOT_ONLINE');
    expect(ran.printed.trimEnd()).toBe(`${golden}${last}no broker has registered the topic %RETRY%GoldenTopic]`);
    expect(ran).toMatchObject({ exitCode: 0, errors: '', strange: [] });
  },
);

// The recorder cut the empty line off with which these begin.
test.each([
  'getControllerMetaData',
  'getSyncStateSet',
  'getSyncStateSet-after-elect',
  'electMaster',
  'getBrokerEpoch',
  'updateControllerConfig',
  'haStatus',
])('in Controller mode %s prints what RocketMQ 5.3.3 printed', async (session) => {
  const ran = await replay(session, goldenCommand(session));
  expect(ran.errors).toBe('');
  expect(ran.strange).toEqual([]);
  expect(ran.printed.trim()).toBe(goldenText(session).trim());
  expect(ran.exitCode).toBe(0);
});

test('getControllerConfig prints the same lines, sorted', async () => {
  const ran = await replay('getControllerConfig', goldenCommand('getControllerConfig'));
  const [head = '', ...lines] = goldenText('getControllerConfig').trimEnd().split('\n');
  expect(ran.printed).toBe(`${head}\n${lines.sort().join('\n')}\n`);
  expect(ran.exitCode).toBe(0);
});

test('a living broker is not forgotten: one sentence and exit code 1', async () => {
  const ran = await replay('cleanBrokerMetadata', goldenCommand('cleanBrokerMetadata'));
  expect(ran).toMatchObject({ exitCode: 1, printed: '', strange: [] });
  expect(ran.errors).toMatch(/^cleanBrokerMetadata: .*Broker \[broker-a, {2}1\] is still alive, clean up failure.*\n$/);
});

test('getBrokerConfig prints the same lines, sorted', async () => {
  const ran = await replay('getBrokerConfig', goldenCommand('getBrokerConfig'));
  const [head = '', ...lines] = goldenText('getBrokerConfig').trimEnd().split('\n');
  expect(ran.printed).toBe(`${head}\n${lines.sort().join('\n')}\n\n`);
  expect(ran.exitCode).toBe(0);
});

test('a topic that is not there ends in one sentence and exit code 1', async () => {
  const ran = await replay('topicRoute-missing', goldenCommand('topicRoute-missing'));
  expect(ran).toMatchObject({ exitCode: 1, printed: '' });
  // The recorded session did not ask for the topic list, from which the sentence takes names that are near.
  expect(ran.strange).toHaveLength(1);
});

test('a producer group that is not online ends in one sentence and exit code 1', async () => {
  const ran = await replay('producerConnection', goldenCommand('producerConnection'));
  expect(ran).toMatchObject({ exitCode: 1, printed: '', strange: [] });
  expect(ran.errors).toBe(
    'producerConnection: No producer of group "golden_producer" is online at the brokers of topic "GoldenTopic".\n',
  );
});
