import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import { defaultPhase, defaultPlan } from '../../../../jepsen-lite/drill/plan/presets.ts';
import type { DrillClients } from '../../../../jepsen-lite/drill/run/drill-clients.ts';
import { DrillRun } from '../../../../jepsen-lite/drill/run/drill-run.ts';
import { runTrial, type TrialRecord } from '../../../../jepsen-lite/drill/run/run-trial.ts';
import type { DrillTarget, MadeFault, MadeStrike } from '../../../../jepsen-lite/drill/target/drill-target.ts';
import type { Schedule } from '../../../../jepsen-lite/fault/schedule.ts';

const NS_PER_MS = 1e6;
const SEND_EACH_MS = 5;
const STRIKES_MS = 40;
const faults: Schedule = [
  { kind: 'kill', target: 'leader', atMs: 0, forMs: 300 },
  { kind: 'pause', target: 'follower', atMs: 100, forMs: 300 },
];
const plan = {
  ...defaultPlan,
  name: 'two',
  about: 'Two faults.',
  phases: [{ ...defaultPhase, name: 'both', faults }],
  steady: { ...defaultPlan.steady, forMs: 500, timeoutMs: 1_000 },
  recoverMs: 2_000,
};

interface Paper {
  /** A member ends by itself so long after its first fault. */
  readonly endsAfterMs?: number | undefined;
  /** Kind of the first fault. */
  readonly kind?: string;
  /** Kinds that find nobody to hit. */
  readonly missed?: readonly string[];
  /** What is wrong with the group after so many faults were made. */
  readonly problem?: (made: number) => string | undefined;
  /** What a command of it did not do. */
  readonly mistake?: string;
  /** The drill is interrupted after so long. */
  readonly stopMs?: number;
  /** The last start of what the faults ended comes so long after the trial's beginning. */
  readonly lastStartMs?: number;
}

