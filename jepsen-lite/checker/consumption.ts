import type { History } from './history.ts';
import { isDelivery, isPlacedSend } from './queue-index.ts';
import { Findings, type Verdict } from './verdict.ts';

/** Offsets of the first message that a queue holds, and behind its last. */
export type StoredQueue = { readonly start: number; readonly end: number };

/** What was stored in the end, by `topic/queue`. */
export type StoredQueues = ReadonlyMap<string, StoredQueue>;

/**
 * `unconsumed`: stored, and never given to any member of a consumer group. `not-stored`: consumed from behind the end of its queue. `removed` (told only): retention took it before the group
 * came to it.
 */
export type ConsumptionAnomaly = 'unconsumed' | 'not-stored' | 'removed';

/** `queues` were consumed by the group `group`, which had time to come to their ends after the last send. */
export type ConsumptionOptions = { readonly group: string; readonly queues: StoredQueues };

/** A consumer group is given every message of its queues at least once, over rebalances, restarts of members and changes of the leader. */
export function checkConsumption(history: History, { group, queues }: ConsumptionOptions): Verdict<ConsumptionAnomaly> {
  const findings = new Findings<ConsumptionAnomaly>();
  if (!history.drained) findings.doubt('the drain did not finish, so more may be stored than is known');
  const consumed = new Map<string, Set<number>>();
  const values = new Map<string, Map<number, string>>();
  for (const operation of history.operations()) {
    const { key, process, offset, result, value } = operation;
    if (isPlacedSend(operation)) mapOf(values, key).set(result as number, String(value));
    if (!isDelivery(operation)) continue;
    if (history.consumerGroupOf(process) === group) setOf(consumed, key).add(offset!);
    else mapOf(values, key).set(offset!, String(result));
  }
  let examined = 0;
  for (const [key, { start, end }] of queues) {
    const given = setOf(consumed, key);
    examined += end;
    for (let offset = 0; offset < end; offset++) {
      if (given.has(offset)) continue;
      const value = mapOf(values, key).get(offset);
      const place = { key, offset, values: value === undefined ? [] : [value] };
      const what = `${value ?? 'the message'} at ${key}@${offset}`;
      if (offset < start) {
        const text = `retention removed ${what} before ${group} came to it`;
        findings.add('removed', 0, text, { ...place, fatal: false });
      } else findings.add('unconsumed', 0, `${what} was given to no member of ${group}`, place);
    }
    for (const offset of given) {
      if (offset < end) continue;
      findings.add('not-stored', 0, `${group} consumed ${key}@${offset}, but the queue ends at ${end}`, {
        key,
        offset,
      });
    }
  }
  return findings.verdict('consumption', examined);
}

function mapOf(maps: Map<string, Map<number, string>>, key: string): Map<number, string> {
  const map = maps.get(key) ?? new Map<number, string>();
  maps.set(key, map);
  return map;
}

function setOf(sets: Map<string, Set<number>>, key: string): Set<number> {
  const set = sets.get(key) ?? new Set<number>();
  sets.set(key, set);
  return set;
}
