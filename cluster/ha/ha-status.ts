import { type HaRuntimeInfo, haRuntimeInfo } from '../../src/protocol/body/ha-runtime-info.ts';
import { ResponseCode } from '../../src/protocol/codes.ts';
import { getBrokerHaStatus } from '../../src/protocol/command/get-broker-ha-status.ts';
import type { Dispatcher } from '../../src/remoting/dispatcher.ts';

/** A broker's replication as it is now. */
export interface HaStatus {
  readonly isMaster: boolean;
  readonly endPosition: number;
  /** A slave's: the HA port that it follows, or tries to reach, `host:port`; undefined while it knows none. */
  readonly masterAddress?: string | undefined;
  /** A master's: who follows it. */
  readonly slaves: readonly {
    readonly address: string;
    readonly ackPosition: number;
    readonly lag: number;
    readonly inSync: boolean;
  }[];
}

/** Answers GET_BROKER_HA_STATUS (907), which `mqadmin haStatus` asks. */
export function answerHaStatus(dispatcher: Dispatcher, status: () => HaStatus): void {
  dispatcher.registerTyped(getBrokerHaStatus, (context) => {
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [haRuntimeInfo.encode(haInfo(status()))]);
  });
}

/** In RocketMQ's form (HARuntimeInfo), where a master tells of its slaves, a slave of itself. Speeds and times are not measured. */
function haInfo({ isMaster, endPosition, masterAddress, slaves }: HaStatus): HaRuntimeInfo {
  return {
    master: isMaster,
    masterCommitLogMaxOffset: isMaster ? endPosition : 0,
    inSyncSlaveNums: slaves.filter(({ inSync }) => inSync).length,
    haConnectionInfo: slaves.map(({ address, ackPosition, lag, inSync }) => {
      return {
        addr: address,
        slaveAckOffset: ackPosition,
        diff: lag,
        inSync,
        transferredByteInSecond: 0,
        transferFromWhere: ackPosition,
      };
    }),
    haClientRuntimeInfo: {
      ...(masterAddress === undefined ? {} : { masterAddr: masterAddress }),
      transferredByteInSecond: 0,
      maxOffset: isMaster ? 0 : endPosition,
      lastReadTimestamp: 0,
      lastWriteTimestamp: 0,
      masterFlushOffset: 0,
    },
  };
}
