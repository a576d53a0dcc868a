import { expect, test } from 'vitest';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { startLoneBroker } from '../../../src/broker/lone-broker.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { ReplicaWorld } from './replica-world.ts';
import { sendUnwaited } from './send-unwaited.ts';

test('a slave waits for a silent master no longer than until another one is elected: the outcome is unknown', async () => {
  const set = await ReplicaWorld.serving();
  set.isolate('b1');
  const answering = sendUnwaited(set, 'Orders', 'b2');
  await set.world.run(200);
  const electedMs = set.world.nowMs;
  await set.elect('b3', ['b1']);
  const answer = await answering;
  expect([answer.code, answer.remark]).toEqual([
    ResponseCode.SYSTEM_ERROR,
    expect.stringMatching(/^outcome unknown: the leader .* of term 1 did not answer before term 2 had one/),
  ]);
  expect(set.world.nowMs - electedMs).toBeLessThan(500);
  expect((await sendUnwaited(set, 'Orders', 'b2')).code).toBe(ResponseCode.SUCCESS);
});

test('a replica leaves a directory that a plain broker refuses: it holds the topics and offsets', async () => {
  const set = await ReplicaWorld.serving();
  await sendUnwaited(set, 'Orders');
  await set.stop('b2');
  const platform = set.platform('b2');
  const before = platform.disk.readFile('/store/ledgermq.point');
  const conf = 'storePathRootDir=/store\nmappedFileSizeCommitLog=65536\n';
  const { config } = loadBrokerConfig(conf, { homeDirectory: '/home', hostName: 'b2', ipAddress: '10.0.0.1' });
  await expect(set.world.settle(startLoneBroker(platform, config, () => {}))).rejects.toThrow(
    'the store directory /store belongs to a broker of Controller mode, and /store/ledgermq.point holds its topics, groups and offsets: set enableControllerMode=true',
  );
  expect(platform.disk.readFile('/store/ledgermq.point')).toEqual(before);
  await set.back('b2');
  await set.untilEqual();
});
