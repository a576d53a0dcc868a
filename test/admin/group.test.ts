import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runClass } from '../../src/admin/run-class.ts';
import { DledgerWorld } from '../cluster/dledger/dledger-world.ts';
import { run } from './replay-world.ts';

let group: DledgerWorld;
beforeEach(async () => {
  group = await DledgerWorld.serving();
});
afterEach(() => {
  expect(group.fatal).toEqual([]);
});

function admin(...argv: string[]) {
  return run(group.world, group.client, argv, 'ns:9876');
}

describe('against a real group', () => {
  test('a topic is made, looked at, filled and deleted', async () => {
    const made = await admin('updateTopic', '-t', 'Orders', '-c', 'DefaultCluster', '-r', '2', '-w', '2');
    expect(made).toMatchObject({ exitCode: 0, errors: '' });
    expect(made.printed).toContain(
      `create topic to ${group.ip(group.leader)}:30911 success.\nTopicConfig [topicName=Orders`,
    );
    const producer = await group.producer();
    const sent = await group.world.settle(
      producer.send(
        { topic: 'Orders', body: 'one', keys: 'k1' },
        { queue: { topic: 'Orders', brokerName: 'g', queueId: 1 } },
      ),
    );
    const status = await admin('topicStatus', '-t', 'Orders');
    const rows = status.printed.split('\n').slice(1, 3);
    expect(rows.map((row) => row.trim().split(/\s+/).slice(0, 4))).toEqual([
      ['g', '0', '0', '0'],
      ['g', '1', '0', '1'],
    ]);
    expect((await admin('queryMsgByKey', '-t', 'Orders', '-k', 'k1')).printed).toContain(sent.messageId);
    for (const id of [sent.messageId, sent.offsetMessageId]) {
      const found = await admin('queryMsgById', '-t', 'Orders', '-i', id, '-f', 'UTF-8');
      expect(found.printed).toContain(`OffsetID:            ${sent.offsetMessageId}\n`);
      expect(found.printed).toContain('Message Body:        one\n');
    }
    expect((await admin('queryMsgById', '-i', sent.offsetMessageId)).printed).toContain('Keys:                [k1]');
    const lost = await admin('queryMsgById', '-i', sent.messageId);
    expect(lost).toMatchObject({ exitCode: 1, errors: expect.stringContaining('--topic') });
    expect((await admin('topicList')).printed.split('\n')).toContain('Orders');
    expect((await admin('deleteTopic', '-t', 'Orders', '-c', 'DefaultCluster')).exitCode).toBe(0);
    expect((await admin('topicList')).printed.split('\n')).not.toContain('Orders');
  });

  test('the list shows each member once, the leader as 0 and active', async () => {
    const { printed, exitCode } = await admin('clusterList');
    const rows = printed
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
    expect(exitCode).toBe(0);
    expect(rows.map((row) => row[2])).toHaveLength(3);
    expect(rows[0]?.slice(0, 5)).toEqual(['DefaultCluster', 'g', '0', `${group.ip(group.leader)}:30911`, 'V5_3_3']);
    expect(rows.map((row) => row.at(-1))).toEqual(['true', 'false', 'false']);
  });

  test('names that are not there end in a sentence with a name that is near', async () => {
    await admin('updateTopic', '-t', 'Orders', '-c', 'DefaultCluster');
    expect(await admin('topicStatus', '-t', 'Ordrs')).toEqual({
      exitCode: 1,
      printed: '',
      errors:
        'topicStatus: There is no topic "Ordrs": no broker has registered it with the name server. Did you mean "Orders"?\n',
    });
    expect((await admin('updateTopic', '-t', 'X', '-c', 'DefaultClustr')).errors).toBe(
      'updateTopic: There is no cluster "DefaultClustr". Did you mean "DefaultCluster"? There are: DefaultCluster.\n',
    );
    expect(await admin('consumerProgress', '-g', 'nobody')).toMatchObject({
      exitCode: 1,
      errors: 'consumerProgress: There is no consumer group "nobody".\n',
    });
    expect(await admin('updateTopc')).toEqual({
      exitCode: 2,
      printed: '',
      errors: 'There is no command "updateTopc". Did you mean "updateTopic"? See \'mqadmin help\'.\n',
    });
  });

  test('an illegal name is refused by the broker, and the sentence says why', async () => {
    const { exitCode, errors } = await admin('updateTopic', '-t', 'a b', '-c', 'DefaultCluster');
    expect(exitCode).toBe(1);
    expect(errors).toContain('illegal characters');
  });

  test('the quickstart programs print what RocketMQ prints, a thousand times each', { timeout: 60_000 }, async () => {
    const ending = new AbortController();
    const lines: string[] = [];
    const surroundings = {
      platform: () => group.client,
      nameServers: 'ns:9876',
      print: (text: string) => lines.push(text),
      printError: (text: string) => lines.push(`error: ${text}`),
      signal: ending.signal,
    };
    const name = 'org.apache.rocketmq.example.quickstart';
    expect(await group.world.settle(runClass([`${name}.Producer`], surroundings))).toBe(0);
    expect(lines).toHaveLength(1_000);
    expect(
      lines.every((line) =>
        /^SendResult \[sendStatus=SEND_OK, msgId=[0-9A-F]{32}, .*recallHandle=null\]\n$/.test(line),
      ),
    ).toBe(true);

    lines.length = 0;
    const consuming = runClass([`${name}.Consumer`], surroundings);
    await group.until(() => lines.length === 1_001);
    const [, id = ''] = /msgId=(\w+), commitLogOffset/.exec(lines[500] ?? '') ?? [];
    await group.world.run(6_000);
    const track = await admin('queryMsgById', '-t', 'TopicTest', '-i', id);
    expect(track.printed).toContain(
      'MessageTrack [consumerGroup=please_rename_unique_group_name_4, trackType=CONSUMED, exceptionDesc=null]',
    );
    const { printed } = await admin('consumerProgress');
    expect(printed.split('\n')[1]).toMatch(/^please_rename_unique_group_name_4 +1 +V5_3_3 +PUSH +CLUSTERING +\d+ +0$/);
    ending.abort();
    expect(await group.world.settle(consuming)).toBe(0);
    expect(lines[0]).toBe('Consumer Started.\n');
    const bodies = lines.slice(1).map((line) => {
      const [, bytes = ''] =
        /^ConsumeMessageThread_please_rename_unique_group_name_4_\d+ Receive New Messages: \[MessageExt \[brokerName=g, .*body=\[([\d, ]+)\], transactionId='null'\}\]\] \n$/.exec(
          line,
        ) ?? [];
      return Buffer.from(bytes.split(', ').map(Number)).toString();
    });
    expect(new Set(bodies)).toEqual(new Set(Array.from({ length: 1_000 }, (_, number) => `Hello RocketMQ ${number}`)));
  });
});

test('without a name server, or with one that is not there, one sentence says so', async () => {
  const nowhere = await run(group.world, group.client, ['topicList']);
  expect(nowhere).toEqual({
    exitCode: 2,
    printed: '',
    errors: "No name server is given. Give -n host:port, or set NAMESRV_ADDR. See 'mqadmin help topicList'.\n",
  });
  const unreachable = await run(group.world, group.client, ['topicList', '-n', 'ns:1;ns:2']);
  expect(unreachable.exitCode).toBe(1);
  expect(unreachable.errors).toMatch(/^topicList: no name server answered: .*ns:1.*ns:2/);
  const nonsense = await run(group.world, group.client, ['topicList', '-n', 'ns']);
  expect(nonsense.exitCode).toBe(2);
});

test('a broker alone can be asked without a name server', async () => {
  const address = `${group.ip('n1')}:30911`;
  const { exitCode, printed } = await run(group.world, group.client, ['brokerStatus', '-b', address]);
  expect(exitCode).toBe(0);
  expect(printed).toContain(`${'brokerVersionDesc'.padEnd(32)}: V5_3_3\n`);
});
