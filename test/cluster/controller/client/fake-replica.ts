import { BrokerIdentity } from '../../../../cluster/controller/client/broker-identity.ts';
import { ReplicasManager } from '../../../../cluster/controller/client/replicas-manager.ts';
import { registerReplicaRequests } from '../../../../cluster/controller/client/role-notices.ts';
import type {
  EpochEntry,
  MasterCommand,
  ReplicaPosition,
  ReplicaReport,
  ReplicaRole,
  ReplicaRoles,
  SlaveCommand,
  SyncStateSet,
} from '../../../../cluster/ha/replica-roles.ts';
import { RemotingClient } from '../../../../src/remoting/client.ts';
import { Dispatcher } from '../../../../src/remoting/dispatcher.ts';
import { RemotingServer } from '../../../../src/remoting/server.ts';
import type { VirtualPlatform } from '../../../support/virtual-platform.ts';
import type { ControllerWorld } from '../controller-world.ts';

const PORT = 30911;

/** A data path that only notes what it is told, as its contract says (ReplicaRoles). */
class FakeRoles implements ReplicaRoles {
  readonly #epochs: EpochEntry[] = [];
  role: ReplicaRole = 'fenced';
  masterEpoch = 0;
  masterId: number | undefined;
  brokerId: number | undefined;
  set: SyncStateSet = { brokerIds: [], setEpoch: 0 };
  refused = 0;
  maxPosition = 0;
  successor: number | undefined;
  inDoubt = false;
  begunEpoch: number | undefined = 0;
  renounced = 0;
  reports: readonly ReplicaReport[] = [];

  setBrokerId(brokerId: number): void {
    this.brokerId = brokerId;
  }

  becomeMaster({ masterEpoch, syncStateSet }: MasterCommand): boolean {
    if (masterEpoch <= this.renounced || !this.#accepts(masterEpoch, 'master')) return false;
    if (this.role !== 'master' || this.masterEpoch !== masterEpoch) this.set = syncStateSet;
    this.begunEpoch = masterEpoch;
    if (masterEpoch > this.masterEpoch) this.#epochs.push({ epoch: masterEpoch, startPosition: this.maxPosition });
    return this.#accept(masterEpoch, 'master', this.brokerId);
  }

  becomeSlave({ masterEpoch, masterBrokerId }: SlaveCommand): boolean {
    return this.#accepts(masterEpoch, 'slave') && this.#accept(masterEpoch, 'slave', masterBrokerId);
  }

  becomeFenced(): void {
    this.role = 'fenced';
  }

  syncStateSetDecided(masterEpoch: number, set: SyncStateSet): void {
    if (masterEpoch === this.masterEpoch && set.setEpoch > this.set.setEpoch) this.set = set;
  }

  syncStateSetRefused(): void {
    this.refused++;
  }

  prepareHandOver(done: (successor: number | undefined) => void): void {
    done(this.successor);
  }

  renounce(masterEpoch: number): number | undefined {
    this.renounced = Math.max(this.renounced, masterEpoch);
    return this.begunEpoch;
  }

  /** As the directory has them. */
  directory = { setId: undefined, starts: ['first'], registered: () => {} };

  get newestEpoch(): number {
    return Math.max(this.masterEpoch, this.begunEpoch ?? 0);
  }

  position(): ReplicaPosition {
    const { role, masterEpoch, maxPosition } = this;
    return { role, masterEpoch, lastEpoch: masterEpoch, maxPosition, confirmPosition: maxPosition };
  }

  epochs(): readonly EpochEntry[] {
    return this.#epochs;
  }

  replicas(): readonly ReplicaReport[] {
    return this.reports;
  }

  #accepts(masterEpoch: number, role: ReplicaRole): boolean {
    if (masterEpoch !== this.masterEpoch) return masterEpoch > this.masterEpoch;
    return this.role === role || this.role === 'fenced';
  }

  #accept(masterEpoch: number, role: ReplicaRole, masterId: number | undefined): boolean {
    this.role = role;
    this.masterEpoch = masterEpoch;
    this.masterId = masterId;
    return true;
  }
}

export interface FakeOptions {
  readonly brokerName?: string;
  readonly controllers?: readonly string[];
  readonly priority?: number;
  /** What the directory says. */
  readonly inDoubt?: boolean;
}

/** A broker on a machine of its own: the real replicas manager over a data path that notes what it is told. */
export class FakeReplica {
  readonly host: string;
  readonly #group: ControllerWorld;
  readonly #options: FakeOptions;
  platform: VirtualPlatform;
  roles = new FakeRoles();
  manager: ReplicasManager;

  private constructor(group: ControllerWorld, host: string, options: FakeOptions) {
    this.#group = group;
    this.host = host;
    this.#options = options;
    this.platform = group.world.start(host);
    this.manager = this.#create();
  }

  static async start(group: ControllerWorld, host: string, options: FakeOptions = {}): Promise<FakeReplica> {
    const replica = new FakeReplica(group, host, options);
    await replica.#begin();
    return replica;
  }

  get address(): string {
    return `${this.host}:${PORT}`;
  }

  /** SIGKILL, with what is on the disk left. */
  kill(): void {
    this.platform.crash();
  }

  /** Its machine goes silent: no connection ends. */
  losePower(): void {
    this.platform.crash({ machine: true });
  }

  /** A new process on the same disk. */
  async restart(options: { readonly inDoubt?: boolean } = {}): Promise<void> {
    const { maxPosition, begunEpoch } = this.roles;
    this.platform = this.#group.world.start(this.host);
    this.roles = new FakeRoles();
    this.roles.maxPosition = maxPosition;
    this.roles.begunEpoch = begunEpoch;
    this.roles.inDoubt = options.inDoubt ?? false;
    this.manager = this.#create();
    await this.#begin();
  }

  /** As the data path of a master does. */
  wish(...brokerIds: number[]): void {
    this.manager.alterSyncStateSet(this.roles.masterEpoch, { brokerIds, setEpoch: this.roles.set.setEpoch }, new Map());
  }

  #create(): ReplicasManager {
    const { brokerName = 'b', controllers = this.#group.names.map((name) => this.#group.address(name)) } =
      this.#options;
    const { platform, roles, address } = this;
    roles.inDoubt ||= this.#options.inDoubt ?? false;
    const name = { clusterName: 'c', brokerName };
    const identity = BrokerIdentity.open(platform.disk, '/brokerIdentity', name);
    if (typeof identity === 'string') throw new Error(identity);
    const settings = {
      ...name,
      address,
      learner: false,
      controllers,
      heartbeatMs: 1_000,
      heartbeatTimeoutMs: 5_000,
      electionPriority: this.#options.priority ?? 100,
      pollMs: 5_000,
      leaderPollMs: 10_000,
    };
    return new ReplicasManager(platform, settings, roles, identity, new RemotingClient({ platform }));
  }

  async #begin(): Promise<void> {
    const { platform, roles, manager } = this;
    const dispatcher = new Dispatcher(platform);
    const brokerId = (): number => (roles.role === 'master' ? 0 : (roles.brokerId ?? -1));
    registerReplicaRequests(dispatcher, manager, roles, { clusterName: 'c', brokerName: 'b', brokerId });
    const server = new RemotingServer({ platform, dispatcher });
    await this.#group.world.settle(
      new Promise<void>((resolve, reject) => {
        server.listen({ host: '0.0.0.0', port: PORT }, (error) => (error ? reject(error) : resolve()));
      }),
    );
    manager.identify(() => manager.start());
  }
}
