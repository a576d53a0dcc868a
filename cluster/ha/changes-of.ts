import type { QueueProgress } from '../../src/broker/offset/offset-table.ts';
import { splitOffsetKey } from '../../src/broker/offset/offset-table.ts';
import type { BrokerState } from '../../src/broker/state/broker-state.ts';
import type { StateChange } from '../../src/broker/state/state-change.ts';

/** Offsets in one record at most: a record of the log stays small. */
const MAX_ROWS = 1_000;

/** Changes that bring about the committed part of a state where there is none. */
export function changesOf({ topics, groups, offsets, delays }: BrokerState): StateChange[] {
  const { dataVersion: topicVersion, topics: topicConfigs } = topics.committed();
  const { dataVersion: groupVersion, groups: groupConfigs } = groups.committed();
  const changes: StateChange[] = [
    ...topicConfigs.map((config) => ({ type: 'topic-put', config, dataVersion: topicVersion }) as const),
    ...groupConfigs.map((config) => ({ type: 'group-put', config, dataVersion: groupVersion }) as const),
  ];
  const rows = offsets.committedEntries().flatMap(([key, queues]) => rowsOf(key, queues));
  for (let from = 0; from < rows.length; from += MAX_ROWS)
    changes.push({ type: 'offsets-put', offsets: rows.slice(from, from + MAX_ROWS) });
  const levels = delays.committed();
  if (levels.length > 0) changes.push({ type: 'delay-progress', levels });
  return changes;
}

function rowsOf(key: string, queues: readonly (number | undefined)[]): QueueProgress[] {
  const [topic, group] = splitOffsetKey(key);
  return queues.flatMap((offset, queueId) => (offset === undefined ? [] : [{ group, topic, queueId, offset }]));
}
