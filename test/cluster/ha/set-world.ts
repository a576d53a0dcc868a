import { SetBroker } from '../../../cluster/ha/set-broker.ts';
import type { ExtFields, RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { BrokerWorld } from '../broker-world.ts';

interface AnyCommand {
  readonly code: number;
  encodeRequest(header: never): ExtFields;
}

/** Brokers of master/slave sets as their configurations say. */
export class SetWorld extends BrokerWorld<string, SetBroker> {
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

  address(name: string): string {
    return `${this.machine(name).ip}:10911`;
  }

  /** Starts a broker; rejects with the sentence of a refused start. */
  async start(name: string, conf: string): Promise<SetBroker> {
    const config = this.configOf(name, `brokerName=broker-a\nlistenPort=10911\n${conf}`);
    const machine = this.machine(name);
    const broker = new SetBroker(machine.platform, config);
    await this.world.settle(broker.start(this.noteFatal(name)));
    machine.broker = broker;
    return broker;
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
}
