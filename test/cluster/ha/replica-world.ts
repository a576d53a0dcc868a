import { ReplicaBroker } from '../../../cluster/ha/replica-broker.ts';
import type { SyncStateSet } from '../../../cluster/ha/replica-roles.ts';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { createNameServer, type NameServer } from '../../../cluster/namesrv/name-server.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { PullConsumer } from '../../../src/client/consumer/pull-consumer.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

interface Machine {
  readonly id: number;
  readonly ip: string;
  platform: VirtualPlatform;
  broker: ReplicaBroker | undefined;
}

export type ReplicaName = 'b1' | 'b2' | 'b3';
const NAMES: readonly ReplicaName[] = ['b1', 'b2', 'b3'];

/** Three brokers of Controller mode in a virtual world; the test is the Controller: it elects, and answers wishes for a set as `grants` says. */
export class ReplicaWorld {
  readonly world: VirtualWorld;
  readonly nameServer: NameServer;
  readonly client: VirtualPlatform;
  readonly fatal: string[] = [];
  readonly #machines = new Map<ReplicaName, Machine>();
  readonly #conf: string;
  /** What the Controller holds. */
  set: SyncStateSet = { brokerIds: [], setEpoch: 0 };
  masterEpoch = 0;
  master: ReplicaName | undefined;
  /** Wishes are granted, and the reply arrives; or granted and the reply is lost; or they never arrive. */
  grants: 'all' | 'reply-lost' | 'none' = 'all';
  readonly wishes: SyncStateSet[] = [];

