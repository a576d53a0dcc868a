import { loadNamesrvConfig } from '../../cluster/namesrv/config.ts';
import { createNameServer, type NameServer } from '../../cluster/namesrv/name-server.ts';
import { type BrokerConfig, loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../src/client/received-message.ts';
import { type CrashOptions, type VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';

/** A machine, and the broker that runs on it, if any. */
export interface Machine<Broker> {
  readonly ip: string;
  platform: VirtualPlatform;
  broker: Broker | undefined;
}

/** Small files, so that a test fills several, and where everything else is. */
const COMMON = `
namesrvAddr=ns:9876
storePathRootDir=/store
mappedFileSizeCommitLog=65536
mappedFileSizeConsumeQueue=2000
maxHashSlotNum=500
maxIndexNum=2000`;

/** What the worlds of all modes share: a name server, machines with brokers, and a client, all real, in virtual time. */
export abstract class BrokerWorld<Name extends string, Broker extends { stop(): Promise<void> }> {
  readonly world: VirtualWorld;
  readonly nameServer: NameServer;
  readonly client: VirtualPlatform;
  /** What ended a process by itself. */
  readonly fatal: string[] = [];
  readonly #machines = new Map<Name, Machine<Broker>>();

  protected constructor(world: VirtualWorld | number) {
    this.world = typeof world === 'number' ? new VirtualWorld(world) : world;
    this.nameServer = createNameServer(this.world.start('ns'), loadNamesrvConfig('', '/home').config);
    this.client = this.world.start('client');
  }

  addMachine(name: Name): Machine<Broker> {
    const platform = this.world.start(name);
    const machine = { ip: platform.network.localAddresses()[0]!, platform, broker: undefined };
    this.#machines.set(name, machine);
    return machine;
  }

  protected machine(name: Name): Machine<Broker> {
    return this.#machines.get(name) ?? this.addMachine(name);
  }

  get names(): readonly Name[] {
    return [...this.#machines.keys()];
  }

  /** A broker's configuration from the text of its own keys; throws what is wrong with them. */
  protected configOf(name: Name, text: string): BrokerConfig {
    const { ip } = this.machine(name);
    const { config, errors } = loadBrokerConfig(`brokerIP1=${ip}${COMMON}\n${text}`, {
      homeDirectory: '/home',
      hostName: name,
      ipAddress: ip,
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return config;
  }

  protected noteFatal(name: Name): (error: { readonly message: string }) => void {
    return (error) => this.fatal.push(`${name}: ${error.message}`);
  }

  broker(name: Name): Broker {
    const { broker } = this.machine(name);
    if (broker === undefined) throw new Error(`${name} does not run`);
    return broker;
  }

  isRunning(name: Name): boolean {
    return this.machine(name).broker !== undefined;
  }

  platform(name: Name): VirtualPlatform {
    return this.machine(name).platform;
  }

  /** SIGKILL; with `machine` the power fails, too. A new process can be started afterwards. */
  kill(name: Name, options: CrashOptions = {}): void {
    const machine = this.machine(name);
    machine.platform.crash(options);
    machine.broker = undefined;
    machine.platform = this.world.start(name);
  }

  /** SIGTERM. */
  async stop(name: Name): Promise<void> {
    await this.world.settle(this.broker(name).stop());
    this.kill(name);
  }

  /** Whom an isolated broker does not reach. */
  protected peersOf(name: Name): readonly string[] {
    return this.names.filter((other) => other !== name);
  }

  /** Cuts a broker from its peers; clients still reach it. */
  isolate(name: Name): void {
    for (const other of this.peersOf(name)) this.world.fabric.cut(name, other);
  }

  heal(name: Name): void {
    for (const other of this.peersOf(name)) this.world.fabric.heal(name, other);
  }

  async until(condition: () => boolean, limitMs = 30_000): Promise<void> {
    const end = this.world.nowMs + limitMs;
    while (!condition()) {
      if (this.world.nowMs > end) throw new Error(`not within ${limitMs} virtual ms`);
      await this.world.run(10);
    }
  }

  async producer(group = 'p'): Promise<Producer> {
    const producer = new Producer(this.client, { nameServers: 'ns:9876', group });
    await this.world.settle(producer.start());
    return producer;
  }

  /** Sends `count` messages one after another; the ids of those that were acknowledged. */
  async sendAll(producer: Producer, topic: string, count: number, prefix = 'm'): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const { messageId } = await this.world.settle(producer.send({ topic, body: `${prefix}${n}` }));
      ids.push(messageId);
    }
    return ids;
  }

  async pullConsumer(group = 'c'): Promise<PullConsumer> {
    const consumer = new PullConsumer(this.client, { nameServers: 'ns:9876', group });
    await this.world.settle(consumer.start());
    return consumer;
  }

  /** Every message of a topic, queue by queue. */
  async readAll(topic: string): Promise<ReceivedMessage[]> {
    const consumer = await this.pullConsumer('reader');
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

  /** Folder of a broker's log files. */
  protected logDirectory(_name: Name): string {
    return '/store/commitlog';
  }

  /** The bytes of a broker's log files, one after another. */
  logBytes(name: Name): Buffer {
    const disk = this.world.disk(name);
    const directory = this.logDirectory(name);
    const files = this.platform(name).disk.list(directory);
    return Buffer.concat(files.map((file) => Buffer.from(disk.contentOf(`${directory}/${file}`)!)));
  }
}
