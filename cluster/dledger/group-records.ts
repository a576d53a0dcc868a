import type { MemberChange, MemberSet } from '../../raft/index.ts';
import type { InternalRecord } from '../../src/broker/state/apply-record.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import type { PutMessage } from '../../src/store/put-message.ts';
import { entryHeaderBytes, entryIndex } from '../raft-storage/entry.ts';
import { formatVersion } from '../raft-storage/hello.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupSettings } from './group-settings.ts';
import { setOf } from './member-sets.ts';

/** Version of the record types written here (raft/FORMATS.md 6). */
const RECORD_VERSION = 1;
const GROUP_ID_BYTES = 16;

/** What is fixed for a group when its first entry is made. */
export interface GroupIdentity {
  /** 32 hex digits. */
  readonly groupId: string;
  readonly groupName: string;
  readonly formatVersion: number;
  readonly features: number;
  readonly dataFileSize: number;
  readonly firstPosition: number;
  readonly chainStart: number;
  readonly members: readonly { readonly id: string; readonly address: string }[];
  readonly createdMs: number;
  /** The plain store from which the group was seeded: where that ended, and its files. */
  readonly seed: { readonly divide: number; readonly files: readonly { readonly name: string }[] } | null;
}

/** A group that did not exist before, still without members. */
export function newGroup(
  { random, clock }: Pick<Platform, 'random' | 'clock'>,
  groupName: string,
  dataFileSize: number,
): GroupIdentity {
  const groupId = random.bytes(GROUP_ID_BYTES).toString('hex');
  const layout = { dataFileSize, firstPosition: 0, chainStart: 0 };
  return {
    groupId,
    groupName,
    formatVersion,
    features: 0,
    ...layout,
    members: [],
    createdMs: clock.nowMs(),
    seed: null,
  };
}

/** What of a member the records of its group speak of. */
export interface GroupMember {
  readonly platform: Pick<Platform, 'random' | 'clock'>;
  readonly settings: GroupSettings;
  readonly storage: Pick<RaftStorage, 'log' | 'hardState'>;
  /** Address bytes and port that records carry. */
  readonly storeHost: Uint8Array;
}

/** The internal records that belong to the replication: the group's first entry, the no-op that opens a term, and the sets of members. */
export class GroupRecords {
  readonly #member: GroupMember;
  readonly #onIdentity: (identity: GroupIdentity) => void;
  readonly #members: GroupMembers | undefined;
  #identity: GroupIdentity | undefined;

  /** Without `members` the group is that of the first entry for ever. */
  constructor(
    member: GroupMember,
    identity: GroupIdentity | undefined,
    onIdentity: (identity: GroupIdentity) => void,
    members?: GroupMembers,
  ) {
    this.#member = member;
    this.#members = members;
    this.#identity = identity;
    this.#onIdentity = onIdentity;
  }

  /** Undefined until the first entry is committed here. */
  get identity(): GroupIdentity | undefined {
    return this.#identity;
  }

  /** Does the log hold nothing yet that this software wrote: is it empty, or a stock DLedger's? */
  get isUnfounded(): boolean {
    const { log, hardState } = this.#member.storage;
    return log.lastIndex < hardState.record.firstWroteIndex;
  }

  /** CRC of the last stock entry, to which the first own one links (raft/FORMATS.md 1); 0 where there was none. Before the group is founded, of the own log. */
  get chainStart(): number {
    const { log, hardState } = this.#member.storage;
    const lastStock = hardState.record.firstWroteIndex - 1;
    return this.#identity?.chainStart ?? (log.lastIndex < lastStock ? 0 : log.chainCrc(lastStock));
  }

  /** What a new leader appends first: the first entry of a group that this software has not written for yet, else a no-op. */
  openingRecord(): PutMessage {
    const { settings } = this.#member;
    if (this.isUnfounded) return this.#record('first-entry', this.#found());
    return this.#record('no-op', { leader: settings.self.id });
  }

  /** The entry of a set that a change makes. */
  membersRecord(members: GroupMembers, set: MemberSet, change: MemberChange): PutMessage {
    return this.#record('config-change', members.bodyOf(set, change));
  }

  /**
   * Applies a committed record of the replication, which stands at `position`; false if its type is another's. Throws a sentence for what this version does
   * not know.
   */
  apply(record: InternalRecord, position: number): boolean {
    const { type, version, body } = record;
    if (type !== 'first-entry' && type !== 'no-op' && type !== 'config-change') return false;
    if (version !== RECORD_VERSION || (type === 'config-change' && this.#members === undefined)) {
      throw new Error(`the log holds ${type} records of version ${version}, which this version does not know`);
    }
    if (type === 'first-entry') {
      this.#identity = JSON.parse(body.toString()) as GroupIdentity;
      this.#onIdentity(this.#identity);
    }
    const set = type === 'no-op' ? undefined : setOf(record, this.#indexAt(position));
    if (set !== undefined) this.#members?.apply(set);
    return true;
  }

  /** Number of the entry whose first record stands at `position`. */
  #indexAt(position: number): number {
    const { segments } = this.#member.storage.log;
    const start = position - entryHeaderBytes;
    return entryIndex(segments.view(start, entryHeaderBytes) ?? segments.readSync(start, entryHeaderBytes), 0);
  }

  /** A new group with the members of the configuration. */
  #found(): GroupIdentity {
    const { platform, settings, storage } = this.#member;
    return {
      ...newGroup(platform, settings.groupName, storage.log.segments.segmentBytes),
      chainStart: this.chainStart,
      members: settings.peers.map(({ id, host, port }) => ({ id, address: formatAddress({ host, port }) })),
    };
  }

  #record(type: string, body: object): PutMessage {
    const { platform, storeHost } = this.#member;
    return internalRecord(type, RECORD_VERSION, body, platform.clock.nowMs(), storeHost);
  }
}

/** A record of the internal topic (raft/FORMATS.md 6). */
export function internalRecord(
  type: string,
  version: number,
  body: object,
  bornTimestamp: number,
  bornHost: Uint8Array,
): PutMessage {
  return {
    topic: INTERNAL_TOPIC,
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp,
    bornHost,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    properties: `LMQT\u0001${type}\u0002LMQV\u0001${version}\u0002`,
    body: Buffer.from(JSON.stringify(body)),
    position: 0,
    queueOffset: 0,
    storeTimestamp: 0,
    recordSize: 0,
  };
}
