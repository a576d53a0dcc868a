import type { Server } from '../fault/fault-world.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import type { SimBroker } from './sim-broker.ts';

/**
 * Brokers that may lack what they acknowledged, until they are in the set again: the promises cover one as long as every set that may be in force has another member
 * that runs and lacks nothing (raft/SAFETY.md 10).
 */
export class HurtBrokers {
  readonly #cluster: ControllerCluster;
  /** With the number of their start then. */
  readonly #hurt = new Map<Server, number>();
  /** Their disks were set back: the controllers take one out of the set when it has registered, not before. */
  readonly #setBack = new Set<Server>();

  constructor(cluster: ControllerCluster) {
    this.#cluster = cluster;
  }

  add(server: Server): void {
    this.#hurt.set(server, server.starts);
  }

  addSetBack(server: Server): void {
    this.add(server);
    this.#setBack.add(server);
  }

  /** Has an older state of its disk, and was not in the set since. */
  isSetBack(server: Server): boolean {
    return this.#setBack.has(server);
  }

  has(server: Server): boolean {
    this.#forgetHealed();
    return this.#hurt.has(server);
  }

  /**
   * Only while there is a master that the controllers mean: an election under way could choose the very one that is hurt. Not twice at once: where the note of an error
   * fails, too, nobody can know of it.
   */
  mayAdd(server: Server): boolean {
    return !server.awaitsHarm && this.isCovered(server);
  }

  /** Whether somebody else has, now, all that this one may lose. A set that had others when a fault was planned may have shrunk to this one since. */
  isCovered(server: Server): boolean {
    const cluster = this.#cluster;
    const master = cluster.master();
    const { nodes } = cluster;
    if (master === undefined || master.paused || !nodes.some((node) => node === server)) return false;
    this.#forgetHealed();
    const isSafe = (node: SimBroker): boolean => node !== server && node.running && !this.#hurt.has(node);
    return this.#sets(master).every((ids) => nodes.some((node) => ids.includes(node.brokerId) && isSafe(node)));
  }

  /** The set on which the controllers agreed last, and those that may have been proposed since. */
  #sets(master: SimBroker): readonly (readonly number[])[] {
    const { brokerSet } = this.#cluster.judge;
    const known = master.broker?.parts.node.setsInForce;
    return [brokerSet?.syncStateSet ?? [], ...(known?.candidates ?? [])];
  }

  #forgetHealed(): void {
    const { brokerSet } = this.#cluster.judge;
    for (const [server, starts] of this.#hurt) {
      const node = server as SimBroker;
      const inSync = brokerSet?.syncStateSet.includes(node.brokerId) === true;
      if (this.#setBack.has(server) && !this.#hasRegistered(node)) continue;
      if (node.starts > starts && node.running && inSync && !node.inDoubt && !node.awaitsHarm) {
        this.#hurt.delete(node);
        this.#setBack.delete(node);
      }
    }
  }

  /** The controllers know its start of now: who is in sync is so since then. */
  #hasRegistered({ brokerId, broker }: SimBroker): boolean {
    const known = this.#cluster.judge.brokerSet?.replicas.get(brokerId)?.starts.at(-1);
    return known !== undefined && known === broker?.roles.directory.starts.at(-1);
  }
}
