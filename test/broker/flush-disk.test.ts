import { expect, test } from 'vitest';
import { sendBatchMessage, sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { encodeBatch } from '../../src/protocol/message/batch.ts';
import { encodeProperties } from '../../src/protocol/message/properties.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { BrokerWorld, bodiesOf, sendHeader } from './broker-world.ts';

/** A broker whose disk takes `latencyMs` for a write and as long again for the fsync behind it. */
async function slowBroker(conf: string, latencyMs: number): Promise<BrokerWorld> {
  const world = await BrokerWorld.start(conf);
  await world.client().send('first');
  world.world.disk('broker').latencyMs = latencyMs;
  return world;
}

const noWait = (value: string) => ({ properties: encodeProperties([['WAIT', value]]) });

test('SYNC_FLUSH answers after the fsync; a sender that does not wait hears when the bytes are in the file', async () => {
  const world = await slowBroker('flushDiskType=SYNC_FLUSH\n', 100);
  const client = world.client();
  const waits: RemotingCommand[] = [];
  const runs: RemotingCommand[] = [];
  client.begin(sendMessageV2, sendHeader(noWait('true'), {}), waits, Buffer.from('waits'));
  client.begin(sendMessageV2, sendHeader(noWait('false'), {}), runs, Buffer.from('runs'));
  const items = [{ flag: 0, body: Buffer.from('batch'), properties: Buffer.from('') }];
  client.begin(sendBatchMessage, sendHeader({ ...noWait('false'), batch: true }, {}), runs, encodeBatch(items));
  await world.world.run(150);
  expect([waits.length, runs.map(({ code }) => code)]).toEqual([0, [0, 0]]);
  await world.world.run(100);
  expect(waits).toMatchObject([{ code: 0, extFields: { queueOffset: '1' } }]);
});

test('an fsync that takes longer than syncFlushTimeout is answered with code 10 and the place; the message is there', async () => {
  const world = await slowBroker('flushDiskType=SYNC_FLUSH\nsyncFlushTimeout=1000\n', 900);
  const client = world.client();
  const answers: RemotingCommand[] = [];
  client.begin(sendMessageV2, sendHeader({}, { UNIQ_KEY: 'ID1' }), answers, Buffer.from('late'));
  const items = [{ flag: 0, body: Buffer.from('later'), properties: Buffer.from('') }];
  client.begin(sendBatchMessage, sendHeader({ batch: true }, {}), answers, encodeBatch(items));
  await world.world.run(950);
  expect(answers).toEqual([]);
  await world.world.run(300);
  const place = { queueId: '0', queueOffset: '1', transactionId: 'ID1' };
  expect(answers).toMatchObject([
    { code: ResponseCode.FLUSH_DISK_TIMEOUT, extFields: place },
    { code: ResponseCode.FLUSH_DISK_TIMEOUT, extFields: { queueOffset: '2' } },
  ]);
  expect(answers[0]?.extFields['msgId']).toMatch(/^[0-9A-F]{32}$/);
  await world.world.run(5_000);
  world.world.disk('broker').latencyMs = 0.1;
  expect(answers).toHaveLength(2);
  expect(bodiesOf(await client.pull())).toEqual(['first', 'late', 'later']);
});

test('ASYNC_FLUSH waits for no fsync', async () => {
  const world = await slowBroker('flushDiskType=ASYNC_FLUSH\nsyncFlushTimeout=1000\n', 900);
  const answers: RemotingCommand[] = [];
  world.client().begin(sendMessageV2, sendHeader({}, {}), answers, Buffer.from('x'));
  await world.world.run(950);
  expect(answers.map(({ code }) => code)).toEqual([0]);
});
