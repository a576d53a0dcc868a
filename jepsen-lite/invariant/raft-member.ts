import type { DledgerBroker } from '../../cluster/dledger/dledger-broker.ts';
import type { RaftStorage } from '../../cluster/raft-storage/open-raft-storage.ts';
import type { Message, Replica } from '../../raft/index.ts';
import type { BrokerState } from '../../src/broker/state/broker-state.ts';
import type { MessageStore } from '../../src/store/message-store.ts';

/** What a broker keeps beside its log, and derives from it. */
export interface BrokerData {
  readonly state: BrokerState;
  readonly store: MessageStore;
}

/** A member of a Raft group, as invariants look into it. */
export interface RaftMember {
  readonly replica: Replica;
  readonly storage: RaftStorage;
  /** What a member sends is what it promises. */
  readonly transport: { send(message: Message): void };
  /** Path of the hard state. */
  readonly hardStatePath: string;
  /** Everything up to here is applied. */
  readonly appliedIndex: number;
  /** It leads, and its state is complete. */
  readonly serving: boolean;
  /** Undefined: a controller, which is no broker. */
  readonly data: BrokerData | undefined;
}

/** A broker of a DLedger group as one. */
export function dledgerMember({ parts }: DledgerBroker): RaftMember {
  const { member, data, group } = parts;
  return {
    replica: group.replica,
    storage: member.storage,
    transport: group.peerPort.transport,
    hardStatePath: `${member.config.storePathRootDir}/dledger-${member.settings.self.id}/hardstate`,
    get appliedIndex() {
      return data.log.appliedIndex;
    },
    get serving() {
      return group.mastership.serving;
    },
    data,
  };
}
