import type { BrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { segmentName } from '../../../src/log/segment.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { encodeRecord, recordSize } from '../../../src/protocol/message/record.ts';
import { formatAddress } from '../../../src/remoting/address.ts';
import { INTERNAL_TOPIC } from '../../../src/store/internal-topic.ts';
import type { DurableLog } from '../../raft-storage/durable-log.ts';
import { freshRecord, HardStateFile } from '../../raft-storage/hard-state.ts';
import { bootIdHex } from '../../raft-storage/hard-state-codec.ts';
import { openDurableLog } from '../../raft-storage/open-durable-log.ts';
import { ReceivedSnapshots } from '../../raft-storage/received-snapshot.ts';
import { type Snapshot, sectionTypes } from '../../raft-storage/snapshot-codec.ts';
import { SnapshotStore } from '../../raft-storage/snapshot-store.ts';
import { type GroupIdentity, internalRecord, newGroup } from '../group-records.ts';
import type { GroupSettings } from '../group-settings.ts';
import { ended } from '../member-end.ts';
import { checkMember, type LockedMember, MemberRefused, memberPaths } from '../open-member.ts';
import { groupSections, queueRows, replicationSection, snapshotHeader } from '../snapshot-content.ts';
import { PlainStore } from './plain-store.ts';
import { SeedLog } from './seed-log.ts';

/** Term of all that is copied: the first election has a higher one. */
const TERM = 1;
/** How much is copied between two words about it. */
const PROGRESS_BYTES = 1 << 30;

/**
 * Makes the directory of a group's first member from the store directory of a plain master (raft/SAFETY.md 9): all its messages with their offsets, topics, groups, consumer offsets and delay
 * progress. The group has this one member; the others join it (`mqadmin addMember`). The directory is as one from whose log retention has removed the beginning: the state is in a snapshot, so that
 * nobody can go on without it. Nothing is there before all is durable. Rejects with MemberRefused, or the disk's error.
 */
export async function seedGroup(platform: Platform, config: BrokerConfig, from: string): Promise<void> {
  const { storePathRootDir: root } = config;
  if (from === root) {
    throw new MemberRefused(
      `--seed-from ${from}: that is the member's own storePathRootDir. Give the member an empty directory: the old one stays as it is, for the way back`,
    );
  }
  const member = checkMember(platform, config);
  const { disk } = platform;
  try {
    const { directory, seeding } = memberPaths(config);
    if (disk.exists(directory)) {
      throw new MemberRefused(
        `--seed-from ${from}: ${directory} holds a member already. Start it without --seed-from, or give it an empty storePathRootDir`,
      );
    }
    disk.removeTree(seeding);
    const source = new PlainStore(platform, config, from);
    try {
      await write(platform, config, member, source, seeding);
    } finally {
      await source.close();
    }
    disk.rename(seeding, directory);
    disk.syncDirectory(root);
  } finally {
    member.lock.release();
  }
}

async function write(
  platform: Platform,
  config: BrokerConfig,
  { settings, storeHost }: LockedMember,
  source: PlainStore,
  staging: string,
): Promise<void> {
  const { disk, logger } = platform;
  const data = `${staging}/data`;
  const folder = `${staging}/snapshots`;
  for (const path of [data, folder]) disk.makeDirectory(path);
  const log = openLog(platform, config, data);
  const identity = identityOf(platform, settings, log, source);
  appendFirst(log, platform.clock.nowMs(), storeHost, identity);
  const copy = new SeedLog(log, TERM);
  let told = 0;
  await copy.copy(source, (done, of) => {
    if (done < told + PROGRESS_BYTES && done < of) return;
    told = done;
    logger.info('Seeding the group', { messages: copy.count, bytes: done, of });
  });
  const snapshots = new SnapshotStore(disk, folder, logger);
  const snapshot = snapshotOf(log, identity, source);
  await ended((done) => snapshots.write(log.segments, snapshot, done));
  new ReceivedSnapshots(disk, folder, logger).putOwnInForce(snapshots, log.lastIndex);
  const last = { cleanIndex: log.lastIndex, cleanTerm: TERM, cleanChainCrc: log.chainCrc(log.lastIndex) };
  const name = { memberId: settings.self.id, groupName: settings.groupName };
  const bootId = bootIdHex(platform.process.bootId());
  const { groupId } = identity;
  const record = { ...freshRecord(name), ...last, term: TERM, groupId, bootId, cleanStop: true, syncAcks: true };
  HardStateFile.begin(disk, `${staging}/hardstate`, record, undefined).close();
  for (const path of [data, folder, staging]) disk.syncDirectory(path);
  log.close();
}

/** An empty log that begins with its second file. */
function openLog(platform: Platform, config: BrokerConfig, directory: string): DurableLog {
  const { disk, timers } = platform;
  const segmentBytes = config.mappedFileSizeCommitLog;
  const opened = openDurableLog({
    ...{ disk, timers, directory, segmentBytes },
    firstPosition: segmentBytes,
    firstWrotePosition: 0,
    checkpoints: [],
    mayCut: () => false,
  });
  if (!('log' in opened)) throw new MemberRefused(opened.message);
  return opened.log;
}

function identityOf(
  platform: Platform,
  settings: GroupSettings,
  log: DurableLog,
  { segments }: PlainStore,
): GroupIdentity {
  const { id, host, port } = settings.self;
  const files = segments.files.segments.map(({ start }) => ({ name: segmentName(start) }));
  const seed = { divide: segments.endPosition, files };
  return {
    ...newGroup(platform, settings.groupName, log.segments.segmentBytes),
    members: [{ id, address: formatAddress({ host, port }) }],
    seed,
  };
}

/** The entry that founds the group. */
function appendFirst(log: DurableLog, nowMs: number, storeHost: Uint8Array, identity: GroupIdentity): void {
  const record = internalRecord('first-entry', 1, identity, nowMs, storeHost);
  const fields = {
    ...record,
    topic: Buffer.from(record.topic),
    properties: Buffer.from(record.properties as string),
    storeTimestamp: nowMs,
    storeHost,
  };
  const { buffer, offset, position } = log.reserve(recordSize(fields));
  encodeRecord(buffer, offset, { ...fields, position });
  log.seal(TERM);
}

/** The state behind all that was copied. */
function snapshotOf(log: DurableLog, identity: GroupIdentity, source: PlainStore): Snapshot {
  const queues = queueRows(new Map([...source.queueOffsets, [INTERNAL_TOPIC, [1]]]));
  return {
    header: snapshotHeader(log, log.lastIndex, identity, source.lastTimestamp),
    sections: [
      ...groupSections(identity, log.lastIndex),
      replicationSection(sectionTypes.queueNextOffsets, { queues }),
      ...source.state.export().map((one) => ({ ...one, mandatory: true })),
    ],
  };
}
