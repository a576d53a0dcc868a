import { assert } from '../../src/base/assert.ts';
import type { Broker } from '../../src/broker/broker.ts';
import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { type LoneBroker, type NativeReplication, startLoneBroker } from '../../src/broker/lone-broker.ts';
import { loneMastership } from '../../src/broker/lone-mastership.ts';
import type { Mastership } from '../../src/broker/mastership.ts';
import type { MasterHint } from '../../src/broker/registration.ts';
import type { BrokerState } from '../../src/broker/state/broker-state.ts';
import type { FileJournal } from '../../src/broker/state/file-journal.ts';
import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { StateChange } from '../../src/broker/state/state-change.ts';
import type { ReplicationStatus } from '../../src/http/status-source.ts';
import type { Address, DiskError, Platform } from '../../src/platform/ports.ts';
import { ResponseCode } from '../../src/protocol/codes.ts';
import { getBrokerEpochCache } from '../../src/protocol/command/get-broker-epoch-cache.ts';
import { formatAddress, parseAddress } from '../../src/remoting/address.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import type { StoreLog } from '../../src/store/log-message-store.ts';
import type { MessageStore } from '../../src/store/message-store.ts';
import type { NativeLog } from '../../src/store/native-log.ts';
import type { NativeStore } from '../../src/store/native-store.ts';
import type { WriteRefusal } from '../../src/store/replicator.ts';
import { Forwarder } from '../dledger/forwarder.ts';
import { exportBeginning } from './beginning.ts';
import { HaLog } from './ha-log.ts';
import { HaPort } from './ha-port.ts';
import { haLimits, masterRule, replicaIdentity } from './ha-settings.ts';
import { answerHaStatus, type HaStatus } from './ha-status.ts';
import { MasterRole } from './master-role.ts';
import { SecondMasterWatch } from './second-master-watch.ts';
import { SlaveMastership } from './set-mastership.ts';
import { SlaveRole } from './slave-role.ts';
import { StateFeed } from './state-feed.ts';
import { StateMirror } from './state-mirror.ts';

const NO_MASTER = 'this broker is not a master; correct haMasterAddress or brokerRole';

const NO_HA_PORT =
  "haMasterAddress must be the HA port of a master, its haListenPort (by default listenPort + 1), not a broker's port for clients or that of a name server";

const NO_EPOCHS =
  'this broker runs without a Controller (enableControllerMode=false) and has no epochs; its slaves are shown by mqadmin haStatus';

export interface SetParts {
  readonly log: HaLog;
  readonly store: MessageStore;
  readonly state: BrokerState;
  readonly journal: FileJournal;
}

/** A broker of a master/slave set, by configuration: brokerRole says for ever what it is. */
export class SetBroker implements NativeReplication {
  readonly mastership: Mastership;
  readonly #platform: Platform;
  readonly #config: BrokerConfig;
  readonly #port: HaPort;
  readonly #client: RemotingClient;
  #lone: LoneBroker | undefined;
  #broker: Broker | undefined;
  #log: HaLog | undefined;
  #parts: SetParts | undefined;
  #master: MasterRole | undefined;
  #slave: SlaveRole | undefined;
  #feed: StateFeed | undefined;
  #watch: SecondMasterWatch | undefined;
  /** Where the master is, as a name server said. */
  #hint: MasterHint | undefined;
  #problem: string | undefined;

  constructor(platform: Platform, config: BrokerConfig) {
    this.#platform = platform;
    this.#config = config;
    this.#port = new HaPort(platform, () => this.#master, NO_MASTER);
    this.#client = new RemotingClient({ platform });
    const forwarder = new Forwarder({
      clock: platform.clock,
      timers: platform.timers,
      client: this.#client,
      leader: () => (this.#hint === undefined ? undefined : { address: this.#hint.address, term: 0 }),
    });
    const follows = (): boolean => this.#slave?.following ?? false;
    this.mastership = this.#isSlave ? new SlaveMastership(config.brokerId, follows, forwarder) : loneMastership;
  }

  /** Opens the store and the ports. Rejects with a sentence; then nothing is left open. */
  async start(fatal: (error: DiskError) => void, cutAt?: number): Promise<void> {
    try {
      this.#lone = await startLoneBroker(this.#platform, this.#config, fatal, this, cutAt);
    } catch (error) {
      this.#client.close();
      throw error;
    }
  }

  get #isSlave(): boolean {
    return this.#config.brokerRole === 'SLAVE';
  }

