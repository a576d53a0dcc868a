import { expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import { EventLoop, type EventOwner } from '../../../jepsen-lite/sim/event-loop.ts';

function owner(id: number): EventOwner & { alive: boolean } {
  return { id, alive: true, held: undefined, turn: [], output: [], turnEnds: false };
}

test('events run by time, then in the order in which they were scheduled', async () => {
  const loop = new EventLoop(nodeEngine);
  const seen: string[] = [];
  loop.schedule(20, undefined, () => seen.push('late'));
  loop.schedule(10, undefined, () => seen.push('first'));
  loop.schedule(10, undefined, () => seen.push('second'));
  expect(await loop.run(1_000)).toBe(false);
  expect(seen).toEqual(['first', 'second', 'late']);
  expect(loop.nowMicros).toBe(1_000);
});

test('all promises settle between two events, however long their chain is', async () => {
  const loop = new EventLoop(nodeEngine);
  const seen: string[] = [];
  loop.schedule(1, undefined, () => {
    void (async () => {
      for (let count = 0; count < 50; count++) await undefined;
      seen.push('settled');
    })();
  });
  loop.schedule(1, undefined, () => seen.push('next'));
  await loop.run(10);
  expect(seen).toEqual(['settled', 'next']);
});

test('the end of a turn comes when nothing more is due at the instant', async () => {
  const loop = new EventLoop(nodeEngine);
  const one = owner(1);
  const seen: string[] = [];
  loop.schedule(5, one, () => loop.atEndOfTurn(one, () => seen.push('turn')));
  loop.schedule(5, one, () => seen.push('same instant'));
  loop.schedule(6, one, () => seen.push('later'));
  await loop.run(10);
  expect(seen).toEqual(['same instant', 'turn', 'later']);
});

test('what is last in a turn comes behind its end, in the same event', async () => {
  const loop = new EventLoop(nodeEngine);
  const one = owner(1);
  const seen: string[] = [];
  const output = (name: string) => loop.atLastInTurn(one, () => seen.push(name));
  loop.schedule(5, one, () => {
    output('output');
    loop.atEndOfTurn(one, () => {
      seen.push('turn');
      output('output of the turn');
      loop.atEndOfTurn(one, () => seen.push('next turn'));
    });
  });
  loop.afterEvent = () => seen.push('|');
  await loop.run(10);
  expect(seen).toEqual(['|', 'turn', 'output', 'output of the turn', '|', 'next turn', '|']);
});

test('events of a paused process wait, those of a dead one never come', async () => {
  const loop = new EventLoop(nodeEngine);
  const paused = owner(1);
  const dead = owner(2);
  const seen: string[] = [];
  paused.held = [];
  dead.alive = false;
  loop.schedule(5, paused, () => seen.push(`paused at ${loop.nowMicros}`));
  loop.schedule(5, dead, () => seen.push('dead'));
  loop.schedule(50, undefined, () => loop.resume(paused));
  await loop.run(100);
  expect(seen).toEqual(['paused at 50']);
});
