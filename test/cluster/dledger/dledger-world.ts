import { DledgerBroker } from '../../../cluster/dledger/dledger-broker.ts';
import { awaitRoom } from '../../../cluster/dledger/renewed-member.ts';
import type { BrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { BrokerWorld } from '../broker-world.ts';

export type MemberName = `n${number}`;
const FOUNDERS: readonly MemberName[] = ['n0', 'n1', 'n2'];

/** A group of three members; others can join. */
export class DledgerWorld extends BrokerWorld<MemberName, DledgerBroker> {
  readonly #conf: string;
  /** Lines for the broker.conf of one member. */
  readonly own = new Map<string, string>();
  /** Members that began anew from a snapshot, one after another. */
  readonly renewed: MemberName[] = [];

  private constructor(conf: string, seed: number) {
    super(seed);
    this.#conf = conf;
    for (const name of FOUNDERS) this.addMachine(name);
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

  ip(name: MemberName): string {
    return this.machine(name).ip;
  }

  config(name: MemberName): BrokerConfig {
    return this.configOf(name, this.#confOf(name));
  }

  async start(name: MemberName): Promise<DledgerBroker> {
    const config = this.config(name);
    const machine = this.machine(name);
    const { platform } = machine;
    const open = (): DledgerBroker => {
      const broker = new DledgerBroker(platform, config, fatal, renew);
      machine.broker = broker;
      return broker;
    };
    const note = this.noteFatal(name);
    const fatal = (error: { readonly message: string }): void => {
      note(error);
      this.kill(name);
    };
    // As DledgerMember does.
    const renew = (): void => {
      if (machine.platform !== platform) return;
      try {
        void open().start();
        this.renewed.push(name);
      } catch (thrown) {
        if (awaitRoom(platform, thrown, renew) === undefined) throw thrown;
      }
    };
    await this.world.settle(open().start());
    return this.broker(name);
  }

  #confOf(name: MemberName): string {
    const peers = [...new Set([...FOUNDERS, name])].map((member) => `${member}-${member}:40911`).join(';');
    return `
brokerName=g
listenPort=30911
enableDLegerCommitLog=true
dLegerGroup=g
dLegerPeers=${peers}
dLegerSelfId=${name}
${this.#conf}
${this.own.get(name) ?? ''}
`;
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

  /** Runs until all running members have applied the same, and all there is. */
  async untilEqual(): Promise<void> {
    await this.until(() => {
      const running = this.names.filter((name) => this.isRunning(name)).map((name) => this.broker(name).status());
      return running.every(({ appliedIndex, lastIndex }) => {
        return appliedIndex === lastIndex && lastIndex === running[0]?.lastIndex;
      });
    });
  }

  /** Names of the files in a folder of a member's directory. */
  filesOf(name: MemberName, folder: string): string[] {
    return this.platform(name).disk.list(`/store/dledger-${name}/${folder}`);
  }

  protected override logDirectory(name: MemberName): string {
    return `/store/dledger-${name}/data`;
  }
}
