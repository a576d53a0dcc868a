import { brokerNameList } from '../../../src/protocol/body/broker-name-list.ts';
import { brokerReplicasInfo } from '../../../src/protocol/body/broker-replicas-info.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getSyncStateData } from '../../../src/protocol/command/get-sync-state-data.ts';
import type { Processor } from '../controller-parts.ts';
import { type BrokerSet, masterAddress } from '../state/broker-set.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** CONTROLLER_GET_SYNC_STATE_DATA: broker sets with all their replicas, for people. Names that are not known are left out. */
export const syncStateDataProcessor: Processor = (dispatcher, { agreement, live, platform }) => {
  const described = (set: BrokerSet) => {
    const { brokerName, syncStateSet, masterId: masterBrokerId, masterEpoch, syncStateSetEpoch } = set;
    const nowMs = platform.clock.monotonicMs();
    const replicas = [...set.replicas].map(([brokerId, { address: brokerAddress }]) => {
      return { brokerName, brokerId, brokerAddress, alive: live.isAlive(brokerName, brokerId, nowMs) };
    });
    return {
      masterBrokerId,
      masterAddress: masterAddress(set),
      masterEpoch,
      syncStateSetEpoch,
      inSyncReplicas: replicas.filter(({ brokerId }) => syncStateSet.includes(brokerId)),
      notInSyncReplicas: replicas.filter(({ brokerId }) => !syncStateSet.includes(brokerId)),
    };
  };
  dispatcher.registerTyped(getSyncStateData, (context) => {
    const names = brokerNameList.decode(context.command.body);
    if (names instanceof BodyError) {
      context.reply(ResponseCode.CONTROLLER_INVALID_REQUEST, names.message);
      return;
    }
    agreement.read((state) => {
      if (typeof state === 'string') return replyNotAgreed(context, state);
      const sets = names.map((name) => state.get(name)).filter((set) => set !== undefined);
      const replicasInfoTable = new Map(sets.map((set) => [set.brokerName, described(set)]));
      context.reply(ResponseCode.SUCCESS, undefined, undefined, [brokerReplicasInfo.encode({ replicasInfoTable })]);
    });
  });
};
