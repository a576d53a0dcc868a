import { SetBroker } from '../../../cluster/ha/set-broker.ts';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { createNameServer, type NameServer } from '../../../cluster/namesrv/name-server.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { PullConsumer } from '../../../src/client/consumer/pull-consumer.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';
import type { ExtFields, RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

interface AnyCommand {
  readonly code: number;
  encodeRequest(header: never): ExtFields;
}

interface Machine {
  readonly ip: string;
  platform: VirtualPlatform;
  broker: SetBroker | undefined;
}

/** A name server, brokers of master/slave sets as their configurations say, and a client, all real, in a virtual world. */
export class SetWorld {
  readonly world: VirtualWorld;
  readonly nameServer: NameServer;
  readonly client: VirtualPlatform;
  readonly fatal: string[] = [];
  readonly #machines = new Map<string, Machine>();

  private constructor(seed: number) {
    this.world = new VirtualWorld(seed);
    this.nameServer = createNameServer(this.world.start('ns'), loadNamesrvConfig('', '/home').config);
    this.client = this.world.start('client');
  }

  static async create(seed = 1): Promise<SetWorld> {
    const made = new SetWorld(seed);
    await made.world.settle(made.nameServer.start());
    return made;
  }

  /** A master of the role and a slave that follows it. */
  static async pair(role: string, conf = '', slaveConf = conf): Promise<SetWorld> {
    const set = await SetWorld.create();
    await set.start('a', `brokerRole=${role}\n${conf}`);
    await set.start('a-s', `brokerRole=SLAVE\nbrokerId=1\n${slaveConf}`);
    await set.until(() => set.broker('a-s').status().following);
    return set;
  }

  #machine(name: string): Machine {
    let machine = this.#machines.get(name);
    if (machine === undefined) {
      machine = { ip: `10.0.0.${this.#machines.size + 3}`, platform: this.world.start(name), broker: undefined };
      this.#machines.set(name, machine);
    }
    return machine;
  }

  broker(name: string): SetBroker {
    const { broker } = this.#machine(name);
    if (broker === undefined) throw new Error(`${name} does not run`);
    return broker;
  }

  platform(name: string): VirtualPlatform {
    return this.#machine(name).platform;
  }

  address(name: string): string {
    return `${this.#machine(name).ip}:10911`;
  }

  /** Starts a broker; rejects with the sentence of a refused start. */
  async start(name: string, conf: string): Promise<SetBroker> {
    const machine = this.#machine(name);
    const { config, errors } = loadBrokerConfig(`${this.#common(machine.ip)}\n${conf}`, {
      homeDirectory: '/home',
      hostName: name,
      ipAddress: machine.ip,
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const broker = new SetBroker(machine.platform, config);
    await this.world.settle(broker.start((error) => this.fatal.push(`${name}: ${error.message}`)));
    machine.broker = broker;
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
maxIndexNum=2000`;
  }

  /** SIGKILL; with `machine` the power fails, too. */
  kill(name: string, options: { machine?: boolean } = {}): void {
    const machine = this.#machine(name);
    machine.platform.crash(options);
    machine.broker = undefined;
    machine.platform = this.world.start(name);
  }

  async stop(name: string): Promise<void> {
    await this.world.settle(this.broker(name).stop());
    this.kill(name);
  }

  async until(condition: () => boolean, limitMs = 20_000): Promise<void> {
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

  /** A request of its own connection to one broker. */
  ask(name: string, command: AnyCommand, header: object, body?: Buffer): Promise<RemotingCommand> {
    const client = new RemotingClient({ platform: this.client });
    const fields = command.encodeRequest(header as never);
    const options = { timeoutMs: 3_000, ...(body === undefined ? {} : { body }) };
    return this.world.settle(
      client.request(this.address(name), command.code, fields, options).then((answer) => {
        client.close();
        if (typeof answer === 'string') throw new Error(answer);
        return answer;
      }),
    );
  }

  parts(name: string) {
    return this.broker(name).parts;
  }

  state(name: string) {
    return this.parts(name).state;
  }

  /** Runs until a slave has everything that its master has. */
  untilEqual(): Promise<void> {
    return this.until(() => {
      const ends = ['a', 'a-s'].map((name) => this.parts(name).store.confirmedPosition);
      return ends[0] === ends[1];
    });
  }

  /** The bytes of a broker's log files, one after another. */
  logBytes(name: string): Buffer {
    const disk = this.world.disk(name);
    const directory = '/store/commitlog';
    const files = this.platform(name).disk.list(directory);
    return Buffer.concat(files.map((file) => Buffer.from(disk.contentOf(`${directory}/${file}`)!)));
  }
}
