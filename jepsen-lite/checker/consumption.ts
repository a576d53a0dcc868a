import type { History } from './history.ts';
import { isDelivery, isPlacedSend } from './queue-index.ts';
import { Findings, type Verdict } from './verdict.ts';

/** Offsets of the first message that a queue holds, and behind its last. */
export type StoredQueue = { readonly start: number; readonly end: number };

/** What was stored in the end, by `topic/queue`. */
export type StoredQueues = ReadonlyMap<string, StoredQueue>;

/**
 * `unconsumed`: stored, and never given to any member of a consumer group. `skipped`: not given, though later ones of its queue were, before retention removed it anywhere. `not-stored`: consumed
 * from behind the end of its queue. `removed` (told only): retention took it before the group came to it.
 */
export type ConsumptionAnomaly = 'unconsumed' | 'skipped' | 'not-stored' | 'removed';

/** `queues` were consumed by the group `group`, which had time to come to their ends after the last send. */
export type ConsumptionOptions = {
  readonly group: string;
  readonly queues: StoredQueues;
  /**
   * When retention removed a message from the first member that had it, ns; undefined if none did. Each member has its own retention: who leads in the end may hold what another did not
   * that led while the group consumed. Left out: what is not stored in the end was removed, nobody knows when.
   */
  readonly removedNs?: (key: string, offset: number) => number | undefined;
};

/** A consumer group is given every message of its queues at least once, over rebalances, restarts of members and changes of the leader. */
export function checkConsumption(history: History, options: ConsumptionOptions): Verdict<ConsumptionAnomaly> {
  const { group, queues, removedNs } = options;
  const findings = new Findings<ConsumptionAnomaly>();
  if (!history.drained) findings.doubt('the drain did not finish, so more may be stored than is known');
  const consumed = new Map<string, Map<number, number>>();
  const values = new Map<string, Map<number, string>>();
  for (const operation of history.operations()) {
    const { key, process, offset, result, value, callNs } = operation;
    if (isPlacedSend(operation)) mapOf(values, key).set(result as number, String(value));
    if (!isDelivery(operation)) continue;
    if (history.consumerGroupOf(process) !== group) mapOf(values, key).set(offset!, String(result));
    else mapOf(consumed, key).set(offset!, Math.min(callNs, mapOf(consumed, key).get(offset!) ?? callNs));
  }
  let examined = 0;
  for (const [key, { start, end }] of queues) {
    const given = mapOf(consumed, key);
    const passedNs = passedTimes(given, end);
    examined += end;
    for (let offset = 0; offset < end; offset++) {
      if (given.has(offset)) continue;
      const value = mapOf(values, key).get(offset);
      const place = { key, offset, values: value === undefined ? [] : [value] };
      const what = `${value ?? 'the message'} at ${key}@${offset}`;
      const goneNs = removedNs?.(key, offset) ?? (offset < start ? 0 : undefined);
      if (goneNs === undefined) findings.add('unconsumed', 0, `${what} was given to no member of ${group}`, place);
      else if (passedNs[offset]! >= goneNs) {
        const text = `retention removed ${what} before ${group} came to it`;
        findings.add('removed', 0, text, { ...place, fatal: false });
      } else {
        const text = `${what} was given to no member of ${group}, which was beyond it before retention removed it`;
        findings.add('skipped', passedNs[offset]!, text, place);
      }
    }
    for (const offset of given.keys()) {
      if (offset < end) continue;
      findings.add('not-stored', 0, `${group} consumed ${key}@${offset}, but the queue ends at ${end}`, {
        key,
        offset,
      });
    }
  }
  return findings.verdict('consumption', examined);
}

/** For each offset, when the group was first given something behind it; never is infinite. */
function passedTimes(given: ReadonlyMap<number, number>, end: number): number[] {
  const passedNs = new Array<number>(end);
  let earliestNs = Number.POSITIVE_INFINITY;
  for (let offset = end - 1; offset >= 0; offset--) {
    passedNs[offset] = earliestNs;
    earliestNs = Math.min(earliestNs, given.get(offset) ?? earliestNs);
  }
  return passedNs;
}

function mapOf<Value>(maps: Map<string, Map<number, Value>>, key: string): Map<number, Value> {
  const map = maps.get(key) ?? new Map<number, Value>();
  maps.set(key, map);
  return map;
}
