import { type AvailabilityOptions, checkAvailability } from './availability.ts';
import { type ConsumptionOptions, checkConsumption } from './consumption.ts';
import type { History } from './history.ts';
import { checkLinearizableRegisters } from './linearizable-register.ts';
import { checkLog } from './log-checker.ts';
import { checkRealTimeOrder } from './real-time-order.ts';
import { checkReplicas } from './replica-checker.ts';
import type { ReplicaEvent, ReplicaState } from './replica-state.ts';
import { checkTotalQueue } from './total-queue.ts';
import type { Verdict } from './verdict.ts';

/** What a run leaves to be judged. What it has not (undefined) is not judged; what it has must hold something to judge. */
export interface PlayedRun {
  readonly history: History;
  /** The group that consumed these queues, as they were read back. */
  readonly consumed: ConsumptionOptions | undefined;
  /** Its clients used registers. */
  readonly hasRegisters: boolean;
  /** What the members hold when the faults are over, and what happened on them. */
  readonly replicas: { readonly states: readonly ReplicaState[]; readonly events: readonly ReplicaEvent[] } | undefined;
  readonly availability: AvailabilityOptions | undefined;
}

/** Steps of the search for one register; what needs more cannot be told. */
const MOST_STEPS = 1_000_000;

/** All that is judged at the end of a run, simulated or on real processes. */
export function judgeRun({ history, consumed, hasRegisters, replicas, availability }: PlayedRun): Verdict[] {
  return [
    checkTotalQueue(history, { duplicates: 'told' }),
    checkLog(history, { duplicates: 'told', ...consumeOrder(history, consumed) }),
    checkRealTimeOrder(history),
    ...(consumed === undefined ? [] : [checkConsumption(history, consumed)]),
    ...(hasRegisters ? [checkLinearizableRegisters(history, { maxSteps: MOST_STEPS })] : []),
    ...(replicas === undefined ? [] : [checkReplicas(replicas.states, replicas.events, { healed: true })]),
    ...(availability === undefined ? [] : [checkAvailability(history, availability).verdict]),
  ];
}

/**
 * Our consumers are given the messages of a queue in the order of its offsets, and store none beyond what they were given: so their group comes to each message after all before it, over rebalances
 * and restarts too. Again it may be given anything.
 */
function consumeOrder(history: History, consumed: ConsumptionOptions | undefined) {
  if (consumed === undefined) return {};
  const { group, removedNs } = consumed;
  const orderedGroupOf = (process: number) => (history.consumerGroupOf(process) === group ? group : undefined);
  return removedNs === undefined ? { orderedGroupOf } : { orderedGroupOf, removedNs };
}
