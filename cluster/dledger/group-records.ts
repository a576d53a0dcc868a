import { INTERNAL_TOPIC } from '../../src/broker/topic/system-topics.ts';
import type { Clock } from '../../src/platform/ports.ts';
import type { PutMessage } from '../../src/store/put-message.ts';

/** Version of the record types written here (raft/FORMATS.md 6). */
const RECORD_VERSION = 1;
/** Record types of the replication itself; all others belong to the broker's state. */
const FIRST_ENTRY = 'first-entry';
const NO_OP = 'no-op';
const CONFIG_CHANGE = 'config-change';

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
  readonly seed: null;
}

export interface GroupRecordsOptions {
  readonly selfId: string;
  readonly clock: Clock;
  /** Address bytes and port of this broker, as records carry it. */
  readonly host: Uint8Array;
  /** The identity to found a group with, if this node turns out to write its first entry. */
  readonly founding: () => GroupIdentity;
  /** The first entry is committed: this is the group. */
  readonly onIdentity: (identity: GroupIdentity) => void;
}

/** The internal records that belong to the replication: the group's first entry and the no-op that opens a term. */
export class GroupRecords {
  readonly #options: GroupRecordsOptions;
  #identity: GroupIdentity | undefined;

  constructor(options: GroupRecordsOptions, identity: GroupIdentity | undefined) {
    this.#options = options;
    this.#identity = identity;
  }

  /** Undefined until the first entry is committed here. */
  get identity(): GroupIdentity | undefined {
    return this.#identity;
  }

  /** What a new leader appends first: the first entry of a group that has none yet in the log (`logIsEmpty`), else a no-op. */
  openingRecord(logIsEmpty: boolean): PutMessage {
    const { selfId, founding } = this.#options;
    return logIsEmpty ? this.#record(FIRST_ENTRY, founding()) : this.#record(NO_OP, { leader: selfId });
  }

  /** Applies a committed record of the replication; false if the type is another's. Throws a sentence for what this program does not know. */
  apply(type: string, version: number, body: Buffer): boolean {
    if (type !== FIRST_ENTRY && type !== NO_OP && type !== CONFIG_CHANGE) return false;
    if (version !== RECORD_VERSION) {
      throw new Error(`internal record ${type} has version ${version}; this program knows version ${RECORD_VERSION}`);
    }
    if (type === CONFIG_CHANGE) {
      throw new Error('the log holds a change of membership, which this version does not know; run a newer one');
    }
    if (type === FIRST_ENTRY) {
      this.#identity = JSON.parse(body.toString()) as GroupIdentity;
      this.#options.onIdentity(this.#identity);
    }
    return true;
  }

  #record(type: string, body: object): PutMessage {
    const { clock, host } = this.#options;
    return {
      topic: INTERNAL_TOPIC,
      queueId: 0,
      flag: 0,
      sysFlag: 0,
      bornTimestamp: clock.nowMs(),
      bornHost: host,
      reconsumeTimes: 0,
      preparedTransactionOffset: 0,
      properties: `LMQT\u0001${type}\u0002LMQV\u0001${RECORD_VERSION}\u0002`,
      body: Buffer.from(JSON.stringify(body)),
      position: 0,
      queueOffset: 0,
      storeTimestamp: 0,
    };
  }
}