/** A trial on a group of paper, to which a message is sent every 5 ms, the faults that were made in it, and what was told of it where it was cut short. */
async function trialOn({
  kind: first = 'kill',
  endsAfterMs,
  missed = [],
  problem = () => undefined,
  mistake,
  stopMs,
  lastStartMs = 0,
}: Paper) {
  const interruption = new AbortController();
  if (stopMs !== undefined) setTimeout(() => interruption.abort(), stopMs);
  const nowMs = (): number => performance.now();
  const startedMs = nowMs();
  const history = new History();
  const made: MadeFault[] = [];
  const misses = ['a trial before had one'];
  const strikes: MadeStrike[] = [{ startMs: 1, endMs: 2 }];
  let sentMs = startedMs;
  const send = (): void => {
    for (; sentMs < nowMs(); sentMs += SEND_EACH_MS) {
      history.ok(history.invoke(1, 'append', 'T/0', `m${sentMs}`, sentMs * NS_PER_MS, ''), (sentMs + 1) * NS_PER_MS, 0);
    }
  };
  const play = (schedule: Schedule): void => {
    const named = schedule.map((each, at) => (at === 0 ? { ...each, kind: first } : each));
    for (const { kind, forMs } of named.filter((each) => !missed.includes(each.kind))) {
      made.push({
        kind,
        members: ['n0', 'n1'],
        hits: [
          { member: 'n0', atMs: nowMs() },
          { member: 'n1', atMs: nowMs() + forMs / 2 },
        ],
        startMs: nowMs(),
        endMs: nowMs() + forMs,
      });
      strikes.push({ startMs: nowMs(), endMs: nowMs() + STRIKES_MS });
    }
    if (mistake !== undefined) misses.push(mistake);
  };
  const look = () => {
    send();
    return Promise.resolve({ leader: 'n0', term: 1, problem: problem(made.length) });
  };
  const run = new DrillRun({
    plan,
    target: {
      faults: { play, made, strikes, active: [], refused: undefined, lastStartMs: startedMs + lastStartMs },
      misses,
      get selfEnds() {
        const [fault] = made;
        return fault === undefined || endsAfterMs === undefined
          ? []
          : [{ member: 'n1', atMs: fault.startMs + endsAfterMs, code: 'EIO', excusedBy: ['disk-error'] }];
      },
      look,
      away: () => [],
      roles: () => Promise.resolve([]),
    } as unknown as DrillTarget,
    clients: {
      history,
      lag: 0,
      get counts() {
        return { acknowledged: history.size, refused: 0, unknown: 0 };
      },
    } as unknown as DrillClients,
    nowMs,
    signal: interruption.signal,
    journal: () => {},
    onLook: () => {},
    onNote: () => Promise.resolve(),
  });
  const cutShort: TrialRecord[] = [];
  const outcome = runTrial(run, 1, (record) => cutShort.push(record)).catch((error: Error) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  return { outcome: await outcome, made, cutShort, startedMs };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function problemOf(outcome: TrialRecord | Error): string | undefined {
  if (outcome instanceof Error) throw outcome;
  return outcome.problem;
}

test('a trial whose faults were all made, and after which all is well, has no problem', async () => {
  const { outcome, made, cutShort } = await trialOn({});
  expect(problemOf(outcome)).toBeUndefined();
  expect(made).toHaveLength(2);
  expect(outcome).toMatchObject({
    isCutShort: false,
    // Those of the trial alone.
    strikes: made.map(({ startMs }) => ({ startMs, endMs: startMs + STRIKES_MS })),
  });
  expect(cutShort).toEqual([]);
});

test('whoever was ended is told as down from when his turn had come, and who was halted is not', async () => {
  const down = async (kind: string, endsAfterMs?: number) => {
    const { outcome, made } = await trialOn({ kind, endsAfterMs });
    if (outcome instanceof Error) throw outcome;
    const startMs = made[0]?.startMs ?? 0;
    return outcome.roles.map(({ member, role, atMs }) => [member, role, atMs - startMs]);
  };
  const both = [
    ['n0', 'down', 0],
    ['n1', 'down', 150],
  ];
  for (const kind of ['kill', 'rolling', 'blackout']) expect(await down(kind)).toEqual(both);
  expect(await down('pause')).toEqual([]);
  // Nobody knows before whether a member ends by an error of its disk, and when.
  expect(await down('disk-error')).toEqual([]);
  expect(await down('disk-error', 210)).toEqual([['n1', 'down', 210]]);
});

test('the faults of a phase are over when the last of what they ended was started', async () => {
  const healMs = async (lastStartMs: number) => {
    const { outcome, startedMs } = await trialOn({ lastStartMs });
    if (outcome instanceof Error) throw outcome;
    expect(outcome.phases.map((phase) => phase.healMs)).toEqual([outcome.healMs]);
    return outcome.healMs - startedMs;
  };
  // The plan's time, which began when all was steady.
  const plannedMs = await healMs(0);
  expect(plannedMs).toBeGreaterThan(500);
  expect(await healMs(plannedMs - 1)).toBe(plannedMs);
  expect(await healMs(plannedMs + 700)).toBe(plannedMs + 700);
});

test('a fault that found nobody to hit is a problem of its trial', async () => {
  const { outcome } = await trialOn({ missed: ['pause'] });
  expect(problemOf(outcome)).toBe('only 1 of 2 faults found somebody to hit');
});

test('so is a command that had no effect, whatever else there is', async () => {
  const { outcome } = await trialOn({ mistake: 'kill of n0 by "true" had no effect', missed: ['pause'] });
  expect(problemOf(outcome)).toBe('kill of n0 by "true" had no effect');
});

test('so is a group that does not come back', async () => {
  const { outcome } = await trialOn({ problem: (made) => (made > 0 ? 'nobody leads' : undefined) });
  expect(problemOf(outcome)).toBe('2000 ms after the faults nobody leads');
});

test('a trial does not begin while something is wrong, and hurts nobody', async () => {
  const { outcome, made } = await trialOn({ problem: () => 'n1 is not sound' });
  expect(outcome).toMatchObject({
    kind: 'not-steady',
    message: 'trial 1 does not begin, because after 1000 ms n1 is not sound',
  });
  expect(made).toEqual([]);
});

test('of a trial that is cut short is told what is known by then', async () => {
  const { outcome, cutShort, startedMs } = await trialOn({ stopMs: 750 });
  expect(outcome).toMatchObject({ kind: 'interrupted' });
  const [record] = cutShort;
  expect(cutShort).toHaveLength(1);
  expect(record).toMatchObject({
    number: 1,
    leaderBefore: 'n0',
    problem: 'the drill was stopped during it',
    isCutShort: true,
  });
  const { endMs = 0, faults = [], phases } = record ?? {};
  expect(endMs).toBeLessThan(startedMs + 1_000);
  // Whatever was on ended then.
  expect(faults.map(({ kind }) => kind)).toEqual(['kill', 'pause']);
  for (const fault of faults) expect(fault.endMs).toBeLessThanOrEqual(endMs);
  expect(phases).toEqual([{ faultMs: faults[0]?.startMs, healMs: endMs }]);
});

test.for([
  { stopMs: 100, missed: [] },
  { stopMs: 750, missed: ['kill', 'pause'] },
])('nothing is told of one that is stopped before anybody was hit: %j', async (paper) => {
  const { outcome, cutShort } = await trialOn(paper);
  expect(outcome).toMatchObject({ kind: 'interrupted' });
  expect(cutShort).toEqual([]);
});
