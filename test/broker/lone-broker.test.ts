import { expect, test } from 'vitest';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import { startLoneBroker } from '../../src/broker/lone-broker.ts';
import { sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { BrokerWorld, bodiesOf, sendHeader } from './broker-world.ts';

function startSecond(world: BrokerWorld, conf: string): Promise<unknown> {
  const host = { homeDirectory: '/home', hostName: 'broker', ipAddress: '10.0.0.1' };
  const { config } = loadBrokerConfig(`mappedFileSizeCommitLog=1048576\n${conf}`, host);
  const platform = world.brokerPlatform;
  platform.disk.makeDirectory(config.storePathRootDir);
  return world.world.settle(startLoneBroker(platform, config, () => {}));
}

test('a stop answers what was sent before it, and leaves nothing running', async () => {
  const world = await BrokerWorld.start('namesrvAddr=nobody:9876\n');
  const client = world.client();
  await client.heartbeat('group', ['Topic']);
  const answers: RemotingCommand[] = [];
  for (let i = 0; i < 20; i++) client.begin(sendMessageV2, sendHeader({}, {}), answers, Buffer.from(`m${i}`));
  await world.world.run(1);
  await world.stop();
  expect(answers.filter(({ code }) => code === 0)).toHaveLength(20);
  client.close();
  await world.world.run(10);
  expect(world.brokerPlatform.timers.pending).toBe(0);
});

test('a port that is taken, or a directory that is used, stops the start with a sentence and harms nobody', async () => {
  const world = await BrokerWorld.start();
  const onPort = startSecond(world, 'storePathRootDir=/other');
  await expect(onPort).rejects.toThrow('cannot listen on 0.0.0.0:10911: another process uses it. Change listenPort');
  await expect(startSecond(world, 'storePathRootDir=/store\nlistenPort=20911')).rejects.toThrow('/store');
  const client = world.client();
  await client.send('x');
  expect(bodiesOf(await client.pull())).toEqual(['x']);
});

test('the port two below serves the same requests', async () => {
  const world = await BrokerWorld.start();
  await world.client().send('x');
  const fast = world.client('10.0.0.1:10909');
  expect(bodiesOf(await fast.pull())).toEqual(['x']);
});
