import { type SyncStateSet, syncStateSet } from '../../../src/protocol/body/sync-state-set.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { alterSyncStateSet } from '../../../src/protocol/command/alter-sync-state-set.ts';
import { getReplicaInfo } from '../../../src/protocol/command/get-replica-info.ts';
import type { Processor } from '../controller-parts.ts';
import { type BrokerSet, masterAddress } from '../state/broker-set.ts';
import { replyNotAgreed } from './not-agreed.ts';

/** CONTROLLER_ALTER_SYNC_STATE_SET, and CONTROLLER_GET_REPLICA_INFO: what brokers of a set tell and ask about it. */
export const syncStateProcessor: Processor = (dispatcher, { agreement, live, platform }) => {
  dispatcher.registerTyped(alterSyncStateSet, (context, request) => {
    const { brokerName, masterBrokerId: masterId, masterEpoch } = request;
    // Left out where it says nothing: controllers of before replay such entries.
    const where = request.addresses ? { addresses: request.addresses.split(';') } : {};
    const wish = syncStateSet.decode(context.command.body);
    if (wish instanceof BodyError) {
      context.reply(ResponseCode.CONTROLLER_INVALID_REQUEST, wish.message);
      return;
    }
    const alive = live.of(brokerName, platform.clock.monotonicMs()).map(({ brokerId }) => brokerId);
    const proposed = [...wish.syncStateSet];
    const { syncStateSetEpoch } = wish;
    agreement.execute(
      {
        kind: 'alter-sync-state-set',
        brokerName,
        masterId,
        masterEpoch,
        syncStateSet: proposed,
        syncStateSetEpoch,
        alive,
        ...where,
      },
      (outcome) => {
        if (typeof outcome === 'string') return replyNotAgreed(context, outcome);
        const { code, remark, set } = outcome;
        const done = code === ResponseCode.SUCCESS && set !== undefined ? set : undefined;
        const header = { newSyncStateSetEpoch: done?.syncStateSetEpoch ?? 0 };
        const body = done === undefined ? undefined : [syncStateSet.encode(setOf(done))];
        context.respond(alterSyncStateSet, code, header, remark, body);
      },
    );
  });
  dispatcher.registerTyped(getReplicaInfo, (context, { brokerName, brokerId, brokerAddress }) => {
    agreement.read((state) => {
      if (typeof state === 'string') return replyNotAgreed(context, state);
      const set = state.get(brokerName);
      if (set === undefined) {
        const why = `no broker ${brokerName} is known at this controller`;
        return context.respond(getReplicaInfo, ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST, {}, why);
      }
      const { masterId: masterBrokerId, masterEpoch, uncleanEpoch, setId } = set;
      const epochs = { masterEpoch, uncleanEpoch: uncleanEpoch || undefined, setId };
      const known = brokerId === undefined ? undefined : set.replicas.get(brokerId)?.address;
      const heldBy = known === undefined || known === brokerAddress ? undefined : known;
      const header = { masterBrokerId, masterAddress: masterAddress(set), ...epochs, heldBy };
      context.respond(getReplicaInfo, ResponseCode.SUCCESS, header, undefined, [syncStateSet.encode(setOf(set))]);
    });
  });
};

function setOf({ syncStateSet: ids, syncStateSetEpoch }: BrokerSet): SyncStateSet {
  return { syncStateSet: new Set(ids), syncStateSetEpoch };
}
