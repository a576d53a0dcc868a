import { epochEntryCache } from '../../../src/protocol/body/epoch-entry-cache.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getBrokerEpochCache } from '../../../src/protocol/command/get-broker-epoch-cache.ts';
import { notifyBrokerRoleChanged } from '../../../src/protocol/command/notify-broker-role-changed.ts';
import type { Dispatcher } from '../../../src/remoting/dispatcher.ts';
import { answerHaStatus } from '../../ha/ha-status.ts';
import type { EpochEntry, ReplicaRoles } from '../../ha/replica-roles.ts';
import type { ReplicasManager } from './replicas-manager.ts';
import { decodeSet } from './set-news.ts';

/** End of the epoch that goes on, as RocketMQ tells it. */
const OPEN_END = Number.MAX_SAFE_INTEGER;

/** What controllers tell a broker, and tools ask it: 1008, 1007 and 907. `brokerId` is what the broker registers with. */
export function registerReplicaRequests(
  dispatcher: Dispatcher,
  manager: ReplicasManager,
  roles: ReplicaRoles,
  name: { readonly clusterName: string; readonly brokerName: string; readonly brokerId: () => number },
): void {
  dispatcher.registerTyped(notifyBrokerRoleChanged, (context, header) => {
    const set = decodeSet(context.command.body);
    const { masterBrokerId: masterId, masterAddress, masterEpoch, uncleanEpoch, setId } = header;
    if (set === undefined || masterEpoch === undefined) {
      context.reply(ResponseCode.SYSTEM_ERROR, 'the notice lacks masterEpoch or a SyncStateSet');
      return;
    }
    manager.heard({ masterId, masterAddress, masterEpoch, syncStateSet: set, uncleanEpoch, setId });
    context.reply(ResponseCode.SUCCESS);
  });
  dispatcher.registerTyped(getBrokerEpochCache, (context) => {
    const { clusterName, brokerName } = name;
    const body = epochEntryCache.encode({
      clusterName,
      brokerName,
      brokerId: name.brokerId(),
      epochList: withEnds(roles.epochs()),
      maxOffset: roles.position().maxPosition,
    });
    context.respond(getBrokerEpochCache, ResponseCode.SUCCESS, { setId: roles.directory.setId }, undefined, [body]);
  });
  answerHaStatus(dispatcher, () => {
    const { role, maxPosition: endPosition } = roles.position();
    const slaves = roles.replicas().map(({ inSyncStateSet: inSync, ...replica }) => ({ ...replica, inSync }));
    return { isMaster: role === 'master', endPosition, slaves };
  });
}

/** An epoch ends where the next one starts. */
function withEnds(entries: readonly EpochEntry[]): { epoch: number; startOffset: number; endOffset: number }[] {
  return entries.map(({ epoch, startPosition }, index) => {
    return { epoch, startOffset: startPosition, endOffset: entries[index + 1]?.startPosition ?? OPEN_END };
  });
}
