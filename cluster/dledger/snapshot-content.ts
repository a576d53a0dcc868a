import type { QueueOffsets } from '../../src/store/message-store.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import {
  type Snapshot,
  type SnapshotHeader,
  type SnapshotSection,
  sectionTypes,
} from '../raft-storage/snapshot-codec.ts';
import type { GroupIdentity } from './group-records.ts';
import type { MemberData } from './member-data.ts';
import type { NamedSet } from './member-sets.ts';
import type { Member } from './open-member.ts';
import type { SnapshotSource } from './snapshotter.ts';

/** What a broker's snapshots are made of. */
export function memberSnapshots(
  { storage }: Member,
  { log, store, state, records, members }: MemberData,
): SnapshotSource {
  return {
    get appliedIndex() {
      return log.stateIndex;
    },
    flushTo: (position, done) => store.flushTo(position, done),
    capture: (index) => {
      const queues = { queues: queueRows(store.queueOffsets()) };
      return {
        header: snapshotHeader(storage.log, index, records.identity, store.lastTimestamp),
        sections: [
          ...groupSections(records.identity, index, members.applied),
          replicationSection(sectionTypes.queueNextOffsets, queues),
          ...state.export().map((one) => ({ ...one, mandatory: true })),
        ],
      };
    },
  };
}

/** Header of the snapshot after the entry `index`; `storeTimestamp` is that of its last record. */
export function snapshotHeader(
  log: DurableLog,
  index: number,
  identity: GroupIdentity | undefined,
  storeTimestamp: number,
): SnapshotHeader {
  return {
    ...log.checkpointAt(index),
    chainStart: identity?.chainStart ?? 0,
    groupId: identity?.groupId ?? '',
    dataFileSize: log.segments.segmentBytes,
    firstPosition: identity?.firstPosition ?? 0,
    storeTimestamp,
  };
}

/** The sections that every group's snapshots have. */
export function groupSections(
  identity: GroupIdentity | undefined,
  index: number,
  members: NamedSet = { index, voters: identity?.members ?? [], learners: [] },
): SnapshotSection[] {
  return [replicationSection(sectionTypes.members, members), replicationSection(sectionTypes.identity, identity ?? {})];
}

/** One of the sections that belong to the replication, as JSON. */
export function replicationSection(type: number, body: object): SnapshotSection {
  return { type, version: 1, mandatory: true, content: Buffer.from(JSON.stringify(body)) };
}

type QueueRow = readonly [topic: string, queueId: number, next: number];

/** Sorted, so that equal states give equal bytes. */
export function queueRows(offsets: QueueOffsets): QueueRow[] {
  const rows: QueueRow[] = [];
  for (const topic of [...offsets.keys()].sort()) {
    offsets.get(topic)!.forEach((next, queueId) => {
      if (next >= 0) rows.push([topic, queueId, next]);
    });
  }
  return rows;
}

/** Content of a section, parsed. Throws a sentence if there is none. */
export function sectionContent(snapshot: Snapshot, type: number): unknown {
  const found = snapshot.sections.find((one) => one.type === type);
  if (found === undefined) throw new Error(`snapshot ${snapshot.header.index} lacks section ${type}`);
  return JSON.parse(found.content.toString());
}

/** Who the group is; undefined in a snapshot from before its first entry. */
export function snapshotIdentity(snapshot: Snapshot): GroupIdentity | undefined {
  const identity = sectionContent(snapshot, sectionTypes.identity) as Partial<GroupIdentity>;
  return identity.groupId === undefined ? undefined : (identity as GroupIdentity);
}

/** Who belongs to the group; undefined: the log says nothing of members (an adopted log). */
export function snapshotMembers(snapshot: Snapshot): NamedSet | undefined {
  const members = sectionContent(snapshot, sectionTypes.members) as NamedSet;
  return members.voters.length === 0 ? undefined : members;
}

/** The parts of a snapshot that belong to the replication, read back. Throws a sentence for content that does not fit. */
export function readSnapshot(snapshot: Snapshot): {
  readonly identity: GroupIdentity | undefined;
  /** Undefined: the log says nothing of members (an adopted log). */
  readonly members: NamedSet | undefined;
  readonly queueOffsets: QueueOffsets;
} {
  const { queues } = sectionContent(snapshot, sectionTypes.queueNextOffsets) as { queues: QueueRow[] };
  const queueOffsets = new Map<string, number[]>();
  for (const [topic, queueId, next] of queues) {
    const offsets = queueOffsets.get(topic) ?? [];
    while (offsets.length <= queueId) offsets.push(-1);
    offsets[queueId] = next;
    queueOffsets.set(topic, offsets);
  }
  return { identity: snapshotIdentity(snapshot), members: snapshotMembers(snapshot), queueOffsets };
}
