import { assert } from '../../src/base/assert.ts';
import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { DirectoryLock, Disk, Platform } from '../../src/platform/ports.ts';
import { encodeHost } from '../../src/protocol/message/host.ts';
import { parseAddress } from '../../src/remoting/address.ts';
import { readHardState } from '../raft-storage/hard-state.ts';
import {
  openRaftStorage,
  type RaftStorage,
  type StorageFault,
  searchBytes,
} from '../raft-storage/open-raft-storage.ts';
import type { PeerAddress } from '../raft-storage/peers.ts';
import { SnapshotStore } from '../raft-storage/snapshot-store.ts';
import { type GroupSettings, groupSettings, isAlone } from './group-settings.ts';
import { type NamedSet, setsInDamagedLog, setsInLog } from './member-sets.ts';
import { readSnapshot } from './snapshot-content.ts';

/** Thrown where a member cannot start: one sentence for people; nothing was changed. */
export class MemberRefused extends Error {
  override readonly name: string = 'MemberRefused';
}

/** The configuration itself is wrong. */
export class WrongConfiguration extends MemberRefused {
  override readonly name = 'WrongConfiguration';
}

/** A member's directory, opened, and what its configuration says. */
export interface Member {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly settings: GroupSettings;
  readonly lock: DirectoryLock;
  readonly storage: RaftStorage;
  /** Address bytes and port of this broker as records carry it. */
  readonly storeHost: Uint8Array;
}

/** What is known of a member before its own files are opened. */
export type LockedMember = Omit<Member, 'storage'>;

export interface MemberPaths {
  readonly directory: string;
  readonly seeding: string;
}

