import { describe, expect, it, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import type { Schedule } from '../../../jepsen-lite/fault/schedule.ts';
import { type RunResult, run } from '../../../jepsen-lite/sim/run.ts';

/** Scenes that broke real systems, as schedules of their own (jepsen-lite/README.md, What is played). */
async function play(schedule: Schedule | undefined, seed = 4): Promise<RunResult> {
  const result = await run({ mode: 'controller', seed, nodes: 3, durationMs: 14_000, engine: nodeEngine, schedule });
  expect(result.violation).toBeUndefined();
  if (schedule !== undefined) {
    expect(Object.keys(result.coverage).filter((hit) => hit.endsWith('skipped'))).toEqual([]);
  }
  return result;
}

test('a seed is played with faults and a working load, and the same seed gives the same trace', async () => {
  const first = await play(undefined);
  expect(first.acknowledged).toBeGreaterThan(100);
  expect(first.committed).toBeGreaterThan(100);
  const second = await play(undefined);
  expect([second.traceHash, second.events]).toEqual([first.traceHash, first.events]);
});

test('a master that is cut off from brokers and controllers is replaced, while clients still reach it (row 2)', async () => {
  const result = await play([{ kind: 'cut-off', atMs: 3_000, target: 'leader', forMs: 5_000 }]);
  expect(result.leaderships).toBe(2);
  expect(result.acknowledged).toBeGreaterThan(100);
});

test('a slave that loses power while it cuts its log comes back with what its master has (row 22)', async () => {
  for (const amount of [100, 2_000]) {
    const result = await play([
      { kind: 'cut-off', atMs: 3_000, target: 'leader', forMs: 5_000 },
      { kind: 'ambush', atMs: 4_000, target: 'all', forMs: 200, amount, mode: 'cut power' },
    ]);
    expect(result.leaderships).toBe(2);
  }
});

test('the leading controller and the master die together, and another master is found (row 27)', async () => {
  const result = await play([
    { kind: 'controller-kill', atMs: 3_000, target: 'all', forMs: 6_000, mode: 'leader', amount: 1 },
  ]);
  expect(result.leaderships).toBe(2);
});

test('a reply about the set is lost, and the master is killed: nothing that was acknowledged is gone (row 27)', async () => {
  const result = await play([
    { kind: 'kill', atMs: 3_000, target: 'follower', forMs: 1_000 },
    { kind: 'lost-reply', atMs: 3_500, target: 'all', forMs: 2_000 },
    { kind: 'kill', atMs: 4_600, target: 'leader', forMs: 1_000 },
  ]);
  expect(result.leaderships).toBeGreaterThan(1);
});

test('the master is killed again and again under changes of topics and offsets (row 28)', async () => {
  const kills = [3_000, 5_000, 7_000].map((atMs) => ({ kind: 'kill', atMs, target: 'leader', forMs: 1_000 }) as const);
  const result = await play(kills);
  expect(result.leaderships).toBe(4);
});

test('without allAckInSyncStateSet a master that is cut off acknowledges what the next one lacks: that alone is lost, and counted', async () => {
  // Seed 24 draws a set with inSyncReplicas=1, seed 2 one with 2.
  const cutOff = { kind: 'cut-off', atMs: 3_000, target: 'leader', forMs: 5_000 } as const;
  expect((await play([cutOff], 24)).lost).toBeGreaterThan(10);
  expect((await play([cutOff], 2)).lost).toBe(0);
});

test.for([['leader'], ['follower'], ['other-follower']] as const)(
  'a %s whose disk is set back to an older state leaves the set, and nothing that was acknowledged is gone (row 35)',
  async ([target]) => {
    const result = await play([
      { kind: 'set-back', atMs: 3_000, target, forMs: 3_000 },
      { kind: 'kill', atMs: 6_050, target: 'leader', forMs: 1_000 },
    ]);
    expect(result.acknowledged).toBeGreaterThan(100);
    const said = result.log.filter(({ message }) => message.includes('Registered in doubt'));
    expect(said).toHaveLength(1);
  },
);

describe('the only one in sync is away, and others are alive (row 27)', () => {
  const alone = (mode: 'kill' | 'unheard') =>
    [{ kind: 'left-alone', atMs: 3_000, target: 'leader', forMs: 6_000, amount: 1_000, mode }] as const;
  const told = ({ log }: RunResult) =>
    log.filter(({ message }) => message.includes('acknowledged messages may be lost'));

  it('nobody is elected before it is back, and nothing is lost', async () => {
    const result = await play(alone('kill'));
    expect([result.uncleanElections, result.lost, told(result)]).toEqual([0, 0, []]);
  });

  // Seed 15 draws enableElectUncleanMaster=true, and seed 16 people who accept the loss.
  it.for([
    ['kill', 15],
    ['unheard', 15],
    ['kill', 16],
  ] as const)(
    'where a loss is allowed another one is (%s, seed %i): what that one lacks is lost, and announced',
    async ([mode, seed]) => {
      const result = await play(alone(mode), seed);
      expect(result.uncleanElections).toBeGreaterThan(0);
      expect(result.lost).toBeGreaterThan(0);
      expect(told(result).length).toBeGreaterThan(0);
      expect(result.log.filter(({ message }) => message.includes('does not follow its master')).length).toBeGreaterThan(
        0,
      );
    },
  );
});

test('messages outlive what they are kept for: a slave that lacks what its master deleted is emptied by people, begins where that one does, and has all the rest (row 33)', async () => {
  // Seed 34 draws fileReservedTime=1.
  const schedule = [
    { kind: 'kill', atMs: 3_500, target: 'follower', forMs: 9_000 },
    // A start makes the recovery point without which no file goes.
    { kind: 'kill', atMs: 6_000, target: 'leader', forMs: 200 },
    { kind: 'outlive', atMs: 9_000, target: 'all', forMs: 0, amount: 2 },
  ] as const;
  const { log } = await play(schedule, 34);
  const said = (text: string) => log.filter(({ message, fields }) => `${message} ${fields?.['reason']}`.includes(text));
  expect(said('deleted an expired log file').length).toBeGreaterThan(0);
  expect(said('start it with an empty storePathRootDir').length).toBeGreaterThan(0);
  expect(said("begins where the master's does").length).toBeGreaterThan(0);
});
