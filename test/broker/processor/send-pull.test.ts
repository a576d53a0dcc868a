import { expect, test } from 'vitest';
import { BrokerWorld, bodiesOf, recordsOf } from '../broker-world.ts';

test('a message is stored, answered with its place, and pulled as it was sent', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  const sent = await client.send('hello', { queueId: 2 }, { TAGS: 'TagA', KEYS: 'k1', UNIQ_KEY: 'ID1' });
  expect(sent).toMatchObject({ code: 0, extFields: { queueId: '2', queueOffset: '0', transactionId: 'ID1' } });
  expect(sent.extFields['msgId']).toMatch(/^0A00000100002A9F[0-9A-F]{16}$/);
  const pulled = await client.pull({ queueId: 2 });
  expect(pulled).toMatchObject({
    code: 0,
    remark: 'FOUND',
    extFields: { nextBeginOffset: '1', minOffset: '0', maxOffset: '1' },
  });
  const [record] = recordsOf(pulled);
  expect(record).toMatchObject({ topic: 'Topic', queueId: 2, queueOffset: 0, bornTimestamp: 1_000 });
  expect(record?.body.toString()).toBe('hello');
  expect(record?.properties).toContain(
    'MSG_REGION\u0001DefaultRegion\u0002TRACE_ON\u0001true\u0002CLUSTER\u0001DefaultCluster\u0002',
  );
});

test('everything that was acknowledged is there after a restart', async () => {
  const world = await BrokerWorld.start();
  for (let i = 0; i < 5; i++) await world.client().send(`m${i}`);
  await world.restart();
  const client = world.client();
  expect(bodiesOf(await client.pull())).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  const next = await client.send('m5');
  expect(next.extFields['queueOffset']).toBe('5');
});
