import { expect, test } from 'vitest';
import { History } from '../../../jepsen-lite/checker/history.ts';
import { checkTotalQueue } from '../../../jepsen-lite/checker/total-queue.ts';
import { bodyOf } from '../../../jepsen-lite/invariant/message-body.ts';
import { LiveJudge } from '../../../jepsen-lite/live/chaos/client-judge.ts';
import { record } from '../../../jepsen-lite/workload/reader.ts';
import { receivedValue } from '../../../jepsen-lite/workload/received-value.ts';
import type { Workload } from '../../../jepsen-lite/workload/workload.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';

const sound = {
  topic: 'T',
  queueId: 0,
  queueOffset: 0,
  commitLogOffset: 100,
  body: bodyOf('#17', 64),
  keys: ['#17'],
  messageId: '7F000001',
  tags: undefined,
  flag: 0,
} as unknown as ReceivedMessage;
const halfOverwritten = Buffer.from(sound.body).fill(0x58, 32);

test('a message is what its body, its keys and its unique key say', () => {
  expect(receivedValue(sound)).toBe('#17');
  expect(receivedValue({ ...sound, keys: [], messageId: '#17' })).toBe('#17');
  expect(receivedValue({ ...sound, body: Buffer.from('of somebody else') })).toBe('');
});

test.for([
  { what: 'the body', wrong: { body: halfOverwritten } },
  { what: 'the keys', wrong: { keys: ['#18'] } },
  { what: 'one key too many', wrong: { keys: ['#17', '#18'] } },
  { what: 'no keys', wrong: { keys: [] } },
  { what: 'the unique key of a message without keys', wrong: { keys: [], messageId: '#18' } },
  { what: 'a tag that nobody gave it', wrong: { tags: 'a' } },
  { what: 'the flag', wrong: { flag: 1 } },
])('a message is damaged where $what is not as it was sent', ({ wrong }) => {
  expect(receivedValue({ ...sound, ...wrong })).toBe('damaged #17');
});

test('an acknowledged message that comes back damaged is lost, and what came is a phantom', () => {
  const history = new History();
  const judge = new LiveJudge(() => 1);
  history.ok(history.invoke(1, 'append', 'T/0', '#17', 0, ''), 1, 0);
  judge.acknowledged({ topic: 'T', queueId: 0, queueOffset: 0, position: 100, value: '#17' });
  const workload = { history, judge, nowNs: () => 2 } as unknown as Workload;
  record(workload, 2, 'T/0', 2, [{ ...sound, body: halfOverwritten }]);
  history.drained = true;
  expect(judge.violation?.invariant).toBe('one-value-a-place');
  const { valid, findings } = checkTotalQueue(history, { duplicates: 'told' });
  expect(valid).toBe(false);
  expect(findings.map(({ anomaly }) => anomaly).sort()).toEqual(['lost', 'unexpected']);
});
