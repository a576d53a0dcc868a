import { electMasterResponseBody } from '../../../src/protocol/body/elect-master-response-body.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import type { Processor } from '../controller-parts.ts';
import { type BrokerSet, masterAddress } from '../state/broker-set.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** CONTROLLER_ELECT_MASTER: from a broker that knows no master, or from an operator who designates one. */
export const electMasterProcessor: Processor = (dispatcher, { masters }) => {
  dispatcher.registerTyped(electMaster, (context, { brokerName, brokerId, designateElect }) => {
    masters.elect(brokerName, brokerId === -1 ? undefined : brokerId, designateElect, (outcome) => {
      if (typeof outcome === 'string') return replyNotAgreed(context, outcome);
      const { code, remark, set } = outcome;
      const isNew = code === ResponseCode.SUCCESS;
      if (set === undefined || (!isNew && code !== ResponseCode.CONTROLLER_MASTER_STILL_EXIST)) {
        return context.respond(electMaster, code, {}, remark);
      }
      const { masterId: masterBrokerId, masterEpoch, syncStateSetEpoch } = set;
      const header = { masterBrokerId, masterAddress: masterAddress(set), masterEpoch, syncStateSetEpoch };
      const body = electMasterResponseBody.encode({
        brokerMemberGroup: isNew ? memberGroup(set) : undefined,
        syncStateSet: new Set(set.syncStateSet),
      });
      context.respond(electMaster, code, header, remark, [body]);
    });
  });
};

function memberGroup({ clusterName: cluster, brokerName, replicas }: BrokerSet) {
  const brokerAddrs = new Map([...replicas].map(([id, { address }]) => [id, address]));
  return { cluster, brokerName, brokerAddrs };
}
