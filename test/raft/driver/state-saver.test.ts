import { expect, test } from 'vitest';
import type { HardState, Message } from '../../../raft/core/types.ts';
import type { PortError } from '../../../raft/driver/ports.ts';
import { StateSaver } from '../../../raft/driver/state-saver.ts';

/** A saver over a disk that ends saves when it is told to. */
function saverOn() {
  const saves: { readonly term: number; readonly end: (error?: PortError) => void }[] = [];
  const left: number[] = [];
  const store = {
    save: (state: HardState, done: (error: PortError | undefined) => void) => {
      saves.push({ term: state.term, end: (error) => done(error) });
    },
    saveDoubt: () => {},
  };
  const saver: StateSaver = new StateSaver(store, () => left.push(...saver.takeHeld().map(({ term }) => term)));
  return { saver, saves, left };
}

function voteIn(term: number): Message {
  return { type: 'vote-reply', from: 'n0', to: 'n1', term, granted: true, inDoubt: false, fresh: false };
}

function state(term: number): HardState {
  return { term, vote: 'n1', fresh: false };
}

test('a vote leaves when its own save is durable, not when an older one is, though a newer save has taken its place', () => {
  const { saver, saves, left } = saverOn();
  for (const term of [7, 8, 9]) {
    saver.save(term, state(term));
    saver.hold(term, [voteIn(term)]);
  }
  expect(saves.map(({ term }) => term)).toEqual([7]);
  saves[0]?.end();
  // The save of term 8 never happened: 9 has replaced it, and is on its way.
  expect(left).toEqual([7]);
  expect(saves.map(({ term }) => term)).toEqual([7, 9]);
  saves[1]?.end();
  expect(left).toEqual([7, 8, 9]);
  expect(saver.idle).toBe(true);
});

test('messages between two saves wait for the first', () => {
  const { saver, saves, left } = saverOn();
  saver.save(1, state(1));
  saver.hold(2, [voteIn(20)]);
  saver.save(3, state(3));
  saver.hold(3, [voteIn(30)]);
  saves[0]?.end();
  expect(left).toEqual([20]);
  saves[1]?.end();
  expect(left).toEqual([20, 30]);
});

test('nothing leaves after an error', () => {
  const { saver, saves, left } = saverOn();
  saver.save(1, state(1));
  saver.hold(1, [voteIn(1)]);
  saves[0]?.end({ code: 'EIO', message: 'planted' });
  expect(left).toEqual([]);
});
