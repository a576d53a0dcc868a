import { type Broker, createBroker } from '../../src/broker/broker.ts';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { Mastership } from '../../src/broker/mastership.ts';
import { applyRecord, readInternalRecord } from '../../src/broker/state/apply-record.ts';
import { BrokerState } from '../../src/broker/state/broker-state.ts';
import { LogJournal } from '../../src/broker/state/log-journal.ts';
import { storeOptions } from '../../src/broker/store-settings.ts';
import { encodeHost } from '../../src/protocol/message/host.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { LogMessageStore } from '../../src/store/log-message-store.ts';
import { ManualLog } from '../store/manual-log.ts';
import { type VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';
import { TestClient } from './broker-world.ts';

const CONF = `
brokerName=group-a
brokerIP1=10.0.0.1
storePathRootDir=/store
mappedFileSizeConsumeQueue=60000
maxHashSlotNum=500
maxIndexNum=2000
`;

/** A mastership that the test grants and takes away. */
export class ManualMastership implements Mastership {
  readonly standsIn = false;
  serving = true;
  epoch = 1;
  /** What `confirm` finds out: false for a master that was deposed without knowing it. */
  stillMaster = true;
  /** Whether somebody is there to forward to. */
  knowsMaster = true;
  readonly forwarded: RequestContext[] = [];
  readonly #listeners: (() => void)[] = [];

  get brokerId(): number {
    return this.serving ? 0 : 2;
  }

  forward(context: RequestContext): boolean {
    if (this.knowsMaster) this.forwarded.push(context);
    return this.knowsMaster;
  }

  confirm(done: (master: boolean) => void): void {
    done(this.stillMaster);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(serving: boolean): void {
    this.serving = serving;
    if (serving) this.epoch++;
    for (const listener of this.#listeners) listener();
  }
}

/** A member of a group: its state rides in the log, and the test decides what is confirmed and who is master. */
export class GroupWorld {
  readonly world = new VirtualWorld(1);
  readonly brokerPlatform: VirtualPlatform = this.world.start('broker');
  readonly clientPlatform: VirtualPlatform = this.world.start('client');
  readonly log = new ManualLog();
  readonly mastership = new ManualMastership();
  readonly state: BrokerState;
  readonly broker: Broker;

  private constructor(conf: string) {
    const facts = { homeDirectory: '/home', hostName: 'broker', ipAddress: '10.0.0.1' };
    const { config } = loadBrokerConfig(CONF + conf, facts);
    const platform = this.brokerPlatform;
    platform.disk.makeDirectory('/store');
    const log = { replicator: this.log, records: this.log };
    const store = new LogMessageStore(platform, '/store', log, storeOptions(config));
    this.state = new BrokerState(config, store);
    const host = encodeHost('10.0.0.1', 10911) ?? Buffer.alloc(8);
    const journal = new LogJournal(store, this.state, { host, nowMs: () => platform.clock.nowMs() });
    store.setStoreHost(host);
    store.setInternalRecordHandler({
      applyInternal: (record, position) => applyRecord(this.state, readInternalRecord(record, position)),
    });
    store.recover({ fromPosition: 0, queueOffsets: new Map(), lastTimestamp: 0 });
    store.start();
    const { state, mastership } = this;
    this.broker = createBroker({ platform, config, store, state, journal, mastership });
  }

  static async start(conf = ''): Promise<GroupWorld> {
    const group = new GroupWorld(conf);
    await group.world.settle(group.broker.start());
    return group;
  }

  client(): TestClient {
    return new TestClient(this);
  }

  /** Lets some time pass, then confirms all that was appended. */
  async confirm(): Promise<void> {
    await this.world.run(10);
    this.log.confirm();
    await this.world.run(10);
  }

  /** The leadership is lost: what is not confirmed is cut off. */
  stepDown(): void {
    this.log.lose();
    this.mastership.set(false);
  }
}
