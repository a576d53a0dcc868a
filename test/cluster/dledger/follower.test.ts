import { describe, expect, it } from 'vitest';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import type { RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { CommandDefinition } from '../../../src/protocol/schema.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

/** Sends one request straight to a member, whatever the route says. */
async function ask<Request extends object>(
  group: DledgerWorld,
  to: MemberName,
  definition: CommandDefinition<Request, object>,
  header: Request,
  body = Buffer.alloc(0),
): Promise<RemotingCommand> {
  const client = new RemotingClient({ platform: group.client });
  const fields = definition.encodeRequest(header);
  const answer = await group.world.settle(
    client.request(`${group.ip(to)}:30911`, definition.code, fields, { body, timeoutMs: 20_000 }),
  );
  client.close();
  if (typeof answer === 'string') throw new Error(`no answer from ${to}: ${answer}`);
  return answer;
}

const SEND = {
  producerGroup: 'p',
  topic: 'T',
  defaultTopic: 'TBW102',
  defaultTopicQueueNums: 4,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: 1,
  flag: 0,
  properties: '',
  reconsumeTimes: 0,
  unitMode: false,
  batch: false,
};

const PULL = {
  consumerGroup: 'c',
  topic: 'T',
  queueId: 0,
  queueOffset: 0,
  maxMsgNums: 32,
  sysFlag: 4,
  commitOffset: 0,
  suspendTimeoutMillis: 0,
  subscription: '*',
  subVersion: 0,
};

describe('a member that does not lead (raft/SAFETY.md 6)', () => {
  it('hands a send on to the leader, once, with the address of the client', async () => {
    const group = await DledgerWorld.serving();
    const [follower] = group.followers();
    const answer = await ask(group, follower!, sendMessageV2, SEND, Buffer.from('hello'));
    expect([answer.code, answer.remark]).toEqual([ResponseCode.SUCCESS, undefined]);
    expect(answer.extFields).toMatchObject({ queueId: '0', queueOffset: '0' });
    const [message] = await group.readAll('T');
    expect(String(message!.body)).toBe('hello');
    expect(message!.bornHost).toContain('10.0.0.2:');
  });

  it('answers 14 where it knows no leader: certainly not appended', async () => {
    const group = await DledgerWorld.serving();
    const [one, other] = group.followers();
    group.kill(other!);
    group.kill(group.leader);
    await group.world.run(3_000);
    const answer = await ask(group, one!, sendMessageV2, SEND, Buffer.from('x'));
    expect(answer.code).toBe(ResponseCode.SERVICE_NOT_AVAILABLE);
  });

  it('waits for a silent leader no longer than until another one leads: the outcome is unknown', async () => {
    const group = await DledgerWorld.serving();
    const { leader } = group;
    const [follower] = group.followers();
    const { term } = group.broker(leader).status();
    group.isolate(leader);
    const answer = await ask(group, follower!, sendMessageV2, SEND, Buffer.from('x'));
    expect([answer.code, answer.remark]).toEqual([
      ResponseCode.SYSTEM_ERROR,
      expect.stringMatching(new RegExp(`^outcome unknown: the leader .* of term ${term} did not answer before term`)),
    ]);
    const status = group.broker(follower!).status();
    expect(status).toMatchObject({ leader: expect.stringMatching(/^n\d$/), pendingForwards: 0 });
    expect(status.leader).not.toBe(leader);
    group.heal(leader);
    await group.untilEqual();
    const again = await ask(group, follower!, sendMessageV2, SEND, Buffer.from('y'));
    expect(again.code).toBe(ResponseCode.SUCCESS);
  });

  it('serves a pull inside what is committed and never corrects a client beyond it', async () => {
    const group = await DledgerWorld.serving();
    for (let n = 0; n < 3; n++) await ask(group, group.leader, sendMessageV2, SEND, Buffer.from(`m${n}`));
    await group.untilEqual();
    const [follower] = group.followers();
    const found = await ask(group, follower!, pullMessage, PULL);
    expect([found.code, found.extFields['nextBeginOffset']]).toEqual([ResponseCode.SUCCESS, '3']);
    for (const queueOffset of [3, 4, 1_000]) {
      const beyond = await ask(group, follower!, pullMessage, { ...PULL, queueOffset });
      expect([ResponseCode.PULL_NOT_FOUND, ResponseCode.PULL_RETRY_IMMEDIATELY]).toContain(beyond.code);
      expect(beyond.extFields['nextBeginOffset']).toBe(String(queueOffset));
    }
  });

  it('never answers "not found" to a question for an offset by itself', async () => {
    const group = await DledgerWorld.serving();
    await ask(group, group.leader, sendMessageV2, SEND, Buffer.from('m'));
    await group.untilEqual();
    const [follower] = group.followers();
    const question = { consumerGroup: 'nobody', topic: 'T', queueId: 0 };
    const forwarded = await ask(group, follower!, queryConsumerOffset, question);
    const direct = await ask(group, group.leader, queryConsumerOffset, question);
    expect(forwarded.code).toBe(direct.code);
    group.isolate(follower!);
    await group.world.run(3_000);
    const alone = await ask(group, follower!, queryConsumerOffset, question);
    expect(alone.code).toBe(ResponseCode.SERVICE_NOT_AVAILABLE);
  });
});

describe('the next offset of a queue (raft/SAFETY.md 5)', () => {
  it('goes on after retention has removed all of its messages, also on a leader that started later', async () => {
    const group = await DledgerWorld.serving('fileReservedTime=0\ndeleteWhen=0;1;2\n');
    for (let n = 0; n < 3; n++) await ask(group, group.leader, sendMessageV2, SEND, Buffer.from(`m${n}`));
    await group.world.run(75_000);
    const other = { ...SEND, topic: 'Other' };
    for (let n = 0; n < 60; n++) await ask(group, group.leader, sendMessageV2, other, Buffer.alloc(4_000));
    await group.world.run(75_000);
    for (const name of group.names) {
      await group.stop(name);
      await group.start(name);
      await group.untilServing();
    }
    const found = await ask(group, group.leader, pullMessage, PULL);
    expect([found.code, found.extFields['minOffset']]).toEqual([ResponseCode.PULL_OFFSET_MOVED, '3']);
    const answer = await ask(group, group.leader, sendMessageV2, SEND, Buffer.from('late'));
    expect(answer.extFields['queueOffset']).toBe('3');
  });
});
