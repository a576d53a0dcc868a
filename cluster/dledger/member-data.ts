import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { applyRecord, readInternalRecord } from '../../src/broker/state/apply-record.ts';
import { BrokerState } from '../../src/broker/state/broker-state.ts';
import { LogJournal } from '../../src/broker/state/log-journal.ts';
import { storeOptions } from '../../src/broker/store-settings.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { LogMessageStore } from '../../src/store/log-message-store.ts';
import { RottenLog } from '../raft-storage/entry-reader.ts';
import { DledgerLog } from './dledger-log.ts';
import { GroupMembers } from './group-members.ts';
import { type GroupIdentity, GroupRecords } from './group-records.ts';
import { releaseDirectory } from './member-end.ts';
import { setsInLog } from './member-sets.ts';
import { hasOthers, type Member, openMember, reopenToBuildAnew } from './open-member.ts';
import { readSnapshot } from './snapshot-content.ts';
import { SpaceWatch } from './space-watch.ts';

/** What a member keeps: the log as the store sees it, the messages, and the state that rides the same log. */
export interface MemberData {
  readonly log: DledgerLog;
  readonly store: LogMessageStore;
  readonly state: BrokerState;
  readonly journal: LogJournal;
  readonly records: GroupRecords;
  readonly members: GroupMembers;
  readonly space: SpaceWatch;
}

/**
 * Opens a member's directory and restores its data. Where consume queues or index have to be built anew from a part of the log that is damaged, they are once the other members
 * have repaired it. Throws MemberRefused, a sentence, or the disk's error.
 */
export function openMemberWithData(
  platform: Platform,
  config: BrokerConfig,
  onIdentity: (member: Member, identity: GroupIdentity) => void,
): { readonly member: Member; readonly data: MemberData } {
  const member = openMember(platform, config);
  try {
    return { member, data: openMemberData(member, (identity) => onIdentity(member, identity)) };
  } catch (thrown) {
    if (!(thrown instanceof RottenLog) || !hasOthers(member)) {
      releaseDirectory(member.storage, member.lock);
      throw thrown;
    }
    const text = 'The log is damaged where files that are lost would be built from it: they are built after its repair';
    platform.logger.error(text, { reason: thrown.message });
    const again = reopenToBuildAnew(member);
    return { member: again, data: openMemberData(again, (identity) => onIdentity(again, identity)) };
  }
}

/**
 * Restores a member's data from its newest snapshot; what is committed later is applied when a leader says so. `onIdentity` hears of the
 * group's first entry when it is committed. Throws a sentence or the disk's error.
 */
function openMemberData(member: Member, onIdentity: (identity: GroupIdentity) => void): MemberData {
  const { platform, config, storage, storeHost } = member;
  const { timers, disk, clock } = platform;
  const { log: durableLog, snapshot } = storage;
  const { segments } = durableLog;
  const fullPercent = config.diskSpaceWarningLevelRatio;
  const space = new SpaceWatch(disk, segments.directory, timers, fullPercent, () => segments.endPosition);
  const log = new DledgerLog({
    log: durableLog,
    timers,
    appliedIndex: storage.appliedIndex,
    stateIndex: snapshot?.header.index ?? 0,
    maxPendingBytes: config.maxPendingBytes,
    diskFull: () => space.problem,
  });
  const streams = { replicator: log, records: log };
  const store = new LogMessageStore(platform, config.storePathRootDir, streams, storeOptions(config));
  const state = new BrokerState(config, store);
  const restored = snapshot === undefined ? undefined : readSnapshot(snapshot);
  for (const section of snapshot?.sections ?? []) state.importSection(section);
  const later = setsInLog(durableLog, log.appliedIndex + 1);
  const members = new GroupMembers(member.settings, platform.logger, restored?.members, later, log.appliedIndex);
  const records = new GroupRecords(member, restored?.identity, onIdentity, members);
  store.setStoreHost(storeHost);
  store.setInternalRecordHandler({
    applyInternal: (bytes, position) => applyInternal(records, state, bytes, position),
  });
  try {
    store.recover({
      fromPosition: log.confirmedPosition,
      queueOffsets: restored?.queueOffsets ?? new Map(),
      ...(log.restoring && snapshot !== undefined ? { stateAt: snapshot.header.endPosition } : {}),
      lastTimestamp: snapshot?.header.storeTimestamp ?? 0,
    });
  } catch (thrown) {
    store.abandon();
    throw thrown;
  }
  const journal = new LogJournal(store, state, { host: storeHost, nowMs: () => clock.nowMs() });
  return { log, store, state, journal, records, members, space };
}

function applyInternal(records: GroupRecords, state: BrokerState, bytes: Buffer, position: number): void {
  const record = readInternalRecord(bytes, position);
  if (records.apply(record, position) || applyRecord(state, record)) return;
  throw new Error(`the internal record at ${position} has the type ${record.type}, which this version does not know`);
}
