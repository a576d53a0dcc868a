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

/** What is found when n0, which leads or follows, is cut off in some way for so long, under load or without. */
async function foundOfCut(
  role: 'leads' | 'follows',
  cut: 'from nobody' | 'from its peers' | 'from its peers, a moment late,' | 'from all',
  forMs: number,
  perSecond: number,
): Promise<boolean | undefined> {
  const { world, client } = group;
  const victim = role === 'leads' ? group.leader : (group.followers()[0] as MemberName);
  const others = group.names.filter((name) => name !== victim);
  const producer = await group.producer();
  await group.sendAll(producer, 'T', 1);
  if (perSecond > 0)
    client.timers.every(1_000 / perSecond, () => void producer.send({ topic: 'T', body: 'a' }).catch(() => {}));
  const check = await world.settle(StrikeCheck.begin(client, meant(victim), others.map(meant)));
  const cutPeers = (): void => {
    for (const name of others) world.fabric.cut(victim, name);
  };
  if (cut.endsWith('late,')) client.timers.after(200, cutPeers);
  else if (cut !== 'from nobody') cutPeers();
  if (cut === 'from all') silence(victim);
  const undone = new AbortController();
  client.timers.after(forMs, () => undone.abort());
  const hit = await world.settle(check.hasHit('cut-off', undone.signal));
  check.close();
  return hit;
}

test.for([
  ['leads', 'from its peers', 6_000, 100, true],
  ['follows', 'from its peers', 6_000, 100, true],
  ['follows', 'from its peers', 3_500, 100, true],
  ['leads', 'from all', 6_000, 100, true],
  ['follows', 'from all', 500, 0, true],
  ['leads', 'from nobody', 6_000, 100, false],
  ['follows', 'from nobody', 6_000, 100, false],
  ['follows', 'from nobody', 3_500, 2, false],
  // The last look before is of a moment ago, in which nobody can have learned what the others know.
  ['follows', 'from nobody', 3_003, 100, false],
  // Nothing is confirmed, or there is no time to see it.
  ['follows', 'from nobody', 6_000, 0, undefined],
  ['follows', 'from its peers', 900, 100, undefined],
  ['leads', 'from nobody', 900, 100, undefined],
  ['leads', 'from its peers, a moment late,', 2_600, 100, undefined],
] as const)(
  'a member that %s and is cut off %s for %i ms, with %i messages a second: %o',
  async ([role, cut, forMs, perSecond, hit]) => {
    expect(await foundOfCut(role, cut, forMs, perSecond)).toBe(hit);
  },
);