  private constructor(conf: string, seed: number) {
    this.world = new VirtualWorld(seed);
    this.#conf = conf;
    this.nameServer = createNameServer(this.world.start('ns'), loadNamesrvConfig('', '/home').config);
    this.client = this.world.start('client');
    NAMES.forEach((name, index) => {
      this.#machines.set(name, {
        id: index + 1,
        ip: `10.0.0.${index + 3}`,
        platform: this.world.start(name),
        broker: undefined,
      });
    });
  }

  static async create(conf = '', seed = 1): Promise<ReplicaWorld> {
    const made = new ReplicaWorld(conf, seed);
    await made.world.settle(made.nameServer.start());
    return made;
  }

  /** All three run, b1 is master, and all are in the set. */
  static async serving(conf = '', seed = 1): Promise<ReplicaWorld> {
    const made = await ReplicaWorld.create(conf, seed);
    for (const name of NAMES) await made.start(name);
    await made.elect('b1');
    await made.until(() => made.set.brokerIds.length === 3);
    return made;
  }

  #machine(name: ReplicaName): Machine {
    return this.#machines.get(name)!;
  }

  broker(name: ReplicaName): ReplicaBroker {
    const { broker } = this.#machine(name);
    if (broker === undefined) throw new Error(`${name} does not run`);
    return broker;
  }

  isRunning(name: ReplicaName): boolean {
    return this.#machine(name).broker !== undefined;
  }

  platform(name: ReplicaName): VirtualPlatform {
    return this.#machine(name).platform;
  }

  address(name: ReplicaName): string {
    return `${this.#machine(name).ip}:10911`;
  }

  async start(name: ReplicaName, conf = ''): Promise<ReplicaBroker> {
    const machine = this.#machine(name);
    const { config, errors } = loadBrokerConfig(`${this.#common(machine.ip)}\n${this.#conf}\n${conf}`, {
      homeDirectory: '/home',
      hostName: name,
      ipAddress: machine.ip,
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const broker: ReplicaBroker = new ReplicaBroker(
      machine.platform,
      config,
      {
        alterSyncStateSet: (epoch, wish) => this.#alter(name, epoch, wish),
        changed: () => {},
      },
      (error) => this.fatal.push(`${name}: ${error.message}`),
    );
    broker.roles.setBrokerId(machine.id);
    machine.broker = broker;
    await this.world.settle(broker.start());
    return broker;
  }

  #common(ip: string): string {
    return `
brokerName=broker-a
brokerIP1=${ip}
listenPort=10911
namesrvAddr=ns:9876
storePathRootDir=/store
mappedFileSizeCommitLog=65536
mappedFileSizeConsumeQueue=2000
maxHashSlotNum=500
maxIndexNum=2000
allAckInSyncStateSet=true
slaveTimeout=500`;
  }

  #alter(name: ReplicaName, epoch: number, wish: SyncStateSet): void {
    this.wishes.push(wish);
    if (this.grants === 'none' || name !== this.master || epoch !== this.masterEpoch) return;
    if (wish.setEpoch !== this.set.setEpoch) {
      this.broker(name).roles.syncStateSetRefused(epoch);
      return;
    }
    this.set = { brokerIds: wish.brokerIds, setEpoch: wish.setEpoch + 1 };
    if (this.grants === 'all') this.broker(name).roles.syncStateSetDecided(epoch, this.set);
  }

  /** The Controller elects: the new master alone is in sync. All that run are told, except `silent`. */
  async elect(name: ReplicaName, silent: readonly ReplicaName[] = []): Promise<void> {
    this.masterEpoch++;
    this.master = name;
    this.set = { brokerIds: [this.#machine(name).id], setEpoch: this.set.setEpoch + 1 };
    for (const each of NAMES) if (this.isRunning(each) && !silent.includes(each)) this.command(each);
    await this.until(
      () => this.broker(name).roles.position().role === 'master' && this.broker(name).broker.status().serving,
    );
  }

  /** Tells a broker its role as of now. */
  command(name: ReplicaName): void {
    const { master, masterEpoch } = this;
    if (master === undefined) return;
    const { roles } = this.broker(name);
    if (name === master) roles.becomeMaster({ masterEpoch, syncStateSet: this.set });
    else
      roles.becomeSlave({ masterEpoch, masterBrokerId: this.#machine(master).id, masterAddress: this.address(master) });
  }

  kill(name: ReplicaName, options: { machine?: boolean; unsynced?: 'lost' | 'kept' | 'random' } = {}): void {
    const machine = this.#machine(name);
    machine.platform.crash(options);
    machine.broker = undefined;
    machine.platform = this.world.start(name);
  }

  /** Starts a broker again and tells it its role. */
  async back(name: ReplicaName): Promise<void> {
    await this.start(name);
    this.command(name);
  }

  isolate(name: ReplicaName): void {
    for (const other of NAMES) if (other !== name) this.world.fabric.cut(name, other);
  }

  heal(name: ReplicaName): void {
    for (const other of NAMES) if (other !== name) this.world.fabric.heal(name, other);
  }

  async until(condition: () => boolean, limitMs = 30_000): Promise<void> {
    const end = this.world.nowMs + limitMs;
    while (!condition()) {
      if (this.world.nowMs > end) throw new Error(`not within ${limitMs} virtual ms`);
      await this.world.run(10);
    }
  }

  /** Runs until all running brokers have, and show, the same. */
  untilEqual(): Promise<void> {
    return this.until(() => {
      const positions = NAMES.filter((name) => this.isRunning(name)).map((name) => this.broker(name).roles.position());
      return positions.every(({ maxPosition, confirmPosition }) => {
        return confirmPosition === maxPosition && maxPosition === positions[0]?.maxPosition;
      });
    });
  }

  async producer(group = 'p'): Promise<Producer> {
    const producer = new Producer(this.client, { nameServers: 'ns:9876', group });
    await this.world.settle(producer.start());
    return producer;
  }

  /** Every message of a topic, queue by queue. */
  async readAll(topic: string): Promise<ReceivedMessage[]> {
    const consumer = new PullConsumer(this.client, { nameServers: 'ns:9876', group: 'reader' });
    await this.world.settle(consumer.start());
    const messages: ReceivedMessage[] = [];
    for (const queue of await this.world.settle(consumer.queues(topic))) {
      let offset = await this.world.settle(consumer.minOffset(queue));
      const max = await this.world.settle(consumer.maxOffset(queue));
      while (offset < max) {
        const pulled = await this.world.settle(consumer.pull(queue, offset));
        messages.push(...pulled.messages);
        offset = pulled.nextOffset;
      }
    }
    await this.world.settle(consumer.close());
    return messages;
  }

  logBytes(name: ReplicaName): Buffer {
    const disk = this.world.disk(name);
    const directory = '/store/commitlog';
    const files = this.platform(name).disk.list(directory);
    return Buffer.concat(files.map((file) => Buffer.from(disk.contentOf(`${directory}/${file}`)!)));
  }
}
