import { ControlledBroker } from '../../../cluster/controller/client/controlled-broker.ts';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { createNameServer, type NameServer } from '../../../cluster/namesrv/name-server.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { PullConsumer } from '../../../src/client/consumer/pull-consumer.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { VirtualPlatform } from '../../support/virtual-platform.ts';
import { ControllerWorld } from './controller-world.ts';

interface Machine {
  platform: VirtualPlatform;
  broker: ControlledBroker | undefined;
}

/** A whole cluster in Controller mode: name server, controllers, three brokers and a client, all real, in a virtual world. */
export class ControlledWorld {
  readonly controllers: ControllerWorld;
  readonly nameServer: NameServer;
  readonly client: VirtualPlatform;
  readonly names = ['b1', 'b2', 'b3'] as const;
  readonly fatal: string[] = [];
  readonly #machines = new Map<string, Machine>();
  readonly #ips = new Map<string, string>();

  private constructor(controllers: ControllerWorld) {
    const { world } = controllers;
    this.controllers = controllers;
    this.nameServer = createNameServer(world.start('ns'), loadNamesrvConfig('', '/home').config);
    this.client = world.start('client');
    for (const name of this.names) {
      const platform = world.start(name);
      this.#machines.set(name, { platform, broker: undefined });
      this.#ips.set(name, platform.network.localAddresses()[0] ?? '');
    }
  }

  /** All run, there is a master, and all are in the set. */
  static async serving(controllerCount: number, seed = 1): Promise<ControlledWorld> {
    const made = new ControlledWorld(await ControllerWorld.serving(controllerCount, '', seed));
    await made.world.settle(made.nameServer.start());
    for (const name of made.names) await made.start(name);
    await made.untilInSync(3);
    return made;
  }

  get world() {
    return this.controllers.world;
  }

  async start(name: string): Promise<void> {
    const machine = this.#machines.get(name)!;
    const ip = this.#ips.get(name)!;
    const controllers = this.controllers.names.map((each) => this.controllers.address(each)).join(';');
    const text = `
brokerName=broker-a
brokerId=-1
brokerRole=SLAVE
enableControllerMode=true
controllerAddr=${controllers}
allAckInSyncStateSet=true
brokerIP1=${ip}
namesrvAddr=ns:9876
storePathRootDir=/store
mappedFileSizeCommitLog=65536
mappedFileSizeConsumeQueue=2000
maxHashSlotNum=500
maxIndexNum=2000`;
    const { config, errors } = loadBrokerConfig(text, { homeDirectory: '/home', hostName: name, ipAddress: ip });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    machine.broker = new ControlledBroker(machine.platform, config, (error) =>
      this.fatal.push(`${name}: ${error.message}`),
    );
    await this.world.settle(machine.broker.start());
  }

  kill(name: string, options: { machine?: boolean } = {}): void {
    const machine = this.#machines.get(name)!;
    machine.platform.crash(options);
    machine.broker = undefined;
    machine.platform = this.world.start(name);
  }

  /** SIGTERM. */
  async stop(name: string): Promise<void> {
    await this.world.settle(this.broker(name).stop());
    this.kill(name);
  }

  broker(name: string): ControlledBroker {
    const { broker } = this.#machines.get(name)!;
    if (broker === undefined) throw new Error(`${name} does not run`);
    return broker;
  }

  isRunning(name: string): boolean {
    return this.#machines.get(name)!.broker !== undefined;
  }

  /** Brokers that serve as master. */
  masters(): string[] {
    return this.names.filter((name) => this.isRunning(name) && this.broker(name).broker.status().serving);
  }

  get master(): string {
    const [name] = this.masters();
    if (name === undefined) throw new Error('nobody serves as master');
    return name;
  }

  /** Cuts a broker from everybody but clients. */
  isolate(name: string): void {
    for (const other of this.#others(name)) this.world.fabric.cut(name, other);
  }

  heal(name: string): void {
    for (const other of this.#others(name)) this.world.fabric.heal(name, other);
  }

  #others(name: string): string[] {
    return ['ns', ...this.names, ...this.controllers.names].filter((other) => other !== name);
  }

  async until(condition: () => boolean, limitMs = 30_000): Promise<void> {
    await this.controllers.until(condition, limitMs);
  }

  /** Runs until there is one master, and so many brokers are in the set. */
  async untilInSync(count: number): Promise<void> {
    await this.until(() => {
      const leader = this.controllers.leaders()[0];
      const set = leader === undefined ? undefined : this.controllers.controller(leader).status().brokerSets[0];
      return this.masters().length === 1 && set?.syncStateSet.length === count;
    });
    await this.world.run(100);
  }

  async producer(): Promise<Producer> {
    const producer = new Producer(this.client, { nameServers: 'ns:9876', group: 'p' });
    await this.world.settle(producer.start());
    return producer;
  }

  /** Ids of every message of a topic, sorted. */
  async readAll(topic: string): Promise<string[]> {
    const consumer = new PullConsumer(this.client, { nameServers: 'ns:9876', group: 'reader' });
    await this.world.settle(consumer.start());
    const ids: string[] = [];
    for (const queue of await this.world.settle(consumer.queues(topic))) {
      let offset = await this.world.settle(consumer.minOffset(queue));
      const max = await this.world.settle(consumer.maxOffset(queue));
      while (offset < max) {
        const pulled = await this.world.settle(consumer.pull(queue, offset));
        ids.push(...pulled.messages.map(({ messageId }) => messageId));
        offset = pulled.nextOffset;
      }
    }
    await this.world.settle(consumer.close());
    return ids.sort();
  }
}
