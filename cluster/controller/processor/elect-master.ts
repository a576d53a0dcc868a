import { electMasterResponseBody } from '../../../src/protocol/body/elect-master-response-body.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import type { ControllerParts, Processor } from '../controller-parts.ts';
import { DEFAULT_TIMEOUT_MS } from '../live-brokers.ts';
import { type BrokerSet, masterAddress } from '../state/broker-set.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** CONTROLLER_ELECT_MASTER: from a broker that knows no master, or from an operator who designates one. */
export const electMasterProcessor: Processor = (dispatcher, parts) => {
  dispatcher.registerTyped(electMaster, (context, { brokerName, brokerId, designateElect, acceptLoss }) => {
    const isEarly = acceptLoss && parts.metadata().isLeader ? whyEarly(parts, brokerName) : undefined;
    if (isEarly !== undefined) return context.reply(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, isEarly);
    const asked = { brokerId: brokerId === -1 ? undefined : brokerId, designated: designateElect };
    // Left out where it says nothing: controllers of before replay such entries.
    const consent = acceptLoss ? { acceptLoss } : {};
    const isFirst = parts.state().get(brokerName)?.masterEpoch === 0;
    const needed = designateElect && isFirst ? { consentNeeded: true } : {};
    parts.masters.elect(brokerName, { ...asked, ...consent, ...needed }, (outcome) => {
      if (typeof outcome === 'string') return replyNotAgreed(context, outcome);
      const { code, remark, set } = outcome;
      const isNew = code === ResponseCode.SUCCESS;
      if (set === undefined || (!isNew && code !== ResponseCode.CONTROLLER_MASTER_STILL_EXIST)) {
        return context.respond(electMaster, code, {}, remark);
      }
      const { masterId: masterBrokerId, masterEpoch, syncStateSetEpoch } = set;
      const uncleanEpoch = isNew && set.uncleanEpoch === masterEpoch ? masterEpoch : undefined;
      const epochs = { masterEpoch, syncStateSetEpoch, uncleanEpoch };
      const header = { masterBrokerId, masterAddress: masterAddress(set), ...epochs };
      const body = electMasterResponseBody.encode({
        brokerMemberGroup: isNew ? memberGroup(set) : undefined,
        syncStateSet: new Set(set.syncStateSet),
      });
      context.respond(electMaster, code, header, remark, [body]);
    });
  });
};

/** A controller that was just started does not know yet whether somebody in sync is alive: no loss is accepted before. */
function whyEarly({ live, state, platform }: ControllerParts, brokerName: string): string | undefined {
  const nowMs = platform.clock.monotonicMs();
  const ids =
    state()
      .get(brokerName)
      ?.syncStateSet.filter((id) => live.isUnheard(brokerName, id, nowMs)) ?? [];
  if (ids.length === 0) return undefined;
  return `this controller was just started, and does not know yet whether {${ids.join(', ')}}, in sync, are alive: ask again in ${DEFAULT_TIMEOUT_MS / 1_000} s`;
}

function memberGroup({ clusterName: cluster, brokerName, replicas }: BrokerSet) {
  const brokerAddrs = new Map([...replicas].map(([id, { address }]) => [id, address]));
  return { cluster, brokerName, brokerAddrs };
}
