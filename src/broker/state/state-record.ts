import type { DataVersion } from '../../protocol/body/data-version.ts';
import { type OwnerRow, ownerOfRow, rowOfOwner } from '../client-manager/queue-owners.ts';
import { groupConfig } from '../group/group-config.ts';
import { topicConfig } from '../topic/topic-config.ts';
import type { StateChange } from './state-change.ts';

/** Version of all record types that are written here. */
export const RECORD_VERSION = 1;

type JsonObject = Readonly<Record<string, unknown>>;

/** Keys of each type's body in version 1; anything else would be state that we lose. */
const BODY_KEYS: Readonly<Record<StateChange['type'], readonly string[]>> = {
  'topic-put': ['config', 'dataVersion'],
  'topic-delete': ['topic', 'dataVersion'],
  'group-put': ['config', 'dataVersion'],
  'group-delete': ['group', 'dataVersion'],
  'offsets-put': ['offsets'],
  'offsets-delete': ['entries'],
  'delay-progress': ['levels'],
  'queue-lock': ['owners'],
};

/** True if a record type belongs to the broker's state, not to the replication. */
export function isStateChangeType(type: string): type is StateChange['type'] {
  return Object.hasOwn(BODY_KEYS, type);
}

/** Body of the internal record of a change (raft/FORMATS.md 6). */
export function encodeStateChange(change: StateChange): Buffer {
  return Buffer.from(JSON.stringify(bodyOf(change)));
}

function bodyOf(change: StateChange): JsonObject {
  switch (change.type) {
    case 'offsets-put':
      return { offsets: change.offsets.map(({ group, topic, queueId, offset }) => [group, topic, queueId, offset]) };
    case 'offsets-delete':
      return { entries: change.entries.map(({ group, topic }) => [group, topic]) };
    case 'delay-progress':
      return { levels: change.levels.map(({ level, nextOffset }) => [level, nextOffset]) };
    case 'queue-lock':
      return { owners: change.owners.map(rowOfOwner) };
    default: {
      const { type: _, ...body } = change;
      return body;
    }
  }
}

/** Reads a record's body back. Throws a sentence for a version or a key that this program does not know: replay must not go past it. */
export function decodeStateChange(type: StateChange['type'], version: number, body: Buffer): StateChange {
  if (version !== RECORD_VERSION) {
    throw new Error(`internal record ${type} has version ${version}; this program knows version ${RECORD_VERSION}`);
  }
  const json = JSON.parse(body.toString()) as JsonObject;
  const unknown = Object.keys(json).filter((key) => !BODY_KEYS[type].includes(key));
  const missing = BODY_KEYS[type].filter((key) => !(key in json));
  if (unknown.length > 0) throw new Error(`internal record ${type} has unknown keys: ${unknown.join(', ')}`);
  if (missing.length > 0) throw new Error(`internal record ${type} lacks: ${missing.join(', ')}`);
  return changeOf(type, json);
}

function changeOf(type: StateChange['type'], json: JsonObject): StateChange {
  const dataVersion = json['dataVersion'] as DataVersion;
  switch (type) {
    case 'topic-put': {
      const config = json['config'] as { topicName: string };
      return { type, config: topicConfig(config.topicName, config), dataVersion };
    }
    case 'topic-delete':
      return { type, topic: json['topic'] as string, dataVersion };
    case 'group-put': {
      const config = json['config'] as { groupName: string };
      return { type, config: groupConfig(config.groupName, config), dataVersion };
    }
    case 'group-delete':
      return { type, group: json['group'] as string, dataVersion };
    case 'offsets-put': {
      const rows = json['offsets'] as [string, string, number, number][];
      return { type, offsets: rows.map(([group, topic, queueId, offset]) => ({ group, topic, queueId, offset })) };
    }
    case 'offsets-delete': {
      const rows = json['entries'] as [string, string][];
      return { type, entries: rows.map(([group, topic]) => ({ group, topic })) };
    }
    case 'delay-progress': {
      const rows = json['levels'] as [number, number][];
      return { type, levels: rows.map(([level, nextOffset]) => ({ level, nextOffset })) };
    }
    case 'queue-lock':
      return { type, owners: (json['owners'] as OwnerRow[]).map(ownerOfRow) };
  }
}
