import { PullConnection, type PullTarget } from './pull-connection.ts';
import { failure, type SendTarget } from './send-load.ts';
import type { Load, Tally } from './window.ts';

const CONNECTIONS = 4;

/** Reads all queues of a topic from their start, over a few connections, as fast as answers come. */
export class PullLoad implements Load {
  readonly failed: Promise<never>;
  readonly #connections: readonly PullConnection[];
  readonly #target: SendTarget;

  constructor(target: SendTarget & PullTarget, tally: Tally) {
    const { promise, reject } = failure();
    this.failed = promise;
    this.#target = target;
    const queueIds = Array.from({ length: target.queues }, (_, queueId) => queueId);
    this.#connections = Array.from({ length: CONNECTIONS }, (_, index) => {
      const own = queueIds.filter((queueId) => queueId % CONNECTIONS === index);
      return new PullConnection(target, own, tally, reject);
    });
  }

  async open(): Promise<void> {
    const { host, port } = this.#target;
    await Promise.all(this.#connections.map((each) => each.open(host, port)));
  }

  start(): void {
    for (const each of this.#connections) each.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((each) => each.stop()));
  }

  close(): void {
    for (const each of this.#connections) each.close();
  }
}
