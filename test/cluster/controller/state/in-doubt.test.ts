import { describe, expect, it } from 'vitest';
import { apply } from '../../../../cluster/controller/state/apply.ts';
import { EMPTY_STATE } from '../../../../cluster/controller/state/broker-set.ts';
import type { Command } from '../../../../cluster/controller/state/command.ts';
import { ResponseCode } from '../../../../src/protocol/response-code.ts';
import { altering, electing, FOUNDING } from './commands.ts';

describe('when the master that was elected comes back in doubt', () => {
  const registering = (brokerId: number, begunEpoch?: number, renouncedEpoch?: number, known?: number): Command => {
    const own = { inDoubt: true, begunEpoch, renouncedEpoch, knownEpoch: known };
    return { kind: 'register-broker', brokerName: 'a', brokerId, address: `h${brokerId}:1`, ...own };
  };
  /** 1 is the first master, {1, 2, 3} its set, then 2 is elected (epoch 2). */
  const all = [1, 2, 3];
  const until = [electing(1, []), altering({ syncStateSet: all, alive: all }), electing(undefined, [2])];
  const outcome = (...commands: readonly Command[]) => {
    const state = [...FOUNDING, ...until, ...commands].reduce((one, each) => apply(one, each).state, EMPTY_STATE);
    return state.get('a')?.syncStateSet;
  };

  it('the set from which it was elected counts again, where it never began', () => {
    expect(outcome()).toEqual([2]);
    expect(outcome(registering(2, 1, 2))).toEqual([1, 3]);
    expect(outcome(electing(undefined, []), electing(undefined, [2]), registering(2, 0, 4))).toEqual([1, 3]);
  });

  it('it does not where it began, or may begin, or does not say', () => {
    expect(outcome(registering(2, 2, 3))).toEqual([]);
    expect(outcome(registering(2, 0, 1))).toEqual([]);
    expect(outcome(registering(2))).toEqual([]);
    const agreed = altering({ masterId: 2, masterEpoch: 2, syncStateSet: [2, 3], syncStateSetEpoch: 3, alive: all });
    expect(outcome(agreed, registering(2, 1, 2))).toEqual([3]);
  });

  it('it changes nothing with what it was told before that election, and is to ask anew', () => {
    const before = [...FOUNDING, ...until].reduce((one, each) => apply(one, each).state, EMPTY_STATE);
    const stale = apply(before, registering(2, 0, 1, 1));
    expect(stale).toMatchObject({ state: before, code: ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH });
    expect(stale.state).toBe(before);
    expect(stale.remark).toMatch(/replica 2 of a, which is in doubt, speaks of epoch 1, and that of now is 2; nothing/);
    expect(outcome(registering(2, 0, 1, 1), registering(2, 0, 2, 2))).toEqual([1, 3]);
    // Deposed and elected once more in between; and one that was told of controllers which are gone.
    expect(outcome(electing(undefined, []), electing(undefined, [2]), registering(2, 0, 2, 2))).toEqual([2]);
    expect(outcome(registering(2, 0, 7, 7))).toEqual([2]);
  });

  it('what another said in the meantime holds: nobody in doubt comes back with the set', () => {
    expect(outcome(registering(3), registering(2, 1, 2))).toEqual([1]);
    expect(outcome(registering(3, 0, 2))).toEqual([2]);
  });
});
