import { ReplicaBroker } from '../../../cluster/ha/replica-broker.ts';
import type { SyncStateSet } from '../../../cluster/ha/replica-roles.ts';
import { SetBroker } from '../../../cluster/ha/set-broker.ts';
import { BrokerWorld } from '../broker-world.ts';

export type ReplicaName = 'b1' | 'b2' | 'b3';
const NAMES: readonly ReplicaName[] = ['b1', 'b2', 'b3'];

/** Three brokers of Controller mode; the test is the Controller: it elects, and answers wishes for a set as `grants` says. */
export class ReplicaWorld extends BrokerWorld<ReplicaName, ReplicaBroker> {
  readonly #conf: string;
  /** What the Controller holds. */
  set: SyncStateSet = { brokerIds: [], setEpoch: 0 };
  masterEpoch = 0;
  /** Undefined, as from a Controller that does not tell it. */
  setId: string | undefined = 'set';
  master: ReplicaName | undefined;
  /** Wishes are granted, and the reply arrives; or granted and the reply is lost; or they never arrive. */
  grants: 'all' | 'reply-lost' | 'none' = 'all';
  readonly wishes: SyncStateSet[] = [];

  private constructor(conf: string, seed: number) {
    super(seed);
    this.#conf = conf;
    for (const name of NAMES) this.addMachine(name);
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

  #brokerId(name: ReplicaName): number {
    return NAMES.indexOf(name) + 1;
  }

  address(name: ReplicaName): string {
    return `${this.machine(name).ip}:10911`;
  }

  async start(name: ReplicaName, conf = ''): Promise<ReplicaBroker> {
    const own = `brokerName=broker-a\nlistenPort=10911\nallAckInSyncStateSet=true\nslaveTimeout=500`;
    const config = this.configOf(name, `${own}\n${this.#conf}\n${conf}`);
    const machine = this.machine(name);
    const broker: ReplicaBroker = new ReplicaBroker(
      machine.platform,
      config,
      {
        alterSyncStateSet: (epoch, wish) => this.#alter(name, epoch, wish),
        mayBeReplaced: () => false,
        changed: () => {},
      },
      this.noteFatal(name),
    );
    broker.roles.setBrokerId(this.#brokerId(name));
    machine.broker = broker;
    await this.world.settle(broker.start());
    return broker;
  }

  /** A broker without a Controller on the directory of one of them, `work` with it, and its end. */
  async asPlain(name: ReplicaName, conf: string, work: (broker: SetBroker) => Promise<void>): Promise<void> {
    const config = this.configOf(name, `brokerName=broker-a\nlistenPort=10911\n${conf}`);
    const broker = new SetBroker(this.machine(name).platform, config);
    await this.world.settle(broker.start(this.noteFatal(name)));
    await work(broker);
    await this.world.settle(broker.stop());
    this.kill(name);
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
    this.set = { brokerIds: [this.#brokerId(name)], setEpoch: this.set.setEpoch + 1 };
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
    if (name === master) roles.becomeMaster({ masterEpoch, syncStateSet: this.set, setId: this.setId });
    else
      roles.becomeSlave({ masterEpoch, masterBrokerId: this.#brokerId(master), masterAddress: this.address(master) });
  }

  /** Starts a broker again and tells it its role. */
  async back(name: ReplicaName): Promise<void> {
    await this.start(name);
    this.command(name);
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
}
