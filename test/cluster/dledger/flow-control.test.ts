import { expect, it } from 'vitest';
import { sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { sendHeader } from '../../broker/broker-world.ts';
import { DledgerWorld } from './dledger-world.ts';

const TOPIC = 'Busy';
const LIMIT = 65_536;
const BODY = Buffer.alloc(1_000, 'x');

it('a leader that reaches no majority refuses when too much waits, says what is short, and appends nothing of it', async () => {
  const group = await DledgerWorld.serving(`maxPendingBytes=${LIMIT}\n`);
  const producer = await group.producer();
  await group.world.settle(producer.send({ topic: TOPIC, body: 'before' }));
  const { leader } = group;
  const address = `${group.ip(leader)}:30911`;
  const client = new RemotingClient({ platform: group.client });
  const answers = new Map<number, { code: number; remark: string | undefined }>();
  group.isolate(leader);
  for (let n = 0; n < 100; n++) {
    const fields = sendMessageV2.encodeRequest(sendHeader({ topic: TOPIC, queueId: 0 }, { KEYS: `k${n}` }));
    client.invoke(address, sendMessageV2.code, fields, BODY, 20_000, (answer) => {
      if (answer !== undefined) answers.set(n, { code: answer.code, remark: answer.remark });
    });
  }
  await group.world.run(100);
  const refused = [...answers].filter(([, { code }]) => code === ResponseCode.SYSTEM_BUSY);
  expect(answers.size).toBe(refused.length);
  expect(refused.length).toBeGreaterThan(20);
  expect(refused.length).toBeLessThan(80);
  for (const [, { remark }] of refused) {
    expect(remark).toMatch(
      /^flow control: \d+ bytes are appended and not yet on a majority of the group \(limit 65536\); slow down and try again$/,
    );
  }

  await group.until(() => group.serving().length === 1 && group.leader !== leader);
  group.heal(leader);
  await group.untilEqual();
  expect((await group.world.settle(producer.send({ topic: TOPIC, body: 'after' }))).status).toBe('SEND_OK');
  // The others were appended, and were lost with the leadership: nobody can tell.
  const codes = [...answers.values()].map(({ code }) => code);
  expect(codes.filter((code) => code !== ResponseCode.SYSTEM_BUSY)).toEqual(
    Array(100 - refused.length).fill(ResponseCode.SYSTEM_ERROR),
  );
  const bodies = (await group.readAll(TOPIC)).map(({ body }) => Buffer.from(body).toString());
  expect(bodies.sort()).toEqual(['after', 'before']);
  client.close();
});
