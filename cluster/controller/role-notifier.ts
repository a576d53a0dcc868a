import type { Logger } from '../../src/platform/ports.ts';
import { syncStateSet } from '../../src/protocol/body/sync-state-set.ts';
import { notifyBrokerRoleChanged } from '../../src/protocol/command/notify-broker-role-changed.ts';
import type { RemotingClient } from '../../src/remoting/client.ts';
import { type BrokerSet, masterAddress } from './state/broker-set.ts';

/** Tells brokers at once what they would learn by asking. Lossy: nothing rests on it. */
export class RoleNotifier {
  readonly #client: RemotingClient;
  readonly #logger: Logger;

  constructor(client: RemotingClient, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** A set has a new master: tells those of its brokers for whom `isAlive` holds. */
  masterChanged(set: BrokerSet, isAlive: (brokerId: number) => boolean): void {
    const { brokerName, masterId, masterEpoch, syncStateSetEpoch, uncleanEpoch, setId, replicas } = set;
    const told = [...replicas].filter(([id]) => isAlive(id));
    const fields = { brokerName, masterId, masterEpoch, told: told.map(([id]) => id).join(' ') };
    this.#logger.info('A broker set has a new master', fields);
    const epochs = { masterEpoch, syncStateSetEpoch, uncleanEpoch: uncleanEpoch || undefined, setId };
    const header = { masterAddress: masterAddress(set), masterBrokerId: masterId, ...epochs };
    const body = syncStateSet.encode({ syncStateSet: new Set(set.syncStateSet), syncStateSetEpoch });
    for (const [, { address }] of told) {
      const { code } = notifyBrokerRoleChanged;
      this.#client.oneway(address, code, notifyBrokerRoleChanged.encodeRequest(header), body);
    }
  }
}