  get broker(): Broker {
    assert(this.#lone !== undefined, 'the broker has been started');
    return this.#lone.broker;
  }

  /** What this broker is made of, for whoever examines it from within: nothing may be changed through it. */
  get parts(): SetParts {
    assert(this.#parts !== undefined, 'the broker has been started');
    return this.#parts;
  }

  async stop(): Promise<void> {
    await this.#lone?.stop();
  }

  replicate(native: NativeLog): StoreLog {
    const { timers } = this.#platform;
    const { maxPendingBytes } = this.#config;
    const confirmedPosition = native.endPosition;
    const log = new HaLog({ native, timers, confirmedPosition, maxPendingBytes, answersWritten: true });
    this.#log = log;
    return { replicator: log, records: log };
  }

  async opened({ store, state, journal }: Parameters<NativeReplication['opened']>[0]): Promise<void> {
    const log = this.#log;
    assert(log !== undefined, 'the store is opened over the log');
    const config = this.#config;
    this.#parts = { log, store: store.store, state, journal };
    if (this.#isSlave) this.#slave = this.#createSlave(log, store, new StateMirror(state, store, journal));
    else {
      this.#watch = new SecondMasterWatch(this.#platform, config, this.#client);
      const rival = await this.#watch.rival();
      if (rival !== undefined) throw new Error(rival);
      this.#feed = new StateFeed(state, this.#platform.timers);
      const stateForBeginner = () => exportBeginning(state, store.store);
      this.#master = this.#createMaster(log, this.#feed, stateForBeginner);
    }
    const role = this.#master ?? this.#slave;
    if (role !== undefined) log.setRole(role);
    log.settle();
    await this.#port.listen(config.bindAddress, config.haListenPort);
  }

  #createMaster(log: HaLog, feed: StateFeed, stateForBeginner: () => readonly StateSection[]): MasterRole {
    const { clock, timers, logger } = this.#platform;
    return new MasterRole({
      ...{ log, clock, timers, logger },
      identity: replicaIdentity(this.#config, 0),
      limits: haLimits(this.#config),
      epoch: 0,
      epochs: () => [],
      rule: masterRule(this.#config),
      refusal: () => this.#tooFewCopies(),
      stateForBeginner,
      tellsConfirmed: false,
      events: feed,
    });
  }

  /** `minInSyncReplicas`, this broker among them. */
  #tooFewCopies(): WriteRefusal | undefined {
    const { minInSyncReplicas, brokerRole } = this.#config;
    if (brokerRole !== 'SYNC_MASTER' || minInSyncReplicas <= 1) return undefined;
    const copies = 1 + (this.#master?.followers.length ?? 0);
    if (copies >= minInSyncReplicas) return undefined;
    const text = `in-sync replicas not enough: ${copies} of minInSyncReplicas=${minInSyncReplicas}; nothing was appended`;
    return { status: 'replicas-missing', text };
  }

  #createSlave(log: HaLog, store: NativeStore, mirror: StateMirror): SlaveRole {
    const config = this.#config;
    return new SlaveRole({
      platform: this.#platform,
      log,
      identity: replicaIdentity(config, config.brokerId),
      limits: haLimits(config),
      learner: false,
      priority: config.brokerElectionPriority,
      epoch: 0,
      hello: () => ({ masterEpoch: 0, epochs: [] }),
      agreement: undefined,
      beginAt: (position) => store.beginAt(position),
      findMaster: (done) => done(this.#masterPort()),
      ifNoMaster: config.haMasterAddress === '' ? undefined : NO_HA_PORT,
      showsOnlyConfirmed: false,
      events: {
        following: () => {
          this.#problem = undefined;
          this.#platform.logger.info('Following the master', { position: log.endPosition });
        },
        alone: (reason) => {
          this.#problem = reason;
          // The master may have come, or moved, since this broker registered.
          if (config.haMasterAddress === '') this.#broker?.registerAgain();
        },
        state: (section) => mirror.take(section),
      },
    });
  }

  #masterPort(): Address | string {
    const { haMasterAddress, namesrvAddr } = this.#config;
    const text = haMasterAddress === '' ? this.#hint?.haAddress : haMasterAddress;
    const address = text === undefined ? undefined : parseAddress(text);
    if (address !== undefined) return address;
    if (namesrvAddr === '') return 'neither haMasterAddress nor namesrvAddr is set: set one of them';
    return `no name server of namesrvAddr=${namesrvAddr} knows the master of this set yet`;
  }

  started(broker: Broker): void {
    this.#broker = broker;
    answerHaStatus(broker.dispatcher, () => this.#haStatus());
    broker.dispatcher.register(getBrokerEpochCache.code, (context) => {
      context.reply(ResponseCode.SYSTEM_ERROR, NO_EPOCHS);
    });
    this.#slave?.start();
    this.#watch?.start();
  }

  heardOfMaster(master: MasterHint): void {
    this.#hint = master;
  }

  changed({ type }: StateChange): void {
    if (type.startsWith('topic') || type.startsWith('group')) this.#feed?.lookSoon();
  }

  closing(): void {
    this.#watch?.stop();
    this.#port.close();
    this.#slave?.end();
    this.#master?.end('the master stops');
    this.#feed?.stop();
    this.#client.close();
  }

  status(): ReplicationStatus {
    const end = this.#log?.endPosition ?? 0;
    const slaves = (this.#master?.links ?? []).map(({ brokerId, address, ackPosition }) => {
      return { brokerId, address, lag: end - ackPosition };
    });
    const following = this.#slave?.following ?? false;
    return { role: this.#isSlave ? 'slave' : 'master', slaves, following, problem: this.#problem };
  }

  /** In sync is, as in RocketMQ, who lacks less than `haMaxGapNotInSync`. */
  #haStatus(): HaStatus {
    const endPosition = this.#log?.endPosition ?? 0;
    const slaves = (this.#master?.followers ?? []).map(({ address, ackPosition }) => {
      const lag = endPosition - ackPosition;
      return { address, ackPosition, lag, inSync: lag < this.#config.haMaxGapNotInSync };
    });
    if (!this.#isSlave) return { isMaster: true, endPosition, slaves };
    const port = this.#masterPort();
    const masterAddress = typeof port === 'string' ? undefined : formatAddress(port);
    return { isMaster: false, endPosition, masterAddress, slaves };
  }
}
