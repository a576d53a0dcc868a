import { BrokerClient } from '../../src/client/broker-client.ts';
import { electMaster } from '../../src/protocol/command/elect-master.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import type { LogLine } from '../sim/sim-logger.ts';
import type { SimProcess } from '../sim/sim-process.ts';
import { callFailure } from '../workload/workload.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import { CONTROLLER_PORT } from './controller-sizes.ts';
import type { SimBroker } from './sim-broker.ts';
import type { LossAllowed } from './unclean-elections.ts';

const LOOK_MS = 500;
/** So long they wait for somebody in sync before they accept a loss. */
const PATIENCE_MS = 1_500;
const EMPTY_MS = 200;
/** What a broker's log says that follows nobody, as people know the way on. */
const GIVES_UP = 'empty storePathRootDir';

/**
 * The people of a run that allows losses. They empty the store of a broker whose log says that it parts from its master's and must be emptied, and where only they may accept a loss they have the best of
 * those that are alive elected (`mqadmin electMaster --acceptLoss`) when nobody in sync has come back.
 */
export class LossPeople {
  readonly #cluster: ControllerCluster;
  readonly #allowed: LossAllowed | undefined;
  readonly #brokers: BrokerClient;
  /** Brokers that follow nobody, with the process that said so. */
  readonly #stray = new Map<SimBroker, SimProcess | undefined>();
  #masterlessSince: number | undefined;
  #asking = false;

  constructor(cluster: ControllerCluster, allowed: LossAllowed | undefined) {
    this.#cluster = cluster;
    this.#allowed = allowed;
    this.#brokers = new BrokerClient(new RemotingClient({ platform: cluster.world.start('people') }));
  }

  begin(): void {
    this.#cluster.later(LOOK_MS, () => {
      this.#look();
      this.begin();
    });
  }

  /** A process wrote this line. */
  heard({ node, level, fields }: LogLine): void {
    if (level !== 'error' || !String(fields?.['reason']).includes(GIVES_UP)) return;
    const broker = this.#cluster.nodes.find(({ name }) => name === node);
    if (broker !== undefined) this.#stray.set(broker, broker.process);
  }

  #look(): void {
    for (const [broker, process] of this.#stray) {
      if (broker.process !== process || broker.paused) this.#stray.delete(broker);
      else if (this.#cluster.mustBeEmptied(broker)) this.#empty(broker);
    }
    if (this.#allowed === 'by-people') this.#acceptLoss();
  }

  #empty(broker: SimBroker): void {
    const cluster = this.#cluster;
    this.#stray.delete(broker);
    cluster.note(broker.name, 'emptied', broker.starts);
    broker.kill();
    broker.wipe();
    cluster.hurt(broker);
    cluster.later(EMPTY_MS, () => cluster.startNode(broker));
  }

  #acceptLoss(): void {
    const { judge, world } = this.#cluster;
    const set = judge.brokerSet;
    if (set === undefined || set.masterEpoch === 0 || set.masterId !== undefined) this.#masterlessSince = undefined;
    else this.#masterlessSince ??= world.loop.nowMs;
    const since = this.#masterlessSince;
    const [best] = this.#alive();
    const leader = this.#cluster.leadingController();
    if (since === undefined || world.loop.nowMs - since < PATIENCE_MS || this.#asking) return;
    if (best === undefined || leader === undefined) return;
    this.#asking = true;
    this.#cluster.note(best.name, 'loss accepted', best.brokerId);
    this.#elect(`${leader.host.ip}:${CONTROLLER_PORT}`, best.brokerId).finally(() => {
      this.#asking = false;
    });
  }

  /** Those who run, the longest history first. */
  #alive(): SimBroker[] {
    const epochOf = ({ broker }: SimBroker): number => broker?.roles.newestEpoch ?? 0;
    const endOf = ({ broker }: SimBroker): number => broker?.roles.position().maxPosition ?? 0;
    return this.#cluster.nodes
      .filter(({ running, paused, brokerId }) => running && !paused && brokerId > 0)
      .sort((a, b) => epochOf(b) - epochOf(a) || endOf(b) - endOf(a));
  }

  async #elect(controller: string, brokerId: number): Promise<void> {
    const named = { clusterName: 'c', brokerName: 'g', brokerId, designateElect: true, acceptLoss: true };
    const invokeTime = this.#cluster.world.loop.nowMs;
    try {
      await this.#brokers.request(electMaster, controller, { ...named, invokeTime });
    } catch (error) {
      // Somebody in sync is alive, or nobody agreed: they look again.
      callFailure(error);
    }
  }
}
