import type { Fault } from '../../fault/schedule.ts';
import type { ExpectPlan, PhasePlan, Plan } from './plan.ts';

/** What a plan has where it says nothing. */
export const defaultPlan: Omit<Plan, 'name' | 'about' | 'phases'> = {
  target: { kind: 'ledgermq', nodes: 3, brokerKeys: {} },
  load: { rate: 400, senders: 8, bodyBytes: 256, sendTimeoutMs: 3_000 },
  steady: { forMs: 2_000, timeoutMs: 60_000, maxErrorShare: 0, maxP99Ms: 500, maxLag: 1_000 },
  recoverMs: 30_000,
  abort: { stallMs: 30_000, maxLag: 100_000 },
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

/** The drills that need no plan file. */
export const presets: readonly Plan[] = [
  preset(
    'leader-kill',
    'SIGKILL of the leader, which is started again two seconds later.',
    [{ kind: 'kill', target: 'leader', atMs: 0, forMs: 2_000 }],
    { expect: { rtoMs: 500 } },
  ),
];

/** Undefined for a name that is none. */
export function presetNamed(name: string): Plan | undefined {
  return presets.find((plan) => plan.name === name);
}
