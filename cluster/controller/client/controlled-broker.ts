import type { Broker } from '../../../src/broker/broker.ts';
import type { BrokerConfig } from '../../../src/broker/config/broker-config.ts';
import type { ReplicationStatus } from '../../../src/http/status-source.ts';
import type { DiskError, Platform } from '../../../src/platform/ports.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { MemberRefused } from '../../dledger/open-member.ts';
import { ReplicaBroker } from '../../ha/replica-broker.ts';
import type { ReplicaRoles } from '../../ha/replica-roles.ts';
import { SecondMasterWatch } from '../../ha/second-master-watch.ts';
import { BrokerIdentity } from './broker-identity.ts';
import { replicaSettings } from './replica-settings.ts';
import { ReplicasManager } from './replicas-manager.ts';
import { registerReplicaRequests } from './role-notices.ts';

/** A broker in Controller mode: a replica whose roles come from the controllers. */
export class ControlledBroker {
  readonly #replica: ReplicaBroker;
  readonly #manager: ReplicasManager;
  readonly #client: RemotingClient;
  readonly #platform: Platform;
  readonly #lingerMs: number;
  readonly #watch: SecondMasterWatch;

  /** Opens the store; nothing is sent before `start`. `fatal`: the process has to stop at once. Throws a sentence or the disk's error. */
  constructor(platform: Platform, config: BrokerConfig, fatal: (error: DiskError) => void) {
    this.#platform = platform;
    this.#lingerMs = config.shutdownLingerMs;
    this.#replica = new ReplicaBroker(
      platform,
      config,
      {
        alterSyncStateSet: (epoch, wish, addresses) => this.#manager.alterSyncStateSet(epoch, wish, addresses),
        mayBeReplaced: () => this.#manager.mayBeReplaced(),
        changed: () => {},
      },
      fatal,
    );
    // Behind the lock of the store: no other process reads or writes the file.
    const identity = BrokerIdentity.open(platform.disk, config.storePathBrokerIdentity, {
      clusterName: config.brokerClusterName,
      brokerName: config.brokerName,
    });
    if (typeof identity === 'string') throw new MemberRefused(identity);
    const { roles } = this.#replica;
    this.#client = new RemotingClient({ platform });
    this.#watch = new SecondMasterWatch(platform, config, this.#client, (done) => this.#manager.knownSet(done));
    this.#manager = new ReplicasManager(platform, replicaSettings(config), roles, identity, this.#client);
    registerReplicaRequests(this.broker.dispatcher, this.#manager, roles, {
      clusterName: config.brokerClusterName,
      brokerName: config.brokerName,
      brokerId: () => this.broker.status().brokerId,
    });
  }

  get broker(): Broker {
    return this.#replica.broker;
  }

  get roles(): ReplicaRoles {
    return this.#replica.roles;
  }

  /** What this broker is made of, for whoever examines it from within: nothing may be changed through it. */
  get parts(): ReplicaBroker['parts'] {
    return this.#replica.parts;
  }

  /**
   * Waits for an id, which only the first start must do; opens the ports, and takes the roles that the controllers give: until then it serves nothing as
   * master. Rejects with a sentence.
   */
  async start(): Promise<void> {
    await this.#refuseBesideRival();
    await new Promise<void>((resolve) => this.#manager.identify(resolve));
    // Controllers that could not be asked then may have given an id since.
    if (this.#watch.isOpen) await this.#refuseBesideRival();
    await this.#replica.start();
    this.#manager.start();
    this.#watch.start();
  }

  async #refuseBesideRival(): Promise<void> {
    const rival = await this.#watch.rival();
    if (rival === undefined) return;
    this.#client.close();
    throw new MemberRefused(rival);
  }

  status(): ReplicationStatus {
    const { role } = this.roles.position();
    const slaves = this.roles.replicas().map(({ brokerId, address, lag, inSyncStateSet }) => {
      return { brokerId, address, lag, inSyncStateSet };
    });
    return { role, slaves, following: role === 'slave', problem: this.#manager.problem };
  }

  /**
   * SIGTERM: a master has another broker elected that holds everything, goes on forwarding to it for `shutdownLingerMs`, flushes and leaves. Without such a broker
   * the controllers elect one when the connections end.
   */
  async stop(): Promise<void> {
    await new Promise<void>((done) => this.#manager.handOver(done));
    const { timers } = this.#platform;
    if (this.#lingerMs > 0) await new Promise<void>((end) => timers.after(this.#lingerMs, end));
    this.#watch.stop();
    this.#manager.stop();
    await this.#replica.stop();
    this.#client.close();
  }
}
