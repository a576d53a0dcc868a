import type { DataVersion } from '../../protocol/body/data-version.ts';
import { type OwnerRow, ownerOfRow, rowOfOwner } from '../client-manager/queue-owners.ts';
import { groupConfig } from '../group/group-config.ts';
import type { ForbiddenTable } from '../group/group-table.ts';
import { offsetKey, splitOffsetKey } from '../offset/offset-table.ts';
import { topicConfig } from '../topic/topic-config.ts';
import type { BrokerState } from './broker-state.ts';
import type { ConfigFileName } from './config-files.ts';

/** One section of a snapshot file; `content` is JSON in UTF-8. */
export interface StateSection {
  readonly type: number;
  readonly version: number;
  readonly content: Buffer;
}

const TOPICS = 3;
const GROUPS = 4;
const OFFSETS = 5;
const DELAY_PROGRESS = 6;
/** Snapshots of before 2026-11-29 have none: then nobody owns a queue. */
const QUEUE_OWNERS = 16;

/** RocketMQ's file that holds the same as a section, by the section's type. */
export const SECTION_FILES: Readonly<Record<number, ConfigFileName>> = {
  [TOPICS]: 'topics',
  [GROUPS]: 'subscriptionGroup',
  [OFFSETS]: 'consumerOffset',
  [DELAY_PROGRESS]: 'delayOffset',
};

export function exportSections(state: BrokerState): StateSection[] {
  return [
    section(TOPICS, state.topics.committed()),
    section(GROUPS, state.groups.committed()),
    section(OFFSETS, { offsets: offsetRows(state) }),
    section(DELAY_PROGRESS, { levels: state.delays.committed().map(({ level, nextOffset }) => [level, nextOffset]) }),
    section(QUEUE_OWNERS, { owners: state.owners.committed().map(rowOfOwner) }),
  ];
}

function section(type: number, body: object): StateSection {
  return { type, version: 1, content: Buffer.from(JSON.stringify(body)) };
}

type OffsetRow = readonly [group: string, topic: string, queueId: number, offset: number];

function offsetRows(state: BrokerState): OffsetRow[] {
  const rows: OffsetRow[] = [];
  for (const [key, offsets] of state.offsets.committedEntries()) {
    const [topic, group] = splitOffsetKey(key);
    offsets.forEach((offset, queueId) => {
      if (offset !== undefined) rows.push([group, topic, queueId, offset]);
    });
  }
  return rows.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]) || a[2] - b[2]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function importSection(state: BrokerState, { type, version, content }: StateSection): boolean {
  if ((type < TOPICS || type > DELAY_PROGRESS) && type !== QUEUE_OWNERS) return false;
  if (version !== 1) throw new Error(`snapshot section ${type} has version ${version}; this program knows version 1`);
  const body = JSON.parse(content.toString()) as never;
  if (type === TOPICS) importTopics(state, body);
  else if (type === GROUPS) importGroups(state, body);
  else if (type === OFFSETS) importOffsets(state, body);
  else if (type === DELAY_PROGRESS) importDelays(state, body);
  else importOwners(state, body);
  return true;
}

function importTopics(state: BrokerState, body: { dataVersion: DataVersion; topics: { topicName: string }[] }): void {
  state.topics.import(
    body.dataVersion,
    body.topics.map((config) => topicConfig(config.topicName, config)),
  );
}

function importGroups(
  state: BrokerState,
  body: { dataVersion: DataVersion; groups: { groupName: string }[]; forbiddenTable?: ForbiddenTable },
): void {
  state.groups.import(
    body.dataVersion,
    body.groups.map((config) => groupConfig(config.groupName, config)),
    body.forbiddenTable,
  );
}

function importOffsets(state: BrokerState, body: { offsets: OffsetRow[] }): void {
  const table = new Map<string, (number | undefined)[]>();
  for (const [group, topic, queueId, offset] of body.offsets) {
    const key = offsetKey(topic, group);
    const offsets = table.get(key) ?? [];
    while (offsets.length < queueId) offsets.push(undefined);
    offsets[queueId] = offset;
    table.set(key, offsets);
  }
  state.offsets.import(table);
}

function importDelays(state: BrokerState, body: { levels: [number, number][] }): void {
  state.delays.import(body.levels.map(([level, nextOffset]) => ({ level, nextOffset })));
}

function importOwners(state: BrokerState, body: { owners: OwnerRow[] }): void {
  state.owners.import(body.owners.map(ownerOfRow));
}