/** Checks the configuration, and locks the store directory. Throws MemberRefused. */
export function checkMember(platform: Platform, config: BrokerConfig): LockedMember {
  const { storePathRootDir: root } = config;
  const settings = groupSettings(config, placeHolder(platform.disk, config));
  if (typeof settings === 'string') throw new WrongConfiguration(settings);
  const storeHost = encodeHost(config.brokerIP1, config.listenPort);
  assert(storeHost !== undefined, 'the configuration checks brokerIP1');
  const lock = lockDirectory(platform.disk, root);
  try {
    refuseNativeStore(platform.disk, config);
    return { platform, config, settings, lock, storeHost };
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

/** The same, and recovers what is in the directory. Throws MemberRefused. */
export function openMember(platform: Platform, config: BrokerConfig): Member {
  const locked = checkMember(platform, config);
  try {
    refuseHalfSeeded(platform.disk, config);
    const storage = openStorage(platform, config, locked.settings);
    return { ...locked, settings: settledBy(storage, config, locked.settings), storage };
  } catch (thrown) {
    locked.lock.release();
    throw thrown;
  }
}

/** Where a member's directory is, and where one is made from another store before it gets that name. */
export function memberPaths({ storePathRootDir: root, dLegerSelfId: id }: BrokerConfig): MemberPaths {
  const directory = `${root}/dledger-${id}`;
  return { directory, seeding: `${directory}.seeding` };
}

/** A member without anything would found or join the group in place of the one that was to bring the messages. */
function refuseHalfSeeded(disk: Disk, config: BrokerConfig): void {
  const { directory, seeding } = memberPaths(config);
  if (disk.exists(directory) || !disk.exists(seeding)) return;
  throw new MemberRefused(
    `storePathRootDir=${config.storePathRootDir}: a start with --seed-from did not end, and left ${seeding}. Start with --seed-from again, which begins anew; or remove that folder for a member that holds nothing`,
  );
}

/** Stands for the own address until the log can be read: of a member that has been one here. */
function placeHolder(disk: Disk, config: BrokerConfig): PeerAddress | undefined {
  const { dLegerSelfId: id } = config;
  return disk.exists(`${memberPaths(config).directory}/hardstate`) ? { id, host: '', port: 0 } : undefined;
}

/** Where `dLegerPeers` does not name this member, its log does, or it is refused. */
function settledBy(storage: RaftStorage, config: BrokerConfig, read: GroupSettings): GroupSettings {
  if (read.self.port !== 0) return read;
  const { log, hardState } = storage;
  const own = setsOf(storage)
    .flatMap(({ voters, learners }) => [...voters, ...learners])
    .findLast(({ id }) => id === read.self.id);
  const address = parseAddress(own?.address ?? '');
  const settings = groupSettings(config, address === undefined ? undefined : { id: read.self.id, ...address });
  if (typeof settings !== 'string') return settings;
  log.close();
  hardState.close();
  throw new WrongConfiguration(settings);
}

/** The sets of members that snapshot and log bring, oldest first. */
function setsOf({ log, snapshot }: RaftStorage): readonly NamedSet[] {
  const inSnapshot = snapshot === undefined ? undefined : readSnapshot(snapshot).members;
  const later = setsInLog(log, (snapshot?.header.index ?? 0) + 1);
  return inSnapshot === undefined ? later : [inSnapshot, ...later];
}

/** May other members have what cannot be read here? The log rules who is one (raft/SAFETY.md 8); `dLegerPeers` names those who are to be asked anyway. */
export function hasOthers({ settings, storage }: Member): boolean {
  return !isAlone(settings) || namesOthers(setsOf(storage).at(-1), settings.self.id);
}

/** The same by the newest set that can be read of a log that is too damaged to be opened without others. */
function hasOthersByLog({ disk, logger }: Platform, config: BrokerConfig, { self, groupName }: GroupSettings): boolean {
  const { directory } = memberPaths(config);
  const [snapshot] = new SnapshotStore(disk, `${directory}/snapshots`, logger).loadAll();
  const read = readHardState(disk, `${directory}/hardstate`, { memberId: self.id, groupName });
  const log = {
    disk,
    directory: `${directory}/data`,
    segmentBytes: config.mappedFileSizeCommitLog,
    firstWrotePosition: read.kind === 'ok' ? read.record.firstWrotePosition : 0,
    searchBytes,
  };
  const newest =
    setsInDamagedLog(log, snapshot?.header.endPosition ?? 0).at(-1) ??
    (snapshot === undefined ? undefined : readSnapshot(snapshot).members);
  return namesOthers(newest, self.id);
}

function namesOthers(set: NamedSet | undefined, self: string): boolean {
  return set !== undefined && [...set.voters, ...set.learners].some(({ id }) => id !== self);
}

function refuseNativeStore(disk: Disk, { storePathRootDir: root, storePathCommitLog }: BrokerConfig): void {
  const native = storePathCommitLog || `${root}/commitlog`;
  if (!disk.list(native).some((name) => /^\d{20}$/.test(name))) return;
  throw new MemberRefused(
    `storePathRootDir=${root}: ${native} holds the messages of a broker without replication, in another form than a group's. Give this member an empty directory; and seed the group from that one (mqbroker --seed-from), or bring its messages with mqadmin exportStore and importStore`,
  );
}

function lockDirectory(disk: Disk, root: string): DirectoryLock {
  let lock: DirectoryLock | undefined;
  try {
    disk.makeDirectory(root);
    lock = disk.lock(root);
  } catch (thrown) {
    const why = asDiskError(thrown).message;
    throw new MemberRefused(
      `storePathRootDir=${root}: the directory cannot be used (${why}). Mend that, or set another one`,
    );
  }
  if (lock !== undefined) return lock;
  throw new MemberRefused(
    `storePathRootDir=${root}: another process uses this store directory. Stop it, or give this broker a directory of its own`,
  );
}

/**
 * The same directory once more, as behind a leader's snapshot: the state is that of the newest one, and what derives from the log is built anew from the log's beginning, at each start until
 * that is done. Throws MemberRefused, or the disk's error.
 */
export function reopenToBuildAnew({ platform, config, settings, storage, ...rest }: Member): Member {
  const { log, hardState, snapshots, snapshot, received } = storage;
  log.close();
  hardState.close();
  received.putOwnInForce(snapshots, snapshot?.header.index ?? 0);
  return { ...rest, platform, config, settings, storage: openDamagedStorage(platform, config, settings) };
}

function openStorage(platform: Platform, config: BrokerConfig, settings: GroupSettings): RaftStorage {
  const alone = isAlone(settings);
  const storage = readStorage(platform, config, settings, alone);
  if (!('message' in storage)) return storage;
  if (!alone || !hasOthersByLog(platform, config, settings)) throw new MemberRefused(storage.message);
  return openDamagedStorage(platform, config, settings);
}

/** Where others may repair what is damaged. */
function openDamagedStorage(platform: Platform, config: BrokerConfig, settings: GroupSettings): RaftStorage {
  const storage = readStorage(platform, config, settings, false);
  if ('message' in storage) throw new MemberRefused(storage.message);
  return storage;
}

function readStorage(
  platform: Platform,
  config: BrokerConfig,
  settings: GroupSettings,
  aloneInGroup: boolean,
): RaftStorage | StorageFault {
  return openRaftStorage({
    platform,
    directory: memberPaths(config).directory,
    memberId: settings.self.id,
    groupName: settings.groupName,
    segmentBytes: config.mappedFileSizeCommitLog,
    firstPosition: 0,
    syncFlush: config.flushDiskType === 'SYNC_FLUSH',
    aloneInGroup,
  });
}
