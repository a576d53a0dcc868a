import { compareQueues, type MessageQueue } from '../message-queue.ts';
import { allocateAveragely } from './allocate-averagely.ts';

/** What a rebalance has to know and whom it tells. */
export interface RebalancePorts {
  /** The queues of a topic that can be consumed; undefined while there is no route. */
  queuesOf(topic: string): Promise<readonly MessageQueue[] | undefined>;
  /** Client ids of the group's members as a broker of the topic sees them; undefined if none could say. */
  membersOf(topic: string): Promise<readonly string[] | undefined>;
  /** These queues of the topic are to be consumed here from now on, and no others. */
  assign(topic: string, queues: readonly MessageQueue[]): Promise<void>;
  /** The brokers do not know this member (any more). */
  onUnknownHere(topic: string): void;
  onError(topic: string, error: Error): void;
}

/**
 * Divides the queues of the subscribed topics among the members of a group. Every member computes the same division from the same two
 * sorted lists, so nobody has to coordinate; while lists differ, a queue may have two consumers or none for a moment.
 */
export class Rebalancer {
  readonly #clientId: string;
  readonly #shared: boolean;
  readonly #topics: () => Iterable<string>;
  readonly #ports: RebalancePorts;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  /** `shared`: the group divides the queues (clustering); otherwise every member gets all (broadcasting). */
  constructor(clientId: string, shared: boolean, topics: () => Iterable<string>, ports: RebalancePorts) {
    this.#clientId = clientId;
    this.#shared = shared;
    this.#topics = topics;
    this.#ports = ports;
  }

  /** Runs now, or once more after the run that is under way. Never rejects. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** After this nothing is assigned any more. */
  stop(): void {
    this.#stopped = true;
  }

  async #loop(): Promise<void> {
    do {
      this.#again = false;
      for (const topic of this.#topics()) {
        if (this.#stopped) return;
        try {
          await this.#divide(topic);
        } catch (error) {
          this.#ports.onError(topic, error instanceof Error ? error : new Error(String(error)));
        }
      }
    } while (this.#again && !this.#stopped);
  }

  async #divide(topic: string): Promise<void> {
    const queues = (await this.#ports.queuesOf(topic))?.toSorted(compareQueues);
    if (queues === undefined || this.#stopped) return;
    const mine = this.#shared ? await this.#share(topic, queues) : queues;
    if (mine !== undefined && !this.#stopped) await this.#ports.assign(topic, mine);
  }

  /** Undefined: leave everything as it is. */
  async #share(topic: string, queues: readonly MessageQueue[]): Promise<readonly MessageQueue[] | undefined> {
    const members = (await this.#ports.membersOf(topic))?.toSorted();
    if (members === undefined || members.length === 0) return undefined;
    if (!members.includes(this.#clientId)) {
      this.#ports.onUnknownHere(topic);
      return undefined;
    }
    return allocateAveragely(queues, members, this.#clientId);
  }
}
