import { ControlledBroker } from '../../../cluster/controller/client/controlled-broker.ts';
import { SetBroker } from '../../../cluster/ha/set-broker.ts';
import { BrokerWorld } from '../broker-world.ts';
import { ControllerWorld } from './controller-world.ts';

/** A whole cluster in Controller mode: controllers, and three brokers. */
export class ControlledWorld extends BrokerWorld<string, ControlledBroker> {
  readonly controllers: ControllerWorld;

  private constructor(controllers: ControllerWorld) {
    super(controllers.world);
    this.controllers = controllers;
    for (const name of ['b1', 'b2', 'b3']) this.addMachine(name);
  }

  /** Controllers and a name server; no broker runs. */
  static async create(controllerCount: number): Promise<ControlledWorld> {
    const made = new ControlledWorld(await ControllerWorld.serving(controllerCount));
    await made.world.settle(made.nameServer.start());
    return made;
  }

  /** All run, there is a master, and all are in the set. `conf`: lines for the controllers. */
  static async serving(controllerCount: number, seed = 1, conf = ''): Promise<ControlledWorld> {
    const made = new ControlledWorld(await ControllerWorld.serving(controllerCount, conf, seed));
    await made.world.settle(made.nameServer.start());
    for (const name of made.names) await made.start(name);
    await made.untilInSync(3);
    return made;
  }

  async start(name: string, conf = ''): Promise<void> {
    const controllers = this.controllers.names.map((each) => this.controllers.address(each)).join(';');
    const config = this.configOf(
      name,
      `
brokerName=broker-a
brokerId=-1
brokerRole=SLAVE
enableControllerMode=true
controllerAddr=${controllers}
allAckInSyncStateSet=true
${conf}`,
    );
    const machine = this.machine(name);
    machine.broker = new ControlledBroker(machine.platform, config, this.noteFatal(name));
    await this.world.settle(machine.broker.start());
  }

  /** A broker of the same name without a Controller, on a machine of its own: a master, if `conf` does not say otherwise. */
  async startPlain(name: string, conf = 'brokerRole=ASYNC_MASTER'): Promise<SetBroker> {
    const config = this.configOf(name, `brokerName=broker-a\n${conf}`);
    const broker = new SetBroker(this.machine(name).platform, config);
    await this.world.settle(broker.start(this.noteFatal(name)));
    return broker;
  }

  /** Everybody but clients. */
  protected override peersOf(name: string): readonly string[] {
    return ['ns', ...this.names, ...this.controllers.names].filter((other) => other !== name);
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

  /** Runs until there is one master, and so many brokers are in the set. */
  async untilInSync(count: number): Promise<void> {
    await this.until(() => {
      const leader = this.controllers.leaders()[0];
      const set = leader === undefined ? undefined : this.controllers.controller(leader).status().brokerSets[0];
      return this.masters().length === 1 && set?.syncStateSet.length === count;
    });
    await this.world.run(100);
  }

  /** Ids of every message of a topic, sorted. */
  async idsIn(topic: string): Promise<string[]> {
    return (await this.readAll(topic)).map(({ messageId }) => messageId).sort();
  }
}
