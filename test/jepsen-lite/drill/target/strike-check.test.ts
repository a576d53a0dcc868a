import { beforeEach, expect, test } from 'vitest';
import { type Harm, StrikeCheck } from '../../../../jepsen-lite/drill/target/strike-check.ts';
import { DledgerWorld, type MemberName } from '../../../cluster/dledger/dledger-world.ts';

let group: DledgerWorld;
beforeEach(async () => {
  group = await DledgerWorld.serving();
});

const never = new AbortController().signal;

function meant(name: MemberName) {
  return { name, address: `${group.ip(name)}:30911` };
}

/** What is found of a command that was to harm n0. */
async function found(harm: Harm, command: () => unknown, undone = never) {
  const { world } = group;
  const check = await world.settle(StrikeCheck.begin(group.client, meant('n0'), [meant('n1'), meant('n2')]));
  await command();
  const hasHit = await world.settle(check.hasHit(harm, undone));
  const others = await world.settle(check.silentOthers());
  check.close();
  return { hasHit, others };
}

/** It is there, and nobody hears of it, as if it were halted or its machine gone. */
function silence(name: MemberName): void {
  group.world.fabric.cut('client', name);
}

test('a member that is killed has ended, also where it is started again at once', async () => {
  expect(await found('end', () => group.kill('n0'))).toEqual({ hasHit: true, others: [] });
  await group.start('n0');
  const again = async (): Promise<void> => {
    group.kill('n0');
    await group.start('n0');
  };
  expect(await found('end', again)).toEqual({ hasHit: true, others: [] });
});

test('one whose machine is gone, too, though no connection tells it', async () => {
  expect(await found('end', () => silence('n0'))).toEqual({ hasHit: true, others: [] });
});

test('a member that goes on answering was not hit', async () => {
  expect(await found('end', () => {})).toEqual({ hasHit: false, others: [] });
  expect(await found('halt', () => {})).toEqual({ hasHit: false, others: [] });
  expect(await found('end', () => group.kill('n1'))).toEqual({ hasHit: false, others: ['n1'] });
});

test('a member that falls silent was halted, and others that do are told', async () => {
  expect(await found('halt', () => silence('n0'))).toEqual({ hasHit: true, others: [] });
  group.world.fabric.heal('client', 'n0');
  const two = (): void => {
    silence('n0');
    silence('n2');
  };
  expect(await found('halt', two)).toEqual({ hasHit: true, others: ['n2'] });
});

test('of one that is soon let go on it is known where it answered, and unknown where there was no time for that', async () => {
  for (const [afterMs, hasHit] of [
    [50, undefined],
    [400, true],
  ] as const) {
    const undone = new AbortController();
    const pause = (): void => {
      silence('n0');
      group.client.timers.after(afterMs, () => undone.abort());
    };
    expect(await found('halt', pause, undone.signal)).toEqual({ hasHit, others: [] });
    group.world.fabric.heal('client', 'n0');
  }
});

test('of one that did not answer before, nothing is known', async () => {
  silence('n0');
  expect(await found('end', () => {})).toEqual({ hasHit: undefined, others: [] });
});
