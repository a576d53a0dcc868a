import { DledgerBroker } from '../../../cluster/dledger/dledger-broker.ts';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { createNameServer, type NameServer } from '../../../cluster/namesrv/name-server.ts';
import { type BrokerConfig, loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { PullConsumer } from '../../../src/client/consumer/pull-consumer.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

export type MemberName = `n${number}`;
const FOUNDERS: readonly MemberName[] = ['n0', 'n1', 'n2'];

/** One member: a machine, and the broker that runs on it, if any. */
interface MachineState {
  readonly ip: string;
  platform: VirtualPlatform;
  broker: DledgerBroker | undefined;
}

/** A name server, a group of three members (others can join) and a client, all real, in a virtual world. */
export class DledgerWorld {
  readonly world: VirtualWorld;
  readonly nameServer: NameServer;
  readonly client: VirtualPlatform;
  readonly #members = new Map<MemberName, MachineState>();
  readonly #conf: string;
  /** Lines for the broker.conf of one member. */
  readonly own = new Map<string, string>();
  /** Members that began anew from a snapshot, one after another. */
  readonly renewed: MemberName[] = [];
  /** What ended a process by itself. */
  readonly fatal: string[] = [];

  private constructor(conf: string, seed: number) {
    this.world = new VirtualWorld(seed);
    this.#conf = conf;
    this.nameServer = createNameServer(this.world.start('ns'), loadNamesrvConfig('', '/home').config);
    this.client = this.world.start('client');
    for (const name of FOUNDERS) this.addMachine(name);
  }

  /** A machine for one more member; those that have none yet do not know of it. */
  addMachine(name: MemberName): void {
    const ip = `10.0.0.${this.#members.size + 3}`;
    this.#members.set(name, { ip, platform: this.world.start(name), broker: undefined });
  }

  /** A world in which the name server runs, and no member yet. `conf` lines are added to each member's broker.conf. */
  static async create(conf = '', seed = 1): Promise<DledgerWorld> {
    const made = new DledgerWorld(conf, seed);
    await made.world.settle(made.nameServer.start());
    return made;
  }

  /** A world with a group that serves. */
  static async serving(conf = '', seed = 1): Promise<DledgerWorld> {
    const made = await DledgerWorld.create(conf, seed);
    for (const name of FOUNDERS) await made.start(name);
    await made.untilServing();
    return made;
  }

  get names(): readonly MemberName[] {
    return [...this.#members.keys()];
  }

  ip(name: MemberName): string {
    return this.#machine(name).ip;
  }

  /** The broker that runs on a machine. */
  broker(name: MemberName): DledgerBroker {
    const { broker } = this.#machine(name);
    if (broker === undefined) throw new Error(`${name} does not run`);
    return broker;
  }

  /** The process that runs on a machine, or that the next broker there will be. */
  platform(name: MemberName): VirtualPlatform {
    return this.#machine(name).platform;
  }

  isRunning(name: MemberName): boolean {
    return this.#machine(name).broker !== undefined;
  }

  #machine(name: MemberName): MachineState {
    return this.#members.get(name)!;
  }

  config(name: MemberName): BrokerConfig {
    const { ip } = this.#machine(name);
    const facts = { homeDirectory: '/home', hostName: name, ipAddress: ip };
    const { config, errors } = loadBrokerConfig(this.#confOf(name, ip), facts);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return config;
  }

  async start(name: MemberName): Promise<DledgerBroker> {
    const machine = this.#machine(name);
    const config = this.config(name);
    const { platform } = machine;
    const open = (): DledgerBroker => {
      const broker = new DledgerBroker(platform, config, fatal, renew);
      machine.broker = broker;
      return broker;
    };
    const fatal = (error: { readonly message: string }): void => {
      this.fatal.push(`${name}: ${error.message}`);
      this.kill(name);
    };
    // As DledgerMember does.
    const renew = (): void => {
      if (machine.platform !== platform) return;
      this.renewed.push(name);
      void open().start();
    };
    await this.world.settle(open().start());
    return this.broker(name);
  }

  #confOf(name: MemberName, ip: string): string {
    const peers = [...new Set([...FOUNDERS, name])].map((member) => `${member}-${member}:40911`).join(';');
    return `
brokerName=g
brokerIP1=${ip}
listenPort=30911
namesrvAddr=ns:9876
storePathRootDir=/store
mappedFileSizeCommitLog=65536
mappedFileSizeConsumeQueue=2000
maxHashSlotNum=500
maxIndexNum=2000
enableDLegerCommitLog=true
dLegerGroup=g
dLegerPeers=${peers}
dLegerSelfId=${name}
${this.#conf}
${this.own.get(name) ?? ''}
`;
  }

  /** SIGKILL; with `machine` the power fails, too. A new process can be started afterwards. */
  kill(name: MemberName, options: { machine?: boolean } = {}): void {
    const machine = this.#machine(name);
    machine.platform.crash(options);
    machine.broker = undefined;
    machine.platform = this.world.start(name);
  }

  /** SIGTERM. */
  async stop(name: MemberName): Promise<void> {
    await this.world.settle(this.broker(name).stop());
    this.kill(name);
  }

  /** Cuts a member from the other members; the name server and clients still reach it. */
  isolate(name: MemberName): void {
    for (const other of this.names) if (other !== name) this.world.fabric.cut(name, other);
  }

  heal(name: MemberName): void {
    for (const other of this.names) if (other !== name) this.world.fabric.heal(name, other);
  }

  /** Names of members that say that they serve. */
  serving(): MemberName[] {
    return this.names.filter((name) => this.isRunning(name) && this.broker(name).broker.status().serving);
  }

  get leader(): MemberName {
    const [name] = this.serving();
    if (name === undefined) throw new Error('nobody serves');
    return name;
  }

  followers(): MemberName[] {
    return this.names.filter((name) => this.isRunning(name) && name !== this.leader);
  }

  /** Runs until exactly one member serves and its route is known. */
  async untilServing(limitMs = 10_000): Promise<MemberName> {
    await this.until(() => this.serving().length === 1, limitMs);
    await this.world.run(100);
    return this.leader;
  }

  async until(condition: () => boolean, limitMs = 10_000): Promise<void> {
    const end = this.world.nowMs + limitMs;
    while (!condition()) {
      if (this.world.nowMs > end) throw new Error(`not within ${limitMs} virtual ms`);
      await this.world.run(10);
    }
  }

  /** Runs until all running members have applied the same, and all there is. */
  async untilEqual(): Promise<void> {
    await this.until(() => {
      const running = this.names.filter((name) => this.isRunning(name)).map((name) => this.broker(name).status());
      return running.every(({ appliedIndex, lastIndex }) => {
        return appliedIndex === lastIndex && lastIndex === running[0]?.lastIndex;
      });
    });
  }

  async producer(group = 'p'): Promise<Producer> {
    const producer = new Producer(this.client, { nameServers: 'ns:9876', group });
    await this.world.settle(producer.start());
    return producer;
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

  /** Names of the files in a folder of a member's directory. */
  filesOf(name: MemberName, folder: string): string[] {
    return this.#machine(name).platform.disk.list(`/store/dledger-${name}/${folder}`);
  }

  /** The bytes of a member's log files, one after another. */
  logBytes(name: MemberName): Buffer {
    const disk = this.world.disk(name);
    const directory = `/store/dledger-${name}/data`;
    const platform = this.#machine(name).platform;
    return Buffer.concat(
      platform.disk.list(directory).map((file) => Buffer.from(disk.contentOf(`${directory}/${file}`)!)),
    );
  }
}
