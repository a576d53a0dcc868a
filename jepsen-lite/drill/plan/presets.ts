import type { Fault } from '../../fault/schedule.ts';
import {
  type ExpectPlan,
  headOf,
  membersOf,
  type OwnTarget,
  type PhasePlan,
  type Plan,
  type RunningTarget,
  type StockTarget,
  type TargetPlan,
} from './plan.ts';

/** What a target of each kind has where a plan says nothing. */
export const defaultTargets: {
  readonly ledgermq: OwnTarget;
  readonly rocketmq: StockTarget;
  readonly running: RunningTarget;
} = {
  ledgermq: { kind: 'ledgermq', mode: 'dledger', cuts: 'proxies', nodes: 3, brokerKeys: {} },
  rocketmq: { kind: 'rocketmq', mode: 'dledger', nodes: 3, version: '5.3.3', brokerKeys: {} },
  running: { kind: 'running', server: 'ledgermq', nameServer: '', members: [] },
};

/** What a plan has where it says nothing. */
export const defaultPlan: Omit<Plan, 'name' | 'about' | 'phases'> = {
  target: defaultTargets.ledgermq,
  load: { rate: 400, senders: 8, bodyBytes: 256, sendTimeoutMs: 3_000 },
  steady: { forMs: 2_000, timeoutMs: 60_000, maxErrorShare: 0, maxP99Ms: 500, maxLag: 1_000 },
  recoverMs: 60_000,
  abort: { stallMs: 60_000, maxLag: 100_000 },
  expect: { rtoFrom: 'fault', lost: 0, orderBreaks: 0 },
  repeat: 1,
  allowQuorumLoss: false,
};

/** What a phase has where it says nothing. */
export const defaultPhase = { until: 'over', timeoutMs: 30_000 } as const;

interface Rest extends Partial<Omit<Plan, 'name' | 'about' | 'phases' | 'expect'>> {
  readonly expect: Partial<ExpectPlan>;
}

function preset(name: string, about: string, faults: readonly Fault[] | readonly PhasePlan[], rest: Rest): Plan {
  const phases = faults.every((each): each is PhasePlan => 'faults' in each)
    ? faults
    : [{ ...defaultPhase, name, faults: faults as readonly Fault[] }];
  return { ...defaultPlan, ...rest, name, about, phases, expect: { ...defaultPlan.expect, ...rest.expect } };
}

function hit(kind: string, target: Fault['target'], forMs: number, more: Partial<Fault> = {}): Fault {
  return { kind, target, atMs: 0, forMs, ...more };
}

function phase(name: string, faults: readonly Fault[], until: PhasePlan['until']): PhasePlan {
  return { ...defaultPhase, name, faults, until };
}

/** Whom it means depends on who is there. */
function restarts(target: TargetPlan): PhasePlan[] {
  return membersOf(target).map((member) => phase(`restart of ${member}`, [hit('stop', member, 0)], 'steady'));
}

const ROLLING_RESTART = 'rolling-restart';

/** The drills that need no plan file. */
export const presets: readonly Plan[] = [
  preset(
    'leader-kill',
    'The leader gets SIGKILL, and is started again two seconds later.',
    [hit('kill', 'leader', 2_000)],
    {
      expect: { rtoMs: 500 },
    },
  ),
  preset('pause', 'The leader is halted (SIGSTOP) for six seconds.', [hit('pause', 'leader', 6_000)], {
    expect: { rtoMs: 3_000 },
  }),
  preset(
    'partition',
    'The leader is cut from the other members for six seconds; clients and name server reach both sides.',
    [hit('isolate', 'leader', 6_000, { mode: 'peers' })],
    { expect: { rtoMs: 3_000 } },
  ),
  preset(
    'isolation',
    'The leader is cut from the other members, the name server and the clients for six seconds.',
    [hit('isolate', 'leader', 6_000, { mode: 'all' })],
    { expect: { rtoMs: 3_000 } },
  ),
  preset(
    'asymmetric',
    'The leader hears no other member for six seconds, while they hear it.',
    [hit('deaf', 'leader', 6_000, { mode: 'in' })],
    { expect: { rtoMs: 3_000 } },
  ),
  preset(
    ROLLING_RESTART,
    'Every member is told to stop (SIGTERM) and started again, one after another, each when all is well again.',
    restarts(defaultTargets.ledgermq),
    { expect: { failedSends: 0 } },
  ),
  preset(
    'zone-loss',
    'The leader and the name server get SIGKILL at the same time, and are started again four seconds later.',
    [hit('kill', 'leader', 4_000), hit('name-server', 'all', 4_000)],
    { expect: { rtoMs: 3_000 } },
  ),
  preset(
    'controller-loss',
    'In Controller mode the Controller gets SIGKILL, with the name server that it is in, and is started again six seconds later; the brokers stay.',
    [hit('name-server', 'all', 6_000)],
    {
      target: { ...defaultTargets.ledgermq, mode: 'controller' },
      expect: { rtoMs: 500, failedSends: 0 },
    },
  ),
  preset(
    'slow-disk',
    "Every fsync of the leader's disk takes two seconds, for ten seconds, in a group that acknowledges nothing before it is on two disks.",
    [hit('slow-disk', 'leader', 10_000, { amount: 2_000 })],
    { target: { ...defaultTargets.ledgermq, brokerKeys: { flushDiskType: 'SYNC_FLUSH' } }, expect: { rtoMs: 5_000 } },
  ),
  preset(
    'disk-full',
    "All members' disks take no byte more for four seconds; recovery is counted from when there is room again.",
    [hit('disk-full', 'all', 4_000)],
    { expect: { rtoMs: 3_000, rtoFrom: 'heal' }, allowQuorumLoss: true },
  ),
  preset(
    'full-blackout',
    'All members get SIGKILL at once, and are started one after another; recovery is counted from the last start.',
    [hit('blackout', 'all', 3_000)],
    { expect: { rtoMs: 5_000, rtoFrom: 'heal' }, allowQuorumLoss: true },
  ),
  preset(
    'bit-rot',
    'Bits flip in the log of a follower while it is down; later it is made leader.',
    [hit('rot', 'follower', 1_000, { mode: 'flip', amount: 500 })],
    {
      // Rot may strike only what all hold, and a member is whole again when its log was looked through, up to the last file that is full.
      load: { ...defaultPlan.load, bodyBytes: 2_048 },
      target: {
        ...defaultTargets.ledgermq,
        brokerKeys: { mappedFileSizeCommitLog: '4194304', scrubIntervalMs: '2000', scrubBytesPerSecond: '16777216' },
      },
      recoverMs: 120_000,
      expect: { failedSends: 0 },
    },
  ),
];

/** Undefined for a name that is none. */
export function presetNamed(name: string): Plan | undefined {
  return presets.find((plan) => plan.name === name);
}

/** The phases of a preset that is done to another target than its own. */
export function phasesOn(target: TargetPlan, { name, phases }: Plan): readonly PhasePlan[] {
  return name === ROLLING_RESTART ? restarts(target) : phases;
}

/** Why the faults of a preset are other ones on this target than it tells, in one sentence; undefined if they are not. */
export function elsewhereProblem({ name, target: own }: Plan, target: TargetPlan): string | undefined {
  if (headOf(own) !== 'master' || target.kind === 'running' || target.mode === 'controller') return undefined;
  return `${name}: mode ${target.mode} has no Controller; say --mode controller, or target.mode: controller`;
}
