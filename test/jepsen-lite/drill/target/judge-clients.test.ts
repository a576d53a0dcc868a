import { expect, test } from 'vitest';
import { judgeClients } from '../../../../jepsen-lite/drill/target/judge-clients.ts';
import { PlayedGroup } from '../../live/played-group.ts';

/** What the checkers say of a group whose files nobody can read, and which promise was seen broken. */
async function judged(played: PlayedGroup) {
  const { clients, platform, judge } = played;
  const verdicts = await played.settle(judgeClients(clients, platform, new AbortController().signal, () => {}));
  return { verdicts, violation: judge.violation };
}

test('a sound group is judged by every checker that needs no files, and all are content', async () => {
  const played = await PlayedGroup.play();
  const { verdicts, violation } = await judged(played);
  expect(violation).toBeUndefined();
  expect(verdicts.map(({ checker, valid }) => [checker, valid])).toEqual([
    ['total-queue', true],
    ['log', true],
    ['real-time-order', true],
    ['consumption', true],
    ['read-back', true],
  ]);
  expect(played.clients.counts.acknowledged).toBeGreaterThan(20);
});

test('what was acknowledged and is nowhere is missed by those who count, and by the reading back', async () => {
  const played = await PlayedGroup.play();
  played.addGhost();
  const { verdicts } = await judged(played);
  expect(verdicts.filter(({ valid }) => valid !== true)).toMatchObject([
    { checker: 'total-queue', counts: { lost: 1 } },
    { checker: 'log', counts: { unseen: 1 } },
    { checker: 'read-back', counts: { missing: 1 } },
  ]);
});
