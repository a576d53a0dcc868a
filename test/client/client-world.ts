import { loadNamesrvConfig } from '../../cluster/namesrv/config.ts';
import { createNameServer, type NameServer } from '../../cluster/namesrv/name-server.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';
import { FakeBroker, FakeStore, Registrar } from './fake-broker.ts';

export interface Member {
  readonly broker: FakeBroker;
  readonly registrar: Registrar;
  readonly brokerName: string;
  brokerId: number;
}

/** A virtual world with a real name server and fake brokers, for tests of the client. */
export class ClientWorld {
  readonly world: VirtualWorld;
  readonly nameServers = 'ns:9876';
  readonly nameServer: NameServer;
  readonly members = new Map<string, Member>();
  readonly stores = new Map<string, FakeStore>();
  topics: Record<string, number> = { T: 4 };

  private constructor(seed: number) {
    this.world = new VirtualWorld(seed);
    const { config } = loadNamesrvConfig('', '/home');
    this.nameServer = createNameServer(this.world.start('ns'), config);
  }

  static async create(seed = 1): Promise<ClientWorld> {
    const made = new ClientWorld(seed);
    await made.world.settle(made.nameServer.start());
    return made;
  }

  /** Starts a member of a broker group on a machine of its own and registers it. */
  async addBroker(host: string, brokerName = 'a', brokerId = 0): Promise<FakeBroker> {
    const platform = this.world.start(host);
    const store = this.stores.get(brokerName) ?? new FakeStore();
    this.stores.set(brokerName, store);
    const broker = new FakeBroker(platform, 10911, store);
    const registrar = new Registrar(platform, this.nameServers);
    this.members.set(host, { broker, registrar, brokerName, brokerId });
    await this.register(host);
    return broker;
  }

  /** Registers again, perhaps under another id. */
  async register(host: string, changes: { brokerId?: number; epoch?: number } = {}): Promise<void> {
    const member = this.members.get(host)!;
    member.brokerId = changes.brokerId ?? member.brokerId;
    const { broker, registrar, brokerName, brokerId } = member;
    const epoch = changes.epoch ?? 0;
    await this.world.settle(registrar.register({ address: broker.address, brokerName, brokerId, epoch }, this.topics));
  }

  /** Kills the process of a broker. */
  kill(host: string): void {
    this.members.get(host)!.broker.platform.crash();
  }
}
